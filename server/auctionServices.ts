import type { Accounts } from './domain/account/accounts.ts';
import { AuctionLookups } from './domain/auction/ledger/auctionLookups.ts';
import { Lanes } from './domain/auction/ledger/lanes.ts';
import { AuctionPublisher } from './domain/auction/ledger/publisher.ts';
import type { RoomListener } from './domain/auction/view/room.ts';
import { Rooms } from './domain/auction/view/rooms.ts';
import { SaleService } from './domain/auction/saleService.ts';
import { AuctionService } from './domain/auction/service.ts';
import { Committer } from './domain/auction/ledger/committer.ts';
import type { BackendCallKind } from './domain/notification/backendCall.ts';
import type { Limits } from './limits.ts';
import { Receipts } from './domain/auction/ledger/receipts.ts';
import { RingService } from './domain/auction/ringService.ts';
import type { ChannelLayer } from './ports/channelLayer.ts';
import type { Clock } from './ports/clock.ts';
import type { Log } from './ports/log.ts';
import type { Metrics } from './ports/metrics.ts';
import type { CatalogueStore } from './domain/auction/catalogue/store.ts';
import type { LedgerStore } from './domain/auction/ledger/store.ts';
import type { AuctionViewStore } from './domain/auction/view/store.ts';
import type { DeadlineStore } from './domain/deadlineStore.ts';

/** The ports that auctions stand on. */
export interface AuctionPorts {
  readonly store: {
    readonly ledger: LedgerStore;
    readonly views: AuctionViewStore;
    readonly catalogue: CatalogueStore;
    readonly deadlines: DeadlineStore;
  };
  readonly layer: ChannelLayer;
  readonly clock: Clock;
  readonly log: Log;
  readonly metrics: Metrics;
}

/** What auctions need of the services next to them. */
export interface AuctionDependencies {
  readonly accounts: Accounts;
  readonly limits: Limits;
  /** The kinds of call that the main backend wants. */
  readonly backendCalls: ReadonlySet<BackendCallKind>;
  /** Outbid letters to one person on one auction within this time become one. */
  readonly outbidLetterWindowMs: number;
  /** Makes the listener of a room that opens. */
  readonly listenerOf: (auctionId: number) => RoomListener;
  /** Called when a deadline may stand earlier than any before. */
  readonly deadlinesChanged: () => void;
  /** Called when something new waits in the outbox. */
  readonly outboxChanged: () => void;
}

/** The services of auctions, wired to each other. */
export interface AuctionServices {
  readonly auctions: AuctionService;
  readonly sales: SaleService;
  readonly rings: RingService;
  readonly lanes: Lanes;
  readonly rooms: Rooms;
  readonly publisher: AuctionPublisher;
}

/** Commands go down through the services; what is committed comes back up through the channel layer and the rooms. */
export function createAuctionServices(
  { store, layer, clock, log, metrics }: AuctionPorts,
  dependencies: AuctionDependencies,
): AuctionServices {
  const { accounts, limits, backendCalls, outbidLetterWindowMs } = dependencies;
  const { listenerOf, deadlinesChanged, outboxChanged } = dependencies;
  const { ledger, views, catalogue, deadlines } = store;
  const committer = new Committer(ledger, clock, metrics);
  const lookups = new AuctionLookups(limits, { clock, metrics, committer });
  const publisher = new AuctionPublisher({ layer, store: views, clock, log, outboxChanged });
  const lanes = new Lanes({
    store: ledger,
    lookups,
    receipts: new Receipts(limits, { clock, metrics }),
    committer,
    clock,
    maxWaiting: limits.laneCommands,
    backendCalls,
    outbidLetterWindowMs,
    published: publisher.publish,
  });
  return {
    auctions: new AuctionService({ catalogue, lanes, lookups, accounts, metrics, clock, deadlinesChanged }),
    sales: new SaleService({ ledger, catalogue, lanes, lookups, accounts }),
    rings: new RingService({
      ledger,
      deadlines,
      lanes,
      clock,
      log,
      limits,
      deadlinesChanged,
    }),
    lanes,
    rooms: new Rooms({ views, ledger, lookups, layer, clock, log }, listenerOf),
    publisher,
  };
}
