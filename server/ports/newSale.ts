import type { RoundPrices } from '../domain/auction/rules/events.ts';

/** What became of a new live sale. */
export type SaleCreation =
  | { readonly kind: 'created'; readonly id: number }
  | { readonly kind: 'unknown_category' | 'external_id_taken' };

/** A live sale, new. Its product row carries title, description, category and cover image. */
export interface NewSale {
  readonly ownerId: number;
  /** The main backend's own name for it, which no other sale has; `null`: none. */
  readonly externalId: string | null;
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
