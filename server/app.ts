import { ChannelServer } from './channels/server.ts';
import { takeDatabase } from './cluster/guard.ts';
import type { Release } from './cluster/servingStore.ts';
import type { Config } from './config.ts';
import { deliverNotices } from './consumers/notices.ts';
import { withPicturesAt } from './domain/auction/view/pictureUrls.ts';
import type { Engines } from './engines/index.ts';
import { createHttpApp } from './http/app.ts';
import type { Clock } from './ports/clock.ts';
import type { IdentityProvider } from './ports/identity.ts';
import type { Log } from './ports/log.ts';
import { PROTOCOLS } from './protocols.ts';
import { demoTokens } from './seeding/demoTokens.ts';
import { createServices, type Services } from './services.ts';

/** A server that is ready to be started. */
export interface App {
  /**
   * Takes the database, starts the workers and listens; resolves with the port. Rejects with `EngineUnavailable` when
   * another process serves the database; `lost` is called when one has taken it later.
   */
  start(lost?: () => void): Promise<number>;
  /**
   * Stops in this order: no new sockets; open ones closed with 1012; what their end leads to (rings, calls)
   * stored; commits finished; workers and queue done; engines let go. Cut short by the limit `drainMs`.
   */
  stop(): Promise<void>;
}

/** Builds services, workers and routing from the engines, and serves these protocols. */
export function createApp(config: Config, opened: Engines, protocolList = PROTOCOLS): App {
  const { mediaUrl } = config;
  const engines = mediaUrl === null ? opened : { ...opened, store: withPicturesAt(opened.store, mediaUrl) };
  const { store, clock, log, metrics, layer, presence, directory, transport, queue } = engines;
  const { limits } = config;
  const services = createServices(config, engines, protocolList);
  const { accounts, rings, rooms, lanes, protocols, publisher, groups, inboxes, rates, budget } = services;
  const { accountChanges, endedLogins, deadlines, relay, outboxWorker } = services;
  const calls = services.calls?.calls;
  const identity = endedLogins.guard(engines.identity(accounts));
  const channels = new ChannelServer(
    protocols.routes,
    { identity, endedLogins, groups, inboxes, rates, budget, limits, clock, log, metrics },
    config,
  );
  const http = createHttp(config, engines, { services, identity, channels });
  registerGauges(engines, services);
  let release: Release = () => Promise.resolve();

  return {
    start: async (lost = () => undefined) => {
      release = await takeDatabase({ serving: store.serving, directory, clock, log, lost });
      deliverNotices(publisher, inboxes);
      await protocols.subscribe();
      await accountChanges.start();
      queue.consume((jobId) => outboxWorker.handle(jobId));
      relay.start();
      await rings.recover();
      await calls?.recover();
      deadlines.start();
      return transport.listen(config.host, config.port, {
        upgrade: (request) => channels.upgrade(request),
        http: (request, remoteAddress) => http.fetch(request, remoteAddress),
        socketIo: channels.socketIo,
      });
    },
    stop: async () => {
      const finish = async () => {
        transport.stopListening();
        await channels.drain();
        await rings.settled();
        await deadlines.stop();
        await calls?.settled();
        await lanes.settled();
        await accountChanges.stop();
        await relay.stop();
        await queue.close();
        await release();
      };
      await withTimeout(limits.drainMs, finish(), clock, log);
      services.hosts.stop();
      rooms.close();
      lanes.close();
      await Promise.all([
        transport.close(),
        engines.mailer.close(),
        presence.close().then(() => layer.close()),
        store.close(),
      ]);
    },
  };
}

/** What the HTTP side is built from besides the engines. */
interface HttpParts {
  readonly services: Services;
  readonly identity: IdentityProvider;
  readonly channels: ChannelServer;
}

function createHttp(
  config: Config,
  { store, media, metrics, clock, log, queue, mailbox, tokens }: Engines,
  { services, identity, channels }: HttpParts,
) {
  return createHttpApp({
    auctions: services.auctions,
    sales: services.sales,
    calls: services.calls?.calls ?? null,
    media,
    auth: config.authVerifyUrl === null ? services.auth : null,
    store,
    identity,
    isStoringBids: () => services.lanes.isStoring,
    metrics,
    clock,
    log,
    limits: config.limits,
    mediaFolders: config.mediaFolders,
    readiness: {
      store: () => store.ping(),
      queue: () => queue.ping(),
      draining: () => channels.assertNotDraining(),
    },
    siteName: config.siteName,
    publicUrl: config.publicUrl,
    allowedOrigins: config.allowedOrigins,
    trustProxyHops: config.trustProxyHops,
    development: config.isProduction
      ? null
      : { mailbox, demoTokens: () => demoTokens(store.accounts, tokens) },
  });
}

function registerGauges({ metrics, store }: Engines, { rooms, lanes }: Services): void {
  metrics.gauge('rooms', () => rooms.size);
  metrics.gauge('lanes', () => lanes.size);
  metrics.gauge('queue_depth', () => store.outbox.depth());
}

/** Waits for the work, but no longer than that; 0: as long as it takes. */
async function withTimeout(limitMs: number, work: Promise<void>, clock: Clock, log: Log): Promise<void> {
  if (limitMs === 0) return work;
  let cancel: () => void = () => undefined;
  const late = new Promise<void>((resolve) => {
    cancel = clock.after(limitMs, () => {
      log.warn('the shutdown took too long and is cut short', { limitMs });
      resolve();
    });
  });
  await Promise.race([work, late]);
  cancel();
}
