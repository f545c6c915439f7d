import type { AuctionCommand, SaleCommand } from '../../../server/domain/auction/rules/commands.ts';
import { project } from '../../../server/domain/auction/view/snapshot.ts';
import type { NewSale } from '../../../server/domain/auction/catalogue/store.ts';
import type { Store } from '../../../server/engines/store/store.ts';
import type { SeedData, SeedSale } from '../../../server/seeding/seedStore.ts';
import { person } from '../../support/auctions.ts';
import { changeBy, crowd, isCommitted, loaded, NOW_MS, user } from './scripts.ts';

/** Who hosts the live sales of a {@link market}. */
export const HOST = person(21, 'seller1');

/** A live sale as its host makes it. */
export function newSale(changes: Partial<NewSale> = {}): NewSale {
  return {
    ownerId: HOST.id,
    externalId: null,
    title: 'Evening of Gold',
    description: 'Piece by piece.',
    imageUrl: '/media/gold.jpg',
    categoryId: 1,
    product: 'Ring',
    productDescription: 'A plain band.',
    prices: { minBidPrice: 800, bidPrice: 1_000, actualPrice: 1_400 },
    quantity: 3,
    startDateMs: null,
    expiryDateMs: NOW_MS + 86_400_000,
    hasOutbidLetters: false,
    createdAtMs: NOW_MS - 5,
    ...changes,
  };
}

/** Stores a live sale and gives its id; fails where it is not taken. */
export async function createdSale({ catalogue }: Pick<Store, 'catalogue'>, sale: NewSale): Promise<number> {
  const creation = await catalogue.createSale(sale);
  if (creation.kind !== 'created') throw new Error(creation.kind);
  return creation.id;
}

/** Twenty users, three timed auctions (1…3) and these many live sales, from 101 up. */
export function market(sales: number): SeedData {
  const numbered = Array.from({ length: sales }, (_, index): SeedSale => ({ id: 101 + index, ...newSale() }));
  return { ...crowd(20, 3), sales: numbered };
}

/** What its host asks of a live sale. */
export const ask = {
  start: (nowMs = NOW_MS): SaleCommand => ({ type: 'start_sale', requestedBy: HOST, nowMs }),
  end: (nowMs = NOW_MS): SaleCommand => ({ type: 'end_sale', requestedBy: HOST, nowMs }),
  cancel: (nowMs = NOW_MS): SaleCommand => ({ type: 'cancel_sale', requestedBy: HOST, nowMs }),
  product: (product: string, minBidPrice = 100, nowMs = NOW_MS): SaleCommand => ({
    type: 'change_product',
    requestedBy: HOST,
    nowMs,
    product,
    prices: { minBidPrice, bidPrice: minBidPrice + 1, actualPrice: minBidPrice + 2 },
  }),
  award: (product: string, weight: string | null = null, nowMs = NOW_MS): SaleCommand => ({
    type: 'award_product',
    requestedBy: HOST,
    nowMs,
    product,
    weight,
  }),
  mute: (userId: number, isMuted = true, nowMs = NOW_MS): SaleCommand => ({
    type: 'mute_user',
    requestedBy: HOST,
    nowMs,
    userId,
    isMuted,
  }),
};

/** A user's comment. */
export function comment(author: number, text: string, receivedAtMs = NOW_MS): SaleCommand {
  return { type: 'post_comment', author: user(author), authorIsBlocked: false, text, receivedAtMs };
}

/** Stores the commands as one change; gives what must be read from now on. */
export async function carriedOut(store: Store, auctionId: number, ...commands: readonly AuctionCommand[]) {
  const shown = await store.views.snapshot(auctionId);
  const change = changeBy(await loaded(store, auctionId), ...commands);
  const [outcome] = await store.ledger.commit([change]);
  if (shown === null || !isCommitted(outcome)) throw new Error('the change was not stored');
  return { state: change.after, snapshot: change.events.reduce(project, shown) };
}
