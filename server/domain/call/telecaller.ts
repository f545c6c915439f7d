import type { CallType, Party } from './call.ts';

/** Whether a telecaller can be called. */
export type TelecallerPresence = 'ONLINE' | 'OFFLINE' | 'ON_CALL';

/** What each started minute costs, in coins. */
export type CallRates = Readonly<Record<CallType, number>>;

/** A telecaller as users see them. */
export interface Telecaller extends Party {
  readonly username: string;
  /** The preferred language. */
  readonly language: string;
  readonly about: string;
  readonly presence: TelecallerPresence;
}

/** A telecaller as the rules see them. */
export interface TelecallerStanding extends Telecaller {
  /** Only approved ones are listed and can be called. */
  readonly isApproved: boolean;
  readonly isBlocked: boolean;
  /** Their own rates; `null`: the default. */
  readonly coinsPerMinute: Readonly<Record<CallType, number | null>>;
  /** True while a call of theirs rings or goes on. */
  readonly isBusy: boolean;
}
