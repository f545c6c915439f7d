import type { Minor } from '../../../../shared/money.ts';
import type { PageByKey, RowsByKey } from '../../page.ts';
import type { RoundPrices } from '../rules/events.ts';
import type { AuctionStatus } from '../rules/state.ts';
import type { SaleSummary } from '../view/saleSnapshot.ts';
import type { Condition, ProductImage } from '../view/snapshot.ts';

/** An auction as a list shows it. */
export interface AuctionLine {
  readonly id: number;
  readonly productName: string;
  readonly category: string;
  readonly imageUrl: string | null;
  readonly seller: { readonly id: number; readonly username: string };
  readonly startingPrice: Minor;
  readonly currentPrice: Minor;
  readonly startTimeMs: number;
  readonly endTimeMs: number;
  readonly status: AuctionStatus;
  readonly winner: { readonly id: number; readonly username: string } | null;
  readonly totalBids: number;
}

/** A product and its auction, both new. */
export interface NewAuction {
  readonly sellerId: number;
  readonly product: {
    readonly name: string;
    readonly description: string;
    readonly condition: Condition;
    readonly category: string;
    readonly images: readonly ProductImage[];
  };
  readonly startingPrice: Minor;
  readonly startTimeMs: number;
  readonly endTimeMs: number;
  readonly createdAtMs: number;
}

/** A live sale as a list shows it. */
export interface SaleLine extends SaleSummary {
  readonly id: number;
  readonly status: AuctionStatus;
}

/** The outcome of storing a new live sale. */
export type SaleCreation =
  | { readonly kind: 'created'; readonly id: number }
  | { readonly kind: 'unknown_category' | 'external_id_taken' };

/** Which live sales a list shows: all that none of these leaves out. */
export interface SaleFilter {
  readonly status?: AuctionStatus;
  readonly externalId?: string;
}

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

/**
 * The auctions and live sales that exist: creating and listing them. Every method rejects with `StoreUnavailable` while the
 * database is away.
 */
export interface CatalogueStore {
  /** Stores product, auction (scheduled), its `auction_created` event and both deadlines; gives its id. */
  create(auction: NewAuction): Promise<number>;
  /**
   * Stores a live sale (scheduled, round 1 open) and its `auction_created` event, unless there is no such category or
   * another sale has its `externalId`. It has no deadlines: its host starts and ends it.
   */
  createSale(sale: NewSale): Promise<SaleCreation>;
  /** Timed auctions, by id. */
  list(filter: { readonly status?: AuctionStatus }, page: PageByKey): Promise<RowsByKey<AuctionLine>>;
  /** Live sales, by id; with `externalId` the one that has it, if any. */
  sales(filter: SaleFilter, page: PageByKey): Promise<RowsByKey<SaleLine>>;
}

/** A category with its picture. */
export interface Category {
  readonly id: number;
  readonly name: string;
  readonly pictureUrl: string;
  readonly createdAtMs: number;
  readonly updatedAtMs: number;
}

/** The categories there are. */
export interface CategoryStore {
  /** By name. */
  list(): Promise<readonly Category[]>;
}
