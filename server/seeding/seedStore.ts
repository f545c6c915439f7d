import type { Minor } from '../../shared/money.ts';
import type { Role, UserType } from '../domain/account/account.ts';
import type { NewSale } from '../domain/auction/catalogue/store.ts';
import type { Condition, ProductImage } from '../domain/auction/view/snapshot.ts';
import type { TelecallerDetails } from '../domain/call/store.ts';

/** A user to be made; sellers carry what buyers see of them. */
export interface SeedUser {
  readonly id: number;
  readonly username: string;
  readonly name: string;
  readonly type: UserType;
  /** Empty: none. */
  readonly number: string;
  readonly email: string;
  readonly role: Role;
  readonly isBlocked: boolean;
  readonly brandName: string | null;
  readonly biography: string | null;
  readonly isVerified: boolean;
  /** The name of a picture. */
  readonly profile: string | null;
  readonly coins: number;
}

/** What a telecaller has in addition to the user's row; coins per started minute, `null`: the default rate. */
export interface SeedTelecaller extends TelecallerDetails {
  readonly userId: number;
}

/** A product with its auction; both get the same id. Without bids; `scheduled` or `active` by its times. */
export interface SeedAuction {
  readonly id: number;
  readonly sellerId: number;
  readonly categoryId: number;
  readonly name: string;
  readonly description: string;
  readonly condition: Condition;
  readonly images: readonly ProductImage[];
  readonly startingPrice: Minor;
  readonly startTimeMs: number;
  readonly endTimeMs: number;
}

/** A live sale, scheduled, round 1 open; it shares the ids of auctions. */
export interface SeedSale extends NewSale {
  readonly id: number;
}

/** A buyer's rating of a seller, 1 to 5. */
export interface SeedFeedback {
  readonly sellerId: number;
  readonly authorId: number;
  readonly rating: number;
  readonly comment: string;
}

/** Everything that an empty database is filled with, as of `nowMs`. */
export interface SeedData {
  readonly nowMs: number;
  readonly categories: readonly { readonly id: number; readonly name: string; readonly pictureUrl: string }[];
  readonly users: readonly SeedUser[];
  /** All of them OFFLINE. */
  readonly telecallers: readonly SeedTelecaller[];
  readonly feedbacks: readonly SeedFeedback[];
  readonly auctions: readonly SeedAuction[];
  readonly sales: readonly SeedSale[];
}

/** Filling an empty database. */
export interface SeedStore {
  /** True when there is no user and no auction. */
  isEmpty(): Promise<boolean>;
  /** Stores all of it or nothing. Ids are taken as given. */
  insert(data: SeedData): Promise<void>;
}
