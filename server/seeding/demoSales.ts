import type { SeedSale, SeedUser } from './seedStore.ts';

const DAY_MS = 24 * 3_600_000;

export const GOLD = { id: 4, name: 'Gold jewellery', pictureUrl: '/media/categories/gold_jewellery.jpg' };
export const SILVER = {
  id: 5,
  name: 'Silver jewellery',
  pictureUrl: '/media/categories/silver_jewellery.jpg',
};

/** Who hosts the demo's live sales. */
export const BARAKA_HOST: SeedUser = {
  id: 14,
  username: 'baraka_host',
  name: 'Layla Haddad',
  type: 'Expert',
  number: '+923005550114',
  email: 'baraka@example.com',
  role: 'seller',
  isBlocked: false,
  brandName: 'Baraka Jewellers',
  biography: 'Gold and silver from family workshops, sold live, piece by piece.',
  isVerified: true,
  profile: null,
  coins: 0,
};

/** Two live sales that their host can start at once. */
export function demoSales(nowMs: number): SeedSale[] {
  const shared = {
    ownerId: BARAKA_HOST.id,
    externalId: null,
    quantity: 1,
    expiryDateMs: nowMs + 7 * DAY_MS,
    hasOutbidLetters: false,
    createdAtMs: nowMs,
  };
  return [
    {
      ...shared,
      id: 7,
      title: 'Evening of Gold',
      description: 'Rings, bangles and chains of 18 and 22 carats, shown and sold one after the other.',
      imageUrl: '/media/auctions/evening_of_gold.jpg',
      categoryId: GOLD.id,
      product: 'Gold Ring – 18K',
      productDescription: 'A plain band of 5.2 grams, hallmarked.',
      prices: { minBidPrice: 800_00, bidPrice: 1_000_00, actualPrice: 1_400_00 },
      startDateMs: nowMs,
    },
    {
      ...shared,
      id: 8,
      title: 'Silver Saturday',
      description: 'Necklaces, anklets and tea spoons of sterling silver from three workshops.',
      imageUrl: '/media/auctions/silver_saturday.jpg',
      categoryId: SILVER.id,
      product: null,
      productDescription: null,
      prices: { minBidPrice: 0, bidPrice: 0, actualPrice: 0 },
      startDateMs: nowMs + DAY_MS,
    },
  ];
}
