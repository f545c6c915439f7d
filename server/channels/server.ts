import type { LimitName } from '../domain/limits.ts';
import type { Cancel } from '../ports/clock.ts';
import type { UpgradeAnswer, UpgradeRequest } from '../ports/transport.ts';
import { clientAddress, ConnectionRate } from './middleware/address.ts';
import { subprotocolOf, tokenOf } from './middleware/credentials.ts';
import { type AllowedOrigins, isOriginAllowed } from './middleware/origin.ts';
import { createRouter, type Route, type RouteMatch } from './routing.ts';
import { Session, type SessionServices } from './session.ts';

/** How often sessions look after what is due (heartbeat, expiry, identity). */
const TICK_MS = 1_000;
/** How many batches a shutdown closes its sockets in, so that they do not all come back at once. */
const DRAIN_BATCHES = 10;
/** The pause between two batches, before jitter. */
const DRAIN_PAUSE_MS = 100;

/** The protocol server: turns upgrade requests into sessions and looks after them. Knows no auctions. */
export class ChannelServer {
  readonly #router: (path: string) => RouteMatch | null;
  readonly #services: SessionServices;
  readonly #sessions = new Set<Session>();
  readonly #connectionRates: ReadonlyMap<LimitName, ConnectionRate>;
  readonly #allowedOrigins: AllowedOrigins;
  readonly #trustProxyHops: number;
  readonly #stopTicking: Cancel;
  #isDraining = false;
  #whenEmpty: (() => void) | null = null;

  constructor(
    routes: readonly Route[],
    services: Omit<SessionServices, 'began' | 'over'>,
    settings: { readonly allowedOrigins: AllowedOrigins; readonly trustProxyHops: number },
  ) {
    this.#router = createRouter(routes);
    this.#services = {
      ...services,
      began: (session) => this.#sessions.add(session),
      over: (session) => this.#forget(session),
    };
    this.#connectionRates = new Map(
      routes.map(({ connectionLimit: name }) => [
        name,
        new ConnectionRate(services.limits[name], services.clock),
      ]),
    );
    this.#allowedOrigins = settings.allowedOrigins;
    this.#trustProxyHops = settings.trustProxyHops;
    this.#stopTicking = services.clock.every(TICK_MS, () => this.#tick());
  }

  /** Accepts a socket, or says with which HTTP answer it is turned down. */
  upgrade(request: UpgradeRequest): UpgradeAnswer {
    if (this.#isDraining) return turnDown(503, 'The server is restarting');
    const forwardedFor = request.header('x-forwarded-for');
    const address = clientAddress(request.remoteAddress, forwardedFor, this.#trustProxyHops);
    const match = this.#router(request.path);
    if (match === null) return turnDown(404, 'Not found.');
    const { connectionLimit, dialect } = match.route;
    if (this.#connectionRates.get(connectionLimit)?.take(address) === false) {
      return turnDown(429, dialect.tooManyConnections.message);
    }
    if (!isOriginAllowed(request.header('origin'), request.header('host'), this.#allowedOrigins)) {
      return turnDown(403, 'This origin is not allowed');
    }
    const session = new Session(
      {
        route: match.route.pattern,
        params: match.params,
        token: tokenOf(request),
        audience: match.route.audience,
        dialect: match.route.dialect,
      },
      this.#services,
    );
    const subprotocol = subprotocolOf(request);
    return { accept: true, handlers: session, ...(subprotocol === undefined ? {} : { subprotocol }) };
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

  #forget(session: Session): void {
    this.#sessions.delete(session);
    if (this.#sessions.size === 0) this.#whenEmpty?.();
  }

  #tick(): void {
    const nowMs = this.#services.clock.nowMs();
    for (const session of this.#sessions) session.tick(nowMs);
  }
}

function turnDown(status: number, detail: string): UpgradeAnswer {
  return { accept: false, status, detail };
}
