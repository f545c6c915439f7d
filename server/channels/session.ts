import { CLOSE_CODES, type CloseName } from '../../shared/closeCodes.ts';
import type { Limits } from '../limits.ts';
import type { Clock } from '../ports/clock.ts';
import type { IdentityProvider, User } from '../ports/identity.ts';
import type { Log } from '../ports/log.ts';
import type { Metrics } from '../ports/metrics.ts';
import { StoreUnavailable, type CodedError } from '../ports/errors.ts';
import type { ReceivedEvent, Socket, SocketHandlers } from '../ports/transport.ts';
import { type Arrival, arrivalOfEvent, arrivalOfText, EarlyArrivals } from './arrivals.ts';
import {
  AUTHENTICATE,
  authenticatedMessage,
  tokenExpiringMessage,
  verifyRenewal,
  verifyToken,
} from './authenticate.ts';
import { ConnectionToken, type TokenExpiry } from './connectionToken.ts';
import type { Channel, Consumer, IdleLimit } from './consumer.ts';
import { errors } from './errors.ts';
import type { Group, Groups } from './groups.ts';
import { Heartbeat } from './heartbeat.ts';
import type { Inboxes } from './inboxes.ts';
import { type Answerable, type ClientMessage, Outgoing, type WireMessage } from './message.ts';
import type { ClientAction, ClientKey, ClientRates } from './clientRates.ts';
import { MessageRate } from './messageRate.ts';
import { OPEN, OVER, type Phase, type Waiting } from './sessionPhase.ts';
import type { SessionRoute, SessionStart } from './sessionStart.ts';

/** What every session works with. */
export interface SessionServices {
  readonly identity: IdentityProvider;
  readonly tokenExpiry: TokenExpiry;
  /** The logins that have ended while tokens of theirs may still hold. */
  readonly endedLogins: { has(loginId: string): boolean };
  readonly groups: Groups;
  readonly inboxes: Pick<Inboxes, 'join' | 'leave'>;
  readonly rates: ClientRates;
  /** Hears how many bytes are handed to sockets. */
  readonly handedOut: (bytes: number) => void;
  readonly limits: Limits;
  readonly clock: Clock;
  readonly log: Log;
  readonly metrics: Metrics;
  /** Called when the session begins, with its address, and when it is over. */
  readonly began: (session: Session, address: string) => void;
  readonly over: (session: Session) => void;
}

const NO_GROUPS: readonly Group[] = [];

/** One connection from its first frame to its last: identity, limits, heartbeat; then it is its consumer's. */
export class Session implements SocketHandlers, Channel {
  readonly #services: SessionServices;
  readonly #route: SessionRoute;
  /** Most connections never say anything. */
  #rate: MessageRate | null = null;
  /** Most connections are in one: a list of just that length is the smallest that holds it. */
  #groups = NO_GROUPS;
  #socket: Socket | null = null;
  #phase: Phase;
  #consumer: Consumer | null = null;
  #user: User | null = null;
  /** Whose rates its messages count for; the address of a guest. */
  #client: ClientKey | null = null;
  #token: ConnectionToken | null = null;
  readonly #heartbeat: Heartbeat;

  constructor(route: SessionRoute, start: SessionStart, services: SessionServices) {
    const { limits, clock } = services;
    const early = new EarlyArrivals(limits.earlyBytes);
    this.#route = route;
    this.#services = services;
    this.#phase = { kind: 'waiting', start, sinceMs: clock.elapsedMs(), early };
    this.#heartbeat = new Heartbeat(limits, clock);
  }

  opened(socket: Socket): void {
    this.#socket = socket;
    if (this.#phase.kind !== 'waiting') return;
    this.#services.metrics.connectionOpened(this.#route.pattern);
    this.#services.began(this, this.#phase.start.address);
    this.#connect(this.#phase.start).catch((error: unknown) => this.#fail(error));
  }

  received(text: string | null): void {
    this.#arrived(arrivalOfText(text, this.#services.clock.nowMs()));
  }

  receivedEvent(event: ReceivedEvent): void {
    this.#arrived(arrivalOfEvent(event, this.#services.clock.nowMs()));
  }

  pong(): void {
    this.#heartbeat.heard(this.#services.clock.elapsedMs());
  }

  closed(code: number): void {
    const { groups, inboxes, metrics, over } = this.#services;
    const wasOpen = this.#phase.kind === 'open';
    this.#phase = OVER;
    if (this.#socket !== null) for (const group of this.#groups) groups.leave(group, this.#socket);
    this.#groups = NO_GROUPS;
    if (this.#user !== null) inboxes.leave(this.#user.id, this);
    this.#socket = null;
    metrics.connectionClosed(this.#route.pattern, code);
    over(this);
    if (wasOpen) this.#disconnect();
  }

  /** Closes with one of the published codes; what the client sends from now on is not read. */
  close(name: CloseName): void {
    const { code, reason } = CLOSE_CODES[name];
    const phase = this.#phase;
    this.#phase = OVER;
    this.#socket?.close(code, reason, phase.kind === 'waiting' ? phase.cause : undefined);
    if (phase.kind === 'open') this.#disconnect();
  }

  push(message: WireMessage | Outgoing): void {
    if (this.#phase.kind === 'over') return;
    if (this.#socket === null) return;
    const outgoing = message instanceof Outgoing ? message : new Outgoing(message);
    this.#services.handedOut(this.#socket.send(outgoing));
  }

  error(error: CodedError, answered?: Answerable): void {
    if (this.#phase.kind === 'waiting') this.#phase.cause = error;
    this.push(this.#route.dialect.errorMessage(error, answered?.id));
    answered?.acknowledge?.({ ok: false, error: error.message, code: error.code });
  }

  join(topic: string): void {
    if (this.#socket === null || this.#phase.kind === 'over' || this.#groupOf(topic) !== undefined) return;
    this.#groups = this.#groups.concat(this.#services.groups.join(topic, this.#socket));
  }

  leave(topic: string): void {
    const left = this.#groupOf(topic);
    if (this.#socket === null || left === undefined) return;
    this.#groups = this.#groups.filter((group) => group !== left);
    this.#services.groups.leave(left, this.#socket);
  }

  take(action: ClientAction): boolean {
    return this.#client === null || this.#services.rates.take(this.#client, action);
  }

  setIdleLimit(name: IdleLimit): void {
    this.#heartbeat.idleLimit = name;
  }

  bufferedBytes(): number {
    return this.#socket?.bufferedBytes() ?? 0;
  }

  /** Makes room for a newer connection of the same user or address (SA10). */
  displaced(): void {
    this.#turnAway(errors.displaced, 'tooManyConnections');
  }

  loginEnded(loginId: string): void {
    if (this.#token?.loginId === loginId) this.#turnAway(errors.loggedOut, 'unauthenticated');
  }

  /** Cuts the connection: its client does not take what is sent to it. */
  terminate(): void {
    this.#socket?.terminate();
  }

  /** Does what is due, by the wall clock and by the monotonic one: called about once a second. Never throws. */
  tick(nowMs: number, elapsedMs: number): void {
    try {
      this.#doWhatIsDue(nowMs, elapsedMs);
    } catch (error) {
      this.#fail(error);
    }
  }

  #doWhatIsDue(nowMs: number, elapsedMs: number): void {
    const { identityWaitMs } = this.#services.limits;
    if (this.#heartbeat.isIdle(elapsedMs)) {
      if (this.#phase.kind === 'over') this.#socket?.terminate();
      else {
        this.#services.metrics.limited(this.#heartbeat.idleLimit);
        this.close('timeout');
      }
      return;
    }
    if (this.#phase.kind === 'over') return;
    if (
      this.#phase.kind === 'waiting' &&
      identityWaitMs > 0 &&
      elapsedMs - this.#phase.sinceMs >= identityWaitMs
    ) {
      this.#services.metrics.limited('identityWaitMs');
      this.#turnAway(errors.identityTimeout, 'timeout');
    } else if (this.#isExpired(nowMs)) {
      this.#turnAway(this.#route.dialect.tokenExpired, 'unauthenticated');
    } else if (this.#heartbeat.isOld(elapsedMs) && !this.#isBusy()) {
      this.#services.metrics.limited('connectionAgeMs');
      this.close('restart');
    } else if (this.#heartbeat.takePing(elapsedMs)) {
      this.#socket?.ping();
    }
    this.#giveNotice(nowMs);
  }

  async #connect(start: SessionStart): Promise<void> {
    const consumer = await this.#admit(start);
    if (consumer === null) return;
    this.#consumer = consumer;
    try {
      await consumer.connected();
    } catch (error) {
      this.#fail(error);
    }
    if (this.#user !== null && this.#phase.kind === 'waiting') {
      await this.#services.inboxes.join(this.#user.id, this);
    }
    if (this.#isLoggedOut()) this.#turnAway(errors.loggedOut, 'unauthenticated');
    if (this.#phase.kind !== 'waiting') return this.#disconnect();
    this.#socket?.admitted();
    const { early } = this.#phase;
    this.#phase = OPEN;
    this.#giveNotice(this.#services.clock.nowMs());
    for (const arrival of early.kept) {
      if (this.#isOpen()) this.#handle(arrival);
    }
  }

  /** The consumer for whoever is there; `null` when the connection has been turned away. */
  async #admit({
    token,
    address,
    params,
    socketId = null,
    turnedAway,
  }: SessionStart): Promise<Consumer | null> {
    const { audience, dialect } = this.#route;
    if (turnedAway !== undefined) {
      if (turnedAway.error !== null) this.error(turnedAway.error);
      this.close(turnedAway.close);
      return null;
    }
    if (token === null && audience.identity === 'optional') {
      this.#client = address;
      return audience.consumer({ params, user: null, client: address, socketId }, this);
    }
    if (token === null) return this.#turnAway(dialect.tokenMissing, 'unauthenticated');
    const user = await this.#identify(token);
    this.#user = user;
    this.#client = user?.id ?? null;
    return user && audience.consumer({ params, user, client: user.id, socketId }, this);
  }

  /** The token's user; `null` when the connection has been turned away. A bad token never makes a guest. */
  async #identify(token: string): Promise<User | null> {
    const { identity, tokenExpiry } = this.#services;
    const outcome = await verifyToken(token, identity, this.#route.dialect);
    if (this.#phase.kind === 'over') return null;
    if (outcome.kind === 'refused') return this.#turnAway(outcome.error, outcome.close);
    this.#token = new ConnectionToken(outcome, tokenExpiry);
    return outcome.user;
  }

  #arrived(arrival: Arrival): void {
    this.#heartbeat.heard(this.#services.clock.elapsedMs());
    switch (this.#phase.kind) {
      case 'waiting':
        return this.#keep(this.#phase, arrival);
      case 'open':
        return this.#handle(arrival);
      case 'over':
        return;
    }
  }

  #keep(phase: Waiting, arrival: Arrival): void {
    if (phase.early.keep(arrival)) return;
    this.#services.metrics.limited('earlyBytes');
    this.#turnAway(errors.tooEarly, 'timeout');
  }

  #handle({ receivedAtMs, parse }: Arrival): void {
    if (this.#isExpired(receivedAtMs)) {
      this.#turnAway(this.#route.dialect.tokenExpired, 'unauthenticated');
      return;
    }
    const parsed = parse();
    const elapsedMs = this.#services.clock.elapsedMs();
    this.#rate ??= new MessageRate(this.#services.limits, elapsedMs);
    if (!this.#mayTakeMessage(this.#rate, elapsedMs)) {
      this.error(errors.rateLimited, parsed.ok ? parsed.message : parsed.answerable);
      if (this.#rate.strike(elapsedMs)) this.close('tooMany');
      return;
    }
    if (!parsed.ok) {
      this.error(errors.invalidMessage(parsed.fault), parsed.answerable);
      return;
    }
    try {
      const handling =
        parsed.message.type === AUTHENTICATE
          ? this.#renewToken(parsed.message)
          : this.#consumer?.received(parsed.message);
      if (handling instanceof Promise) handling.catch((error: unknown) => this.#fail(error));
    } catch (error) {
      this.#fail(error);
    }
  }

  async #renewToken(message: ClientMessage): Promise<void> {
    const renewal = this.#token?.beginRenewal() ?? 0;
    const { identity, clock } = this.#services;
    const outcome = await verifyRenewal(message, this.#user, identity, this.#route.dialect);
    if (!this.#isOpen()) return;
    if (outcome.kind === 'refused') {
      this.error(outcome.error, message);
      return;
    }
    this.#token?.renew(renewal, outcome);
    this.push(authenticatedMessage(outcome.expiresAtMs, message.id));
    message.acknowledge?.({ ok: true });
    if (this.#isLoggedOut()) this.#turnAway(errors.loggedOut, 'unauthenticated');
    this.#giveNotice(clock.nowMs());
  }

  /** Whether its token has run out, where that counts: not while something would be cut short by it. */
  #isExpired(nowMs: number): boolean {
    return this.#token?.isOver(nowMs) === true && !this.#isBusy();
  }

  /** Whether its login has ended while its token was verified, or its consumer connected: it was not told of that. */
  #isLoggedOut(): boolean {
    const loginId = this.#token?.loginId;
    return loginId !== undefined && this.#services.endedLogins.has(loginId);
  }

  #isBusy(): boolean {
    return this.#consumer?.isBusy?.() === true;
  }

  #giveNotice(nowMs: number): void {
    if (!this.#isOpen()) return;
    const expiresAtMs = this.#token?.takeNotice(nowMs) ?? null;
    if (expiresAtMs !== null) this.push(tokenExpiringMessage(expiresAtMs));
  }

  #mayTakeMessage(rate: MessageRate, elapsedMs: number): boolean {
    if (rate.take(elapsedMs)) return this.take('message');
    this.#services.metrics.limited('messagesPerSecond');
    return false;
  }

  /** An unexpected error: logged under an id that the client is told, and the end of this connection. */
  #fail(error: unknown): void {
    if (error instanceof StoreUnavailable) {
      this.#turnAway(errors.unavailable, 'tryLater');
      return;
    }
    const errorId = this.#services.clock.randomId();
    this.#services.log.error('a connection failed', { errorId, route: this.#route.pattern, error });
    this.#turnAway(errors.internal(errorId), 'internalError');
  }

  #turnAway(error: CodedError, name: CloseName): null {
    this.error(error);
    this.close(name);
    return null;
  }

  #disconnect(): void {
    const consumer = this.#consumer;
    this.#consumer = null;
    try {
      consumer?.disconnected();
    } catch (error) {
      this.#services.log.error('a connection could not be let go of', { route: this.#route.pattern, error });
    }
  }

  #groupOf(topic: string): Group | undefined {
    return this.#groups.find((group) => group.topic === topic);
  }

  #isOpen(): boolean {
    return this.#phase.kind === 'open';
  }
}
