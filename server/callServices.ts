import type { CallServices } from './consumers/protocol.ts';
import type { Accounts } from './domain/account/accounts.ts';
import type { Suspensions } from './domain/account/suspensions.ts';
import { Calls } from './domain/call/calls.ts';
import { CallParties } from './domain/call/parties.ts';
import { CallPublisher } from './domain/call/publisher.ts';
import type { CallRates } from './domain/call/telecaller.ts';
import { Telecallers } from './domain/call/telecallers.ts';
import type { Limits } from './limits.ts';
import type { ChannelLayer } from './ports/channelLayer.ts';
import type { Clock } from './ports/clock.ts';
import type { Log } from './ports/log.ts';
import type { Media } from './ports/media.ts';
import type { Store } from './ports/store.ts';

/** The ports that calls stand on. */
export interface CallPorts {
  readonly store: Pick<Store, 'calls' | 'deadlines'>;
  readonly media: Media;
  readonly layer: ChannelLayer;
  readonly clock: Clock;
  readonly log: Log;
}

/** What calls need of the services next to them. */
export interface CallDependencies {
  readonly accounts: Accounts;
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
  { accounts, suspensions, limits, rates, deadlinesChanged, outboxChanged }: CallDependencies,
): CallServices {
  const parties = new CallParties();
  const publisher = new CallPublisher(layer);
  const telecallers = new Telecallers({
    store: store.calls,
    parties,
    clock,
    log,
    announce: publisher.presenceChanged,
  });
  const calls = new Calls({
    store: store.calls,
    deadlines: store.deadlines,
    account: (userId) => accounts.byId(userId),
    media,
    parties,
    telecallers,
    clock,
    log,
    limits,
    rates,
    published: publisher.callChanged,
    deadlinesChanged,
    outboxChanged,
  });
  return { calls, parties, publisher, suspensions };
}
