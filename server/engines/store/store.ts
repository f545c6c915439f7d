import type { ServingStore } from '../../cluster/servingStore.ts';
import type { AuthStore } from '../../domain/account/authStore.ts';
import type { AccountStore } from '../../domain/account/store.ts';
import type { CatalogueStore, CategoryStore } from '../../domain/auction/catalogue/store.ts';
import type { WinningStore } from '../../domain/auction/catalogue/winnings.ts';
import type { LedgerStore } from '../../domain/auction/ledger/store.ts';
import type { AuctionViewStore } from '../../domain/auction/view/store.ts';
import type { CallStore } from '../../domain/call/store.ts';
import type { DeadlineStore } from '../../domain/deadlineStore.ts';
import type { NotificationStore } from '../../domain/notification/store.ts';
import type { OutboxStore } from '../../domain/outboxStore.ts';
import type { SeedStore } from '../../seeding/seedStore.ts';

/**
 * The database. Every method rejects with {@link StoreUnavailable} while it is away and works again when it
 * is back. Money is integer minor units, time is UTC milliseconds.
 */
export interface Store {
  readonly ledger: LedgerStore;
  readonly views: AuctionViewStore;
  readonly catalogue: CatalogueStore;
  readonly notifications: NotificationStore;
  readonly outbox: OutboxStore;
  readonly deadlines: DeadlineStore;
  readonly accounts: AccountStore;
  readonly winnings: WinningStore;
  readonly categories: CategoryStore;
  readonly auth: AuthStore;
  readonly calls: CallStore;
  readonly seed: SeedStore;
  readonly serving: ServingStore;
  /** Stores something tiny: resolves while the database takes what is written. */
  ping(): Promise<void>;
  close(): Promise<void>;
}
