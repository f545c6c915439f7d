import { type CallHouse, createCalls, deliverCalls } from './callServices.ts';
import { ClientRates } from './channels/clientRates.ts';
import { Groups } from './channels/groups.ts';
import { Inboxes } from './channels/inboxes.ts';
import { SendBudget } from './channels/sendBudget.ts';
import type { Config } from './config.ts';
import { auctionEventMessage, auctionTopic, notificationMessage } from './consumers/auctionDialect.ts';
import {
  auctionStartedMessage,
  GATEWAY_TOPIC,
  type GatewayLists,
  gatewayLists,
} from './consumers/gatewayDialect.ts';
import { GatewayRoom } from './consumers/gatewayRoom.ts';
import { ringEventMessage, ringTopic } from './consumers/ringDialect.ts';
import { Accounts } from './domain/account/accounts.ts';
import { AuthService } from './domain/account/auth.ts';
import type { AuctionChange } from './domain/auction/change.ts';
import { AuctionLookups } from './domain/auction/auctionLookups.ts';
import { Lanes } from './domain/auction/lanes.ts';
import { auctionChannel } from './domain/auction/room.ts';
import { Rooms } from './domain/auction/rooms.ts';
import { SaleService } from './domain/auction/saleService.ts';
import { AuctionService } from './domain/auction/service.ts';
import { Committer } from './domain/committer.ts';
import { isCallDeadline, longestDurations } from './domain/deadline.ts';
import type { Notification } from './domain/notification/notification.ts';
import { Receipts } from './domain/receipts.ts';
import { RingService } from './domain/ring/ringService.ts';
import type { Engines } from './engines/index.ts';
import type { ChannelLayer } from './ports/channelLayer.ts';
import { DeadlineWorker } from './workers/deadlines.ts';
import { OutboxRelay } from './workers/outboxRelay.ts';
import { OutboxWorker } from './workers/outboxWorker.ts';

/** The channel on which private notices travel between processes. */
const NOTIFICATIONS = 'notifications';
/** The channel that names live sales as they start: every connection of the gateway is told. */
const SALES_STARTED = 'sales.started';

/** The domain's services and the workers that keep its promises, wired to each other. */
export interface Services {
  readonly accounts: Accounts;
  readonly auth: AuthService;
  readonly auctions: AuctionService;
  readonly sales: SaleService;
  readonly rings: RingService;
  /** `null` where there are no calls. */
  readonly callHouse: CallHouse | null;
  readonly lanes: Lanes;
  readonly rooms: Rooms;
  readonly lists: GatewayLists;
  readonly groups: Groups;
  readonly inboxes: Inboxes;
  readonly rates: ClientRates;
  readonly budget: SendBudget;
  readonly deadlines: DeadlineWorker;
  readonly relay: OutboxRelay;
  readonly outboxWorker: OutboxWorker;
}

/** Commands go down through `auctions`; what is committed comes back up through the channel layer. */
export function createServices(config: Config, engines: Engines): Services {
  const { store, clock, log, metrics, layer } = engines;
  const channels = createChannels(config, engines);
  const { groups } = channels;
  const accounts = new Accounts(store.accounts, clock);
  const { relay, outboxWorker } = createOutboxWorkers(config, engines);
  const lookups = new AuctionLookups(config.limits, engines);
  const lanes = new Lanes({
    store: store.auctions,
    lookups,
    receipts: new Receipts(config.limits, engines),
    committer: new Committer(store.auctions, clock, metrics),
    clock,
    maxWaiting: config.limits.laneCommands,
    tellsBackend: engines.backend !== null,
    published: (change, notificationIds) => {
      publish(layer, change, notificationIds);
      if (change.letters.length + change.backendCalls.length > 0) relay.nudge();
    },
  });
  const auctions = new AuctionService({
    store: store.auctions,
    lanes,
    lookups,
    accounts,
    metrics,
    clock,
    deadlinesChanged: () => deadlines.nudge(),
  });
  const deadlines = new DeadlineWorker({
    store: store.deadlines,
    meet: async (deadline) => {
      if (isCallDeadline(deadline)) return callHouse?.calls.meetDeadline(deadline) ?? 'overtaken';
      return rings.isOvertaken(deadline) ? 'overtaken' : auctions.meetDeadline(deadline);
    },
    durations: longestDurations(config.limits),
    clock,
    log,
  });
  const lists = gatewayLists(config.limits.listBytes);
  const rooms = new Rooms({ store: store.auctions, lookups, layer, clock, log }, (auctionId) => {
    const [auction, ring] = [auctionTopic(auctionId), ringTopic(auctionId)];
    const gateway = new GatewayRoom(auctionId, { groups, lists, clock });
    return (stored, snapshot) => {
      groups.broadcast(auction, () => auctionEventMessage(stored, snapshot));
      // The other protocols are of live sales only.
      if (snapshot.sale === null) return;
      gateway.hear(stored, snapshot);
      groups.broadcast(ring, () => ringEventMessage(stored, snapshot));
    };
  });
  const sales = new SaleService({ store: store.auctions, lanes, lookups, accounts });
  const rings = new RingService({
    store,
    lanes,
    clock,
    log,
    limits: config.limits,
    deadlinesChanged: () => deadlines.nudge(),
  });
  const callHouse = createCalls(config, engines, {
    accounts,
    deadlinesChanged: () => deadlines.nudge(),
    outboxChanged: () => relay.nudge(),
  });
  const auth = createAuth(config, engines);
  const workers = { deadlines, relay, outboxWorker };
  return { accounts, auth, auctions, sales, rings, callHouse, lanes, rooms, lists, ...channels, ...workers };
}

/** From now on what concerns more than one auction's room reaches the connections of this process. */
export async function deliverBroadcasts(
  engines: Engines,
  { groups, inboxes, callHouse }: Pick<Services, 'groups' | 'inboxes' | 'callHouse'>,
): Promise<void> {
  if (callHouse !== null) await deliverCalls(engines, groups, callHouse.parties);
  const { layer, store, clock, log } = engines;
  const tellStarted = async (auctionId: number) => {
    const snapshot = await store.auctions.snapshot(auctionId);
    if (snapshot === null) return;
    groups.broadcast(GATEWAY_TOPIC, () => auctionStartedMessage(snapshot, clock.nowMs()));
  };
  await layer.subscribe(SALES_STARTED, (auctionId) => {
    tellStarted(Number(auctionId)).catch((error: unknown) =>
      log.warn('nobody was told that a live sale has started', { auctionId, error }),
    );
  });
  await layer.subscribe(NOTIFICATIONS, (message) => {
    // Only `publish` below writes on this channel.
    const notification = message as Notification;
    inboxes.deliver(notification.userId, () => notificationMessage(notification));
  });
}

/** What connections of this process have in common. */
function createChannels({ limits }: Config, engines: Engines) {
  const { transport, clock, metrics } = engines;
  const budget = new SendBudget(limits.totalBufferedBytes, engines);
  return {
    budget,
    groups: new Groups(transport, clock, metrics, (bytes) => budget.handedOut(bytes)),
    inboxes: new Inboxes(clock, metrics, limits.connectionsPerUser),
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
    putOff: () => relay.nudge(),
  });
  return { relay, outboxWorker };
}

function publish(layer: ChannelLayer, change: AuctionChange, notificationIds: readonly number[]): void {
  const { auctionId, events, after } = change;
  layer.publish(auctionChannel(auctionId), events);
  if (after.sale !== null && events.some(({ event }) => event.type === 'auction_started')) {
    layer.publish(SALES_STARTED, auctionId);
  }
  change.notifications.forEach((notification, index) => {
    const id = notificationIds[index];
    if (id !== undefined) layer.publish(NOTIFICATIONS, { ...notification, id, isRead: false });
  });
}
