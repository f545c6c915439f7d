import type { SeedSale } from '../../server/seeding/seedStore.ts';

const DAY_MS = 24 * 3_600_000;
const SALES = 2;

/** Live sales of one host, with the ids that follow those of the auctions. */
export function benchSales(auctions: number, ownerId: number, nowMs: number, count = SALES): SeedSale[] {
  return Array.from({ length: count }, (_, index) => ({
    id: auctions + 1 + index,
    ownerId,
    externalId: null,
    title: `Sale ${index + 1}`,
    description: 'A live sale that much is said in.',
    imageUrl: '/media/auctions/sale.jpg',
    categoryId: 1,
    product: null,
    productDescription: null,
    prices: { minBidPrice: 0, bidPrice: 0, actualPrice: 0 },
    quantity: 1,
    startDateMs: nowMs,
    expiryDateMs: nowMs + DAY_MS,
    hasOutbidLetters: false,
    createdAtMs: nowMs,
  }));
}

/** Which auctions each case has for itself, so that none meets what another left. */
export const AUCTION_IDS = {
  fanOut: 1,
  bidders: 2,
  loneBid: 3,
  storm: 4,
  idle: 5,
  rawTransactions: 6,
  letters: 7,
  heat: range(51, 70),
  oneBidderEach: range(101, 600),
  twoBiddersEach: range(601, 1_100),
  rawBatches: range(1_101, 1_600),
  chat: 2_001,
  socketIo: 2_002,
} as const;

function range(first: number, last: number): readonly number[] {
  return Array.from({ length: last - first + 1 }, (_, index) => first + index);
}
