import type { SeedAuction, SeedData, SeedUser } from './seedStore.ts';

const SELLERS = 10;
const COINS = 500;
const DAY_MS = 24 * 60 * 60 * 1000;
const ENDS_AFTER_MS = 10 * 365 * DAY_MS;

/** How much to make, as of when. */
export interface BulkOrder {
  readonly users: number;
  readonly auctions: number;
  readonly nowMs: number;
}

/**
 * Data for load: buyers `user1`… with the ids 1…`users`, their sellers behind them, and active auctions with
 * the ids 1…`auctions` that start at 1.00 and end in ten years.
 */
export function bulkSeed({ users, auctions, nowMs }: BulkOrder): SeedData {
  const buyers = numbers(users).map((id) => user(id, `user${id}`, 'buyer'));
  const sellers = numbers(SELLERS).map((number) => user(users + number, `seller${number}`, 'seller'));
  return {
    nowMs,
    categories: [{ id: 1, name: 'Everything', pictureUrl: '/media/categories/everything.jpg' }],
    users: [...buyers, ...sellers],
    telecallers: [],
    feedbacks: [],
    auctions: numbers(auctions).map((id) => auction(id, users + 1 + (id % SELLERS), nowMs)),
    sales: [],
  };
}

function user(id: number, username: string, role: SeedUser['role']): SeedUser {
  return {
    id,
    username,
    name: username,
    type: 'Normal',
    number: '',
    email: `${username}@example.com`,
    role,
    isBlocked: false,
    brandName: role === 'seller' ? `House of ${username}` : null,
    biography: null,
    isVerified: role === 'seller',
    profile: null,
    coins: role === 'buyer' ? COINS : 0,
  };
}

function auction(id: number, sellerId: number, nowMs: number): SeedAuction {
  return {
    id,
    sellerId,
    categoryId: 1,
    name: `Lot ${id}`,
    description: `One of many lots, made to be bid on.`,
    condition: 'new',
    images: [{ url: '/media/products/lot.jpg', isPrimary: true, order: 0 }],
    startingPrice: 100,
    startTimeMs: nowMs - DAY_MS,
    endTimeMs: nowMs + ENDS_AFTER_MS,
  };
}

function numbers(count: number): number[] {
  return Array.from({ length: count }, (_, index) => index + 1);
}
