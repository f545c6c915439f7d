import type { TestServer } from './server.ts';

/** Makes a live sale of the demo's host, scheduled; resolves with its number. */
export async function newSale({ engines: { store, clock } }: TestServer): Promise<number> {
  const host = await store.accounts.byUsername('baraka_host');
  const creation = await store.catalogue.createSale({
    ownerId: host?.id ?? 0,
    externalId: null,
    title: 'Evening sale',
    description: 'Rings and necklaces.',
    imageUrl: '/media/sale.jpg',
    categoryId: 1,
    product: null,
    productDescription: null,
    prices: { minBidPrice: 50_000, bidPrice: 60_000, actualPrice: 70_000 },
    quantity: 1,
    startDateMs: null,
    expiryDateMs: clock.nowMs() + 86_400_000,
    hasOutbidLetters: false,
    createdAtMs: clock.nowMs(),
  });
  if (creation.kind !== 'created') throw new Error(creation.kind);
  return creation.id;
}
