import type { LimitName } from '../limits.ts';
import type { Cancel } from '../ports/clock.ts';
import type {
  SocketHandlers,
  SocketIoApplication,
  TurnedDown,
  UpgradeAnswer,
  UpgradeRequest,
} from '../ports/transport.ts';
import type { TokenExpiry } from './connectionToken.ts';
import { errors } from './errors.ts';
import { perMinute } from './keyedRate.ts';
import { KeyedWindow } from './keyedWindow.ts';
import { clientAddress, ConnectionRate } from './middleware/address.ts';
import { fieldsOf, subprotocolOf, tokenOf, tokenOfAuth } from './middleware/credentials.ts';
import { type AllowedOrigins, isOriginAllowed } from './middleware/origin.ts';
import {
  createRouter,
  type NamespaceRoute,
  namespaceRoutes,
  type Route,
  type RouteMatch,
} from './routing.ts';
import { OpenByAddress } from './openByAddress.ts';
import type { SendBudget } from './sendBudget.ts';
import { Session, type SessionServices } from './session.ts';
import type { SessionStart } from './sessionStart.ts';

/** How often sessions look after what is due (heartbeat, expiry, identity). */
const TICK_MS = 1_000;
/** How many batches a shutdown closes its sockets in, so that they do not all come back at once. */
const DRAIN_BATCHES = 10;
/** The pause between two batches, before jitter. */
const DRAIN_PAUSE_MS = 100;

const RESTARTING = turnDown(503, 'The server is restarting');
const WRONG_ORIGIN = turnDown(403, 'This origin is not allowed');

/** What the protocol server works with. */
type ChannelServices = Omit<SessionServices, 'tokenExpiry' | 'began' | 'over' | 'handedOut'> & {
  readonly budget: Pick<SendBudget, 'watch' | 'handedOut'>;
};

/** The protocol server: turns upgrade requests into sessions and looks after them. Knows no auctions. */
export class ChannelServer {
  /** The same for Socket.IO, whose clients connect first and name what they want afterwards. */
  readonly socketIo: SocketIoApplication;
  readonly #router: (path: string) => RouteMatch | null;
  readonly #namespaces: ReadonlyMap<string, NamespaceRoute>;
  readonly #services: SessionServices;
  readonly #openByAddress: OpenByAddress<Session>;
  readonly #sessions = new Set<Session>();
  readonly #connectionRates: ReadonlyMap<LimitName, Pick<ConnectionRate, 'take'>>;
  /** Socket.IO connections, in which any number of namespaces may be joined or none. */
  readonly #handshakeRate: ConnectionRate;
  readonly #allowedOrigins: AllowedOrigins;
  readonly #trustProxyHops: number;
  readonly #stopTicking: Cancel;
  #isDraining = false;
  #whenEmpty: (() => void) | null = null;

  constructor(
    routes: readonly Route[],
    services: ChannelServices,
    settings: {
      readonly allowedOrigins: AllowedOrigins;
      readonly trustProxyHops: number;
      readonly tokenExpiry: TokenExpiry;
    },
  ) {
    this.#router = createRouter(routes);
    this.#namespaces = namespaceRoutes(routes);
    this.socketIo = {
      namespaces: [...this.#namespaces.values()].map(({ namespace }) => namespace),
      isOpenToAllOrigins: settings.allowedOrigins === 'all',
      turnDown: (request) => this.#turnDownHandshake(request),
      connect: (namespace, request, auth, socketId) => this.#connect(namespace, request, auth, socketId),
    };
    services.budget.watch(() => this.#sessions);
    this.#openByAddress = new OpenByAddress(services.limits.openConnectionsPerAddress);
    this.#services = {
      ...services,
      tokenExpiry: settings.tokenExpiry,
      handedOut: (bytes) => services.budget.handedOut(bytes),
      began: (session, address) => this.#began(session, address),
      over: (session) => this.#forget(session),
    };
    this.#connectionRates = new Map(
      routes.map(({ connectionLimit: name, isConnectionLimitExact }) => [
        name,
        isConnectionLimitExact === true
          ? new KeyedWindow<string>(services.limits[name], services.clock)
          : new ConnectionRate(perMinute(services.limits[name]), services.clock),
      ]),
    );
    this.#handshakeRate = new ConnectionRate(perMinute(services.limits.connectionsPerMinute), services.clock);
    this.#allowedOrigins = settings.allowedOrigins;
    this.#trustProxyHops = settings.trustProxyHops;
    this.#stopTicking = services.clock.every(TICK_MS, () => this.#tick());
  }

  /** Accepts a socket, or says with which HTTP answer it is turned down. */
  upgrade(request: UpgradeRequest): UpgradeAnswer {
    if (this.#isDraining) return RESTARTING;
    const match = this.#router(request.path);
    if (match === null) return turnDown(404, 'Not found.');
    const { route, params } = match;
    const address = this.#addressOf(request);
    if (!this.#mayConnect(route, address)) return turnDown(429, route.dialect.tooManyConnections.message);
    if (!this.#isOriginAllowed(request)) return WRONG_ORIGIN;
    const handlers = new Session(route, { params, token: tokenOf(request), address }, this.#services);
    const subprotocol = subprotocolOf(request);
    return { accept: true, handlers, ...(subprotocol === undefined ? {} : { subprotocol }) };
  }

  /** Turns new sockets away and closes the open ones with 1012 in jittered batches; resolves when all are gone. */
  async drain(): Promise<void> {
    this.#isDraining = true;
    const { clock } = this.#services;
    const sessions = [...this.#sessions];
    const batchSize = Math.ceil(sessions.length / DRAIN_BATCHES);
    while (sessions.length > 0) {
      for (const session of sessions.splice(0, batchSize)) session.close('restart');
      if (sessions.length === 0) break;
      const pauseMs = DRAIN_PAUSE_MS * (0.5 + clock.random());
      await new Promise<void>((resolve) => clock.after(pauseMs, resolve));
    }
    if (this.#sessions.size > 0) {
      await new Promise<void>((resolve) => {
        this.#whenEmpty = resolve;
      });
    }
    this.#stopTicking();
  }

  /** Rejects once a shutdown has begun. */
  assertNotDraining(): Promise<void> {
    return this.#isDraining ? Promise.reject(new Error('the server is draining')) : Promise.resolve();
  }

  #turnDownHandshake(request: UpgradeRequest): TurnedDown | null {
    if (this.#isDraining) return RESTARTING;
    if (!this.#handshakeRate.take(this.#addressOf(request))) {
      this.#services.metrics.limited('connectionsPerMinute');
      return turnDown(429, errors.tooManyConnections.message);
    }
    return this.#isOriginAllowed(request) ? null : WRONG_ORIGIN;
  }

  #connect(name: string, request: UpgradeRequest, auth: unknown, socketId: string): SocketHandlers {
    const route = this.#namespaces.get(name);
    if (route === undefined) throw new Error(`There is no namespace ${name}`);
    const token = tokenOfAuth(auth) ?? tokenOf(request);
    const address = this.#addressOf(request);
    const params = fieldsOf(request, auth, route.namespaceFields ?? {});
    const start = { params, token, address, socketId, ...this.#whyTurnedAway(route, address) };
    return new Session(route, start, this.#services);
  }

  #whyTurnedAway(route: Route, address: string): Pick<SessionStart, 'turnedAway'> {
    if (this.#isDraining) return { turnedAway: { error: null, close: 'restart' } };
    if (this.#mayConnect(route, address)) return {};
    return { turnedAway: { error: route.dialect.tooManyConnections, close: 'tooMany' } };
  }

  #mayConnect({ connectionLimit }: Route, address: string): boolean {
    if (this.#connectionRates.get(connectionLimit)?.take(address) !== false) return true;
    this.#services.metrics.limited(connectionLimit);
    return false;
  }

  #addressOf(request: UpgradeRequest): string {
    return clientAddress(request.remoteAddress, request.header('x-forwarded-for'), this.#trustProxyHops);
  }

  #isOriginAllowed(request: UpgradeRequest): boolean {
    return isOriginAllowed(request.header('origin'), request.header('host'), this.#allowedOrigins);
  }

  #began(session: Session, address: string): void {
    this.#sessions.add(session);
    if (!this.#openByAddress.add(address, session)) {
      this.#services.metrics.limited('openConnectionsPerAddress');
    }
  }

  #forget(session: Session): void {
    this.#sessions.delete(session);
    this.#openByAddress.remove(session);
    if (this.#sessions.size === 0) this.#whenEmpty?.();
  }

  #tick(): void {
    const { clock } = this.#services;
    const [nowMs, elapsedMs] = [clock.nowMs(), clock.elapsedMs()];
    for (const session of this.#sessions) session.tick(nowMs, elapsedMs);
  }
}

function turnDown(status: number, detail: string): TurnedDown {
  return { accept: false, status, detail };
}
