import type { CallServices } from './consumers/protocol.ts';
import type { AccountStore } from './domain/account/store.ts';
import type { Suspensions } from './domain/account/suspensions.ts';
import { Calls } from './domain/call/calls.ts';
import { CallConnections } from './domain/call/connections.ts';
import { CallPublisher } from './domain/call/publisher.ts';
import type { CallRates } from './domain/call/telecaller.ts';
import { Telecallers } from './domain/call/telecallers.ts';
import type { Limits } from './limits.ts';
import type { ChannelLayer } from './ports/channelLayer.ts';
import type { Clock } from './ports/clock.ts';
import type { Log } from './ports/log.ts';
import type { Media } from './ports/media.ts';
import type { CallStore } from './domain/call/store.ts';
import type { DeadlineStore } from './domain/deadlineStore.ts';

/** The ports that calls stand on. */
export interface CallPorts {
  readonly store: {
    readonly accounts: AccountStore;
    readonly calls: CallStore;
    readonly deadlines: DeadlineStore;
  };
  readonly media: Media;
  readonly layer: ChannelLayer;
  readonly clock: Clock;
  readonly log: Log;
}

/** Settings of calls, and what they need of the services next to them. */
export interface CallDependencies {
  readonly suspensions: Suspensions;
  readonly limits: Limits;
  /** What a started minute costs where a telecaller has no rates of their own. */
  readonly rates: CallRates;
  /** Called when a deadline may stand earlier than any before. */
  readonly deadlinesChanged: () => void;
  /** Called when something new waits in the outbox. */
  readonly outboxChanged: () => void;
}

/** The services of calls, wired to each other. */
export function createCallServices(
  { store, media, layer, clock, log }: CallPorts,
  { suspensions, limits, rates, deadlinesChanged, outboxChanged }: CallDependencies,
): CallServices {
  const connections = new CallConnections();
  const publisher = new CallPublisher(layer);
  const telecallers = new Telecallers({
    store: store.calls,
    connections,
    clock,
    log,
    announce: publisher.presenceChanged,
  });
  const calls = new Calls({
    store: store.calls,
    deadlines: store.deadlines,
    account: (userId) => store.accounts.byId(userId),
    media,
    connections,
    telecallers,
    clock,
    log,
    limits,
    rates,
    published: publisher.callChanged,
    deadlinesChanged,
    outboxChanged,
  });
  return { calls, connections, publisher, suspensions };
}
