import type { EverySocketMessage } from '../../shared/contracts/everySocket.ts';
import type { Groups } from '../channels/groups.ts';
import type { WireMessage } from '../channels/message.ts';
import type { Route } from '../channels/routing.ts';
import type { Accounts } from '../domain/account/accounts.ts';
import type { Suspensions } from '../domain/account/suspensions.ts';
import type { AuctionPublisher } from '../domain/auction/ledger/publisher.ts';
import type { RoomListener } from '../domain/auction/view/room.ts';
import type { Rooms } from '../domain/auction/view/rooms.ts';
import type { HostAbsences } from '../domain/auction/hostAbsences.ts';
import type { SaleService } from '../domain/auction/saleService.ts';
import type { AuctionService } from '../domain/auction/service.ts';
import type { Calls } from '../domain/call/calls.ts';
import type { CallConnections } from '../domain/call/connections.ts';
import type { CallPublisher } from '../domain/call/publisher.ts';
import type { Limits } from '../limits.ts';
import type { RingService } from '../domain/auction/ringService.ts';
import type { Clock } from '../ports/clock.ts';

/** Calls, who takes part in them here, what is published of them, and who may no longer take part. */
export interface CallServices {
  readonly calls: Calls;
  readonly connections: CallConnections;
  readonly publisher: CallPublisher;
  readonly suspensions: Suspensions;
}

/** What protocols work with. */
export interface ProtocolServices {
  readonly accounts: Accounts;
  readonly auctions: AuctionService;
  readonly sales: SaleService;
  readonly rings: RingService;
  readonly hosts: HostAbsences;
  readonly rooms: Rooms;
  readonly publisher: AuctionPublisher;
  /** `null` where there are no calls. */
  readonly calls: CallServices | null;
  readonly groups: Groups;
  readonly limits: Limits;
  readonly clock: Clock;
}

/** A protocol as one server runs it. */
export interface RunningProtocol<Message extends WireMessage = WireMessage> {
  /** Where its clients connect, and the consumers that serve them. */
  readonly routes: readonly Route<Message>[];
  /** Tells its watchers what happens in an auction. Called once for each room that opens. */
  readonly hear?: (auctionId: number) => RoomListener;
  /** Subscribes to what concerns more than one room. Called once, before the first client connects. */
  readonly subscribe?: () => Promise<void>;
}

/**
 * A wire protocol, on which only these messages are sent: the one value that its folder exports. Its contract lists what
 * any connection may be sent: private notices, and what concerns its token.
 */
export type Protocol<Message extends WireMessage = WireMessage> = EverySocketMessage extends Message
  ? (services: ProtocolServices) => RunningProtocol<Message>
  : never;

/** All protocols of one server. */
export class Protocols {
  readonly #running: readonly RunningProtocol[];

  constructor(protocols: readonly Protocol[], services: ProtocolServices) {
    this.#running = protocols.map((start) => start(services));
  }

  /** The paths of all protocols, in their order. */
  get routes(): readonly Route[] {
    return this.#running.flatMap(({ routes }) => routes);
  }

  /** Tells the watchers of all protocols what happens in an auction. */
  hear(auctionId: number): RoomListener {
    const listeners = this.#running.flatMap(({ hear }) => (hear === undefined ? [] : [hear(auctionId)]));
    return (stored, snapshot) => {
      for (const listener of listeners) listener(stored, snapshot);
    };
  }

  /** Resolves once everything that is published from now on reaches the clients of this process. */
  async subscribe(): Promise<void> {
    for (const { subscribe } of this.#running) await subscribe?.();
  }
}
