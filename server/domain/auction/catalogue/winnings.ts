import type { Minor } from '../../../../shared/money.ts';
import type { PageByKey, RowsByKey } from '../../page.ts';

/** Something that was won in a live sale. */
export interface Winning {
  readonly id: number;
  readonly userId: number;
  readonly auctionId: number;
  readonly product: string;
  readonly price: Minor;
  readonly weight: string | null;
  readonly isSold: boolean;
  readonly createdAtMs: number;
  readonly updatedAtMs: number;
}

/** What was won in live sales. Seen by its winner and by the host of its sale only. */
export interface WinningStore {
  /** By id. */
  list(userId: number, page: PageByKey): Promise<RowsByKey<Winning>>;
  /** Only the host of the sale may; `null` when this user hosts no sale with such a winning. */
  setSold(hostId: number, winningId: number, isSold: boolean, nowMs: number): Promise<Winning | null>;
}
