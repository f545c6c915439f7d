import type { Channel, Consumer } from '../../server/channels/consumer.ts';
import { ClientRates } from '../../server/channels/clientRates.ts';
import { plainDialect } from '../../server/channels/dialect.ts';
import type { TokenExpiry } from '../../server/channels/connectionToken.ts';
import { Groups } from '../../server/channels/groups.ts';
import { Inboxes } from '../../server/channels/inboxes.ts';
import type { ClientMessage } from '../../server/channels/message.ts';
import { Session } from '../../server/channels/session.ts';
import type { Limits } from '../../server/limits.ts';
import { createPrometheusMetrics } from '../../server/engines/metrics/prometheus.ts';
import type { Identification } from '../../server/ports/identity.ts';
import { testLimits } from './limits.ts';
import { ManualClock } from './manualClock.ts';
import { RecordedLog } from './recordedLog.ts';
import { RecordedSocket } from './recordedSocket.ts';

/** The user of a session that names no other. */
export const USER = { id: 7, username: 'buyer1' };

/** A consumer that keeps what it is told, and may act when told. */
export class RecordedConsumer implements Consumer {
  readonly received = (message: ClientMessage): void | Promise<void> => {
    this.messages.push(message);
    return this.onMessage?.(message);
  };
  readonly messages: ClientMessage[] = [];
  readonly lifecycle: string[] = [];
  onMessage: ((message: ClientMessage) => void | Promise<void>) | null = null;
  onDisconnected: () => void = () => undefined;
  /** What {@link isBusy} says. */
  isInUse = false;

  constructor(
    readonly channel: Channel,
    readonly connecting: Promise<void>,
    readonly onConnected: (channel: Channel) => void,
  ) {}

  async connected(): Promise<void> {
    this.lifecycle.push('connected');
    await this.connecting;
    this.onConnected(this.channel);
  }

  isBusy(): boolean {
    return this.isInUse;
  }

  disconnected(): void {
    this.lifecycle.push('disconnected');
    this.onDisconnected();
  }
}

/** What a test may say about a session; the rest is usual. */
export interface SessionOptions {
  /** `null`: a guest, whom the route serves too when `guests` says so. */
  readonly token?: string | null;
  readonly address?: string;
  readonly guests?: boolean;
  readonly identification?: Promise<Identification>;
  readonly connecting?: Promise<void>;
  /** What the consumer does as it connects. */
  readonly connected?: (channel: Channel) => void;
}

/** What the tokens are that clients send later, by the token. */
export type Tokens = Readonly<Record<string, Identification | Promise<Identification>>>;

/** The sessions of one server without a network, under the limits given. */
export class Sessions {
  readonly clock: ManualClock;
  readonly log = new RecordedLog();
  readonly metrics = createPrometheusMetrics();
  readonly open = new Set<Session>();
  readonly consumers: RecordedConsumer[] = [];
  readonly inboxes: Inboxes;
  /** What the tokens are that clients renew theirs with. */
  tokens: Tokens = {};
  readonly endedLogins = new Set<string>();
  readonly #limits: Limits;
  readonly #tokenExpiry: TokenExpiry;
  readonly #rates: ClientRates;

  constructor(
    limits: Partial<Limits> = {},
    tokenExpiry: TokenExpiry = 'on-connect',
    clock = new ManualClock(),
  ) {
    this.clock = clock;
    this.#tokenExpiry = tokenExpiry;
    this.#limits = testLimits(limits);
    this.#rates = new ClientRates(this.#limits, this.clock, this.metrics);
    this.inboxes = new Inboxes(this.clock, this.metrics, this.#limits.connectionsPerUser);
    this.clock.every(1_000, () => {
      for (const session of this.open) session.tick(this.clock.nowMs(), this.clock.elapsedMs());
    });
  }

  /** A session that has begun; it is not identified before the clock is advanced. */
  begin({
    token = 'T',
    address = '192.0.2.1',
    guests = false,
    identification = Promise.resolve({ kind: 'identified', user: USER, expiresAtMs: null }),
    connecting = Promise.resolve(),
    connected = () => undefined,
  }: SessionOptions = {}): { readonly session: Session; readonly socket: RecordedSocket } {
    const consumer = (_scope: unknown, channel: Channel) => {
      const made = new RecordedConsumer(channel, connecting, connected);
      this.consumers.push(made);
      return made;
    };
    const session = new Session(
      {
        pattern: '/ws/auction/:id/',
        dialect: plainDialect,
        audience: guests ? { identity: 'optional', consumer } : { identity: 'required', consumer },
      },
      { params: { id: '1' }, token, address },
      {
        identity: { identify: async (given) => this.tokens[given] ?? identification },
        tokenExpiry: this.#tokenExpiry,
        endedLogins: this.endedLogins,
        groups: new Groups({ publish: () => 0 }, this.clock, this.metrics, () => undefined),
        inboxes: this.inboxes,
        rates: this.#rates,
        handedOut: () => undefined,
        limits: this.#limits,
        clock: this.clock,
        log: this.log,
        metrics: this.metrics,
        began: (begun) => this.open.add(begun),
        over: (ended) => this.open.delete(ended),
      },
    );
    const socket = new RecordedSocket();
    session.opened(socket);
    return { session, socket };
  }
}

/** A text frame. */
export function messageText(type: string, fields: Record<string, unknown> = {}): string {
  return JSON.stringify({ type, ...fields });
}
