import type { NotificationMessage } from '../shared/contracts/everySocket.ts';
import { type AuctionServices, createAuctionServices } from './auctionServices.ts';
import { createCallServices } from './callServices.ts';
import { ClientRates } from './channels/clientRates.ts';
import { Groups } from './channels/groups.ts';
import { Inboxes } from './channels/inboxes.ts';
import { SendBudget } from './channels/sendBudget.ts';
import type { Config } from './config.ts';
import { type CallServices, type Protocol, Protocols } from './consumers/protocol.ts';
import { AccountChanges } from './domain/account/accountChanges.ts';
import { Accounts } from './domain/account/accounts.ts';
import { ACCESS_TOKEN_LIFETIME_MS, AuthService } from './domain/account/auth.ts';
import { EndedLogins } from './domain/account/endedLogins.ts';
import { Suspensions } from './domain/account/suspensions.ts';
import { longestDurations } from './domain/deadline.ts';
import { meetDeadline } from './domain/deadlineRouter.ts';
import type { Engines } from './engines/index.ts';
import { DeadlineWorker } from './workers/deadlines.ts';
import { OutboxRelay } from './workers/outboxRelay.ts';
import { OutboxWorker } from './workers/outboxWorker.ts';

/** By how much the clocks of two processes may differ. */
const CLOCK_TOLERANCE_MS = 5 * 60_000;

/** The domain's services, the protocols over them, and the workers that keep their promises, wired to each other. */
export interface Services extends AuctionServices {
  readonly accounts: Accounts;
  readonly accountChanges: AccountChanges;
  readonly endedLogins: EndedLogins;
  readonly auth: AuthService;
  /** `null` where there are no calls. */
  readonly calls: CallServices | null;
  readonly protocols: Protocols;
  readonly groups: Groups;
  readonly inboxes: Inboxes<NotificationMessage>;
  readonly rates: ClientRates;
  readonly budget: SendBudget;
  readonly deadlines: DeadlineWorker;
  readonly relay: OutboxRelay;
  readonly outboxWorker: OutboxWorker;
}

/** Wires the services to each other, to the engines and to these protocols. */
export function createServices(
  config: Config,
  engines: Engines,
  protocolList: readonly Protocol[],
): Services {
  const { limits } = config;
  const { store, clock, log, media } = engines;
  const channels = createChannels(config, engines);
  const accountServices = createAccountServices(engines, channels.inboxes);
  const { accounts, suspensions } = accountServices;
  const workers = createOutboxWorkers(config, engines);
  const dependencies = {
    accounts,
    limits,
    deadlinesChanged: () => deadlines.nudge(),
    outboxChanged: () => workers.relay.nudge(),
  };
  const auctionServices = createAuctionServices(engines, {
    ...dependencies,
    backendCalls: engines.backend.hears,
    outbidLetterWindowMs: config.outbidLetterWindowMs,
    listenerOf: (auctionId) => protocols.hear(auctionId),
  });
  const calls =
    media === null
      ? null
      : createCallServices({ ...engines, media }, { ...dependencies, suspensions, rates: config.callRates });
  const protocols = new Protocols(protocolList, {
    ...auctionServices,
    accounts,
    calls,
    groups: channels.groups,
    limits,
    clock,
  });
  const deadlineServices = { ...auctionServices, calls: calls?.calls ?? null };
  const deadlines = new DeadlineWorker({
    store: store.deadlines,
    meet: (deadline) => meetDeadline(deadlineServices, deadline),
    durations: longestDurations(limits),
    clock,
    log,
  });
  const auth = createAuth(config, engines);
  return {
    ...accountServices,
    auth,
    ...auctionServices,
    calls,
    protocols,
    ...channels,
    deadlines,
    ...workers,
  };
}

/** Users and their logins, with what is told of them by this and other processes. */
function createAccountServices({ store, clock, log }: Engines, inboxes: Inboxes<NotificationMessage>) {
  const accounts = new Accounts(store.accounts, clock);
  const suspensions = new Suspensions();
  const endedLogins = new EndedLogins(ACCESS_TOKEN_LIFETIME_MS + CLOCK_TOLERANCE_MS, clock);
  const accountChanges = new AccountChanges({
    store: store.accounts,
    clock,
    log,
    apply: ({ userId, loginId, isBlocked }) => {
      if (loginId !== null) {
        endedLogins.add(loginId);
        inboxes.loginEnded(userId, loginId);
        return;
      }
      accounts.forget(userId);
      if (isBlocked) suspensions.blocked(userId);
    },
  });
  return { accounts, suspensions, endedLogins, accountChanges };
}

/** What connections of this process have in common. */
function createChannels({ limits }: Config, engines: Engines) {
  const { transport, clock, metrics } = engines;
  const budget = new SendBudget(limits.totalBufferedBytes, engines);
  return {
    budget,
    groups: new Groups(transport, clock, metrics, (bytes) => budget.handedOut(bytes)),
    inboxes: new Inboxes<NotificationMessage>(clock, metrics, limits.connectionsPerUser),
    rates: new ClientRates(limits, clock, metrics),
  };
}

function createAuth(
  { siteName, limits }: Config,
  { store, tokens, digest, sms, clock, log }: Engines,
): AuthService {
  const { auth, accounts } = store;
  return new AuthService({ auth, accounts, tokens, digest, sms, clock, log, siteName, limits });
}

function createOutboxWorkers(config: Config, engines: Engines) {
  const { store, queue, mailer, backend, media, metrics, clock, log } = engines;
  const relay = new OutboxRelay({
    outbox: store.outbox,
    queue,
    clock,
    log,
    gatherWindowMs: config.outbidLetterWindowMs,
  });
  const outboxWorker = new OutboxWorker({
    outbox: store.outbox,
    mailer,
    backend,
    media,
    metrics,
    clock,
    log,
    siteName: config.siteName,
    publicUrl: config.publicUrl,
    auctionUrl: config.auctionUrl,
    dueChanged: () => relay.nudge(),
  });
  return { relay, outboxWorker };
}
