import type { Groups } from './channels/groups.ts';
import type { Config } from './config.ts';
import { PRESENCE_TOPIC, presenceMessage } from './consumers/callsDialect.ts';
import type { Accounts } from './domain/account/accounts.ts';
import { Calls } from './domain/call/calls.ts';
import { type CallNews, CallParties } from './domain/call/parties.ts';
import type { Telecaller } from './domain/call/telecaller.ts';
import { Telecallers } from './domain/call/telecallers.ts';
import type { Engines } from './engines/index.ts';

/** The channel on which the states of calls travel. */
const CALLS = 'calls';
/** The channel on which it is told that a telecaller can be called, or no longer. */
const PRESENCE = 'calls.presence';

/** What calls need of the services beside them. */
interface Neighbours {
  readonly accounts: Accounts;
  readonly deadlinesChanged: () => void;
  readonly outboxChanged: () => void;
}

/** Calls, and who takes part in them here. */
export interface CallHouse {
  readonly calls: Calls;
  readonly parties: CallParties;
}

/** The services of calls, wired to each other; `null` where there is nothing that voices could meet on. */
export function createCalls(
  { limits, callRates }: Config,
  { store, media, layer, clock, log }: Engines,
  { accounts, deadlinesChanged, outboxChanged }: Neighbours,
): CallHouse | null {
  if (media === null) return null;
  const parties = new CallParties();
  const telecallers = new Telecallers({
    store: store.calls,
    parties,
    clock,
    log,
    announce: (telecaller) => layer.publish(PRESENCE, telecaller),
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
    rates: callRates,
    published: (news) => layer.publish(CALLS, news),
    deadlinesChanged,
    outboxChanged,
  });
  return { calls, parties };
}

/** From now on the states of calls reach both sides, and the presence of telecallers every user. */
export async function deliverCalls({ layer }: Engines, groups: Groups, parties: CallParties): Promise<void> {
  // Only the services above write on these channels.
  await layer.subscribe(CALLS, (news) => parties.tell(news as CallNews));
  await layer.subscribe(PRESENCE, (telecaller) =>
    groups.broadcast(PRESENCE_TOPIC, () => presenceMessage(telecaller as Telecaller)),
  );
}
