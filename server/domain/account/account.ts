/** The roles of users. A seller may bid on other people's auctions; a telecaller takes calls. */
export type Role = 'buyer' | 'seller' | 'telecaller';

/** What kind of user the live sale's document knows. */
export type UserType = 'Normal' | 'Expert';

/** What every viewer of a live sale may see of a user (decision 7): never a token or a code. */
export interface Profile {
  readonly id: number;
  readonly username: string;
  /** The display name. */
  readonly name: string;
  readonly type: UserType;
  /** The phone number; empty for a user without one. */
  readonly number: string;
}

/** A user as the server knows them. `email` never appears in logs. */
export interface Account extends Profile {
  readonly email: string;
  readonly role: Role;
  readonly isBlocked: boolean;
  /** The name of the picture that the other side of a call sees; `null`: none. */
  readonly profile: string | null;
}

/** What the main backend says of a user; `null`: it does not say, and what is known stays as it is. */
export interface UserDetails {
  readonly id: number;
  readonly username: string;
  readonly name: string | null;
  readonly email: string | null;
  readonly number: string | null;
  readonly type: UserType | null;
  readonly role: Role | null;
}

/** What everyone may see of that user. */
export function profileOf({ id, username, name, type, number }: Profile): Profile {
  return { id, username, name, type, number };
}

/** Something about a user that every process must learn at once. Ids rise in the order in which changes are stored. */
export interface AccountChange {
  readonly id: number;
  readonly userId: number;
  /** The login that has ended; `null`: the user was blocked, or is no longer. */
  readonly loginId: string | null;
  /** Whether the user is blocked, as of when the change was read. */
  readonly isBlocked: boolean;
}

/** An opaque token as it is stored: only its SHA-256 is kept. */
export interface TokenRecord {
  readonly userId: number;
  readonly username: string;
  readonly expiresAtMs: number | null;
}
