import type { RoundPrices } from '../domain/auction/rules/events.ts';

/** A live sale, new. Its product row carries title, description, category and cover image. */
export interface NewSale {
  readonly ownerId: number;
  readonly title: string;
  readonly description: string;
  readonly imageUrl: string;
  readonly categoryId: number;
  /** What round 1 has on the block; `null`: nothing is named yet. */
  readonly product: string | null;
  readonly productDescription: string | null;
  readonly prices: RoundPrices;
  readonly quantity: number;
  readonly startDateMs: number | null;
  readonly expiryDateMs: number;
  readonly hasOutbidLetters: boolean;
  readonly createdAtMs: number;
}
