import type { CloseName } from '../../shared/closeCodes.ts';
import type { Channel, Consumer, ConsumerFactory, Scope } from '../channels/consumer.ts';
import type { ErrorText } from '../channels/dialect.ts';
import { errors } from '../channels/errors.ts';
import type { KeyedRate } from '../channels/keyedRate.ts';
import type { ClientMessage, WireMessage } from '../channels/message.ts';
import type { Role } from '../domain/account/account.ts';
import type { Accounts } from '../domain/account/accounts.ts';
import { type CallRefusal, callRefusals } from '../domain/call/callRefusals.ts';
import type { CallAnswer, CallPeer, Calls } from '../domain/call/calls.ts';
import type { CallListener, CallNews, CallSide } from '../domain/call/parties.ts';
import type { Limits } from '../domain/limits.ts';
import type { Clock } from '../ports/clock.ts';
import { callsAdmission, callsDialect } from './callsDialect.ts';

/** What the consumers of both sides work with. */
export interface CallsConsumerServices {
  readonly calls: Calls;
  readonly accounts: Accounts;
  readonly limits: Limits;
  readonly clock: Clock;
}

/** One kind of message that a side may send. */
export interface CallRequest {
  /** How often a user may ask for it, on all their connections together; `null`: no bound of its own. */
  readonly rate: KeyedRate<number> | null;
  /** What the payload asks for, or what is wrong with it. */
  readonly read: (payload: ClientMessage['payload']) => CallOrder | CallRefusal;
}

/** Carries out what a message asked for. */
export type CallOrder = (peer: CallPeer) => Promise<CallAnswer>;

/** In what the two sides of calls differ. */
export interface CallsProtocol {
  readonly side: CallSide;
  readonly isFor: (role: Role) => boolean;
  /** What its connections hear besides calls of their own. */
  readonly topics: readonly string[];
  readonly requests: ReadonlyMap<string, CallRequest>;
  readonly messageOf: (news: CallNews, isCause: boolean) => WireMessage | null;
}

/** A request that names a call and nothing else. */
export function requestOnCall(
  payload: { safeParse(value: unknown): { readonly data?: { readonly callId: string } | undefined } },
  carryOut: (peer: CallPeer, callId: string) => Promise<CallAnswer>,
  rate: KeyedRate<number> | null = null,
): CallRequest {
  return {
    rate,
    read: (value) => {
      const { data } = payload.safeParse(value);
      return data === undefined ? callRefusals.invalidRequest : (peer) => carryOut(peer, data.callId);
    },
  };
}

/** One side of the calls between users and telecallers. */
export function callsConsumer(services: CallsConsumerServices, protocol: CallsProtocol): ConsumerFactory {
  return (scope, channel) => new CallsConsumer(services, protocol, scope, channel);
}

class CallsConsumer implements Consumer {
  readonly #services: CallsConsumerServices;
  readonly #protocol: CallsProtocol;
  readonly #peer: CallPeer;
  readonly #channel: Channel;
  readonly #listener: CallListener;
  #takesPart = false;

  constructor(services: CallsConsumerServices, protocol: CallsProtocol, { user }: Scope, channel: Channel) {
    this.#services = services;
    this.#protocol = protocol;
    const connectionId = services.clock.randomId();
    this.#peer = { userId: user.id, connectionId };
    this.#channel = channel;
    this.#listener = (news) => {
      const message = protocol.messageOf(news, news.causedBy === connectionId);
      if (message !== null) channel.push(message);
    };
  }

  async connected(): Promise<void> {
    const { side, isFor, topics } = this.#protocol;
    const { userId } = this.#peer;
    const account = await this.#services.accounts.byId(userId);
    if (account === null) return this.#turnAway(callsDialect.tokenInvalid, 'unauthenticated');
    if (!isFor(account.role)) return this.#turnAway(callsAdmission.accessDenied, 'forbidden');
    if (account.isBlocked) return this.#turnAway(callsAdmission.suspended, 'forbidden');
    for (const topic of topics) this.#channel.join(topic);
    this.#services.calls.joined(side, userId, this.#listener);
    this.#takesPart = true;
  }

  disconnected(): void {
    if (this.#takesPart) this.#services.calls.left(this.#protocol.side, this.#peer.userId, this.#listener);
  }

  async received(message: ClientMessage): Promise<void> {
    const request = this.#protocol.requests.get(message.type);
    if (request === undefined) return this.#channel.error(errors.unknownType(message.type), message);
    const { rate, read } = request;
    const order = read(message.payload);
    if (typeof order !== 'function') return this.#channel.error(order, message);
    if (rate?.take(this.#peer.userId) === false) {
      return this.#channel.error(callRefusals.tooManyAttempts, message);
    }
    const answer = await order(this.#peer);
    if (answer.kind === 'refused') this.#channel.error(answer.refusal, message);
    else this.#channel.acknowledge(message);
  }

  #turnAway(error: ErrorText, close: CloseName): void {
    this.#channel.error(error);
    this.#channel.close(close);
  }
}
