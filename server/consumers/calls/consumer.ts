import type { CloseName } from '../../../shared/closeCodes.ts';
import type { Channel, Consumer, ConsumerFactory, Scope } from '../../channels/consumer.ts';
import type { Topic } from '../../channels/groups.ts';
import type { ClientMessage, WireMessage } from '../../channels/message.ts';
import type { RequestHandler } from '../../channels/requests.ts';
import type { Role } from '../../domain/account/account.ts';
import type { Accounts } from '../../domain/account/accounts.ts';
import type { Suspensions } from '../../domain/account/suspensions.ts';
import type { Calls } from '../../domain/call/calls.ts';
import type { CallListener, CallUpdate, CallPeer, CallSide } from '../../domain/call/connections.ts';
import type { Cancel, Clock } from '../../ports/clock.ts';
import { callsAdmission, callsDialect } from './messages.ts';
import type { CallsConnection } from './requests.ts';
import type { CodedError } from '../../ports/errors.ts';

/** What the consumers of both sides work with. */
export interface CallsConsumerServices {
  readonly calls: Calls;
  readonly accounts: Accounts;
  readonly suspensions: Suspensions;
  readonly clock: Clock;
}

/** In what the two sides of calls differ. */
export interface CallsSide<Message extends WireMessage> {
  readonly side: CallSide;
  readonly isFor: (role: Role) => boolean;
  /** What its connections hear besides calls of their own. */
  readonly topics: readonly Topic<Message>[];
  readonly handle: RequestHandler<CallsConnection, Message>;
  /** What a new state of a call is to the connection of that id; `null`: nothing. */
  readonly messageOf: (update: CallUpdate, connectionId: string) => Message | null;
}

/** One side of the calls between users and telecallers. */
export function callsConsumer<Message extends WireMessage>(
  services: CallsConsumerServices,
  side: CallsSide<Message>,
): ConsumerFactory<Scope, Message> {
  return (scope, channel) => new CallsConsumer(services, side, scope, channel);
}

class CallsConsumer<Message extends WireMessage> implements Consumer, CallsConnection {
  readonly peer: CallPeer;
  readonly #services: CallsConsumerServices;
  readonly #side: CallsSide<Message>;
  readonly #channel: Channel<Message>;
  readonly #listener: CallListener;
  #takesPart = false;
  #stopWatching: Cancel | null = null;
  #isInCall = false;

  constructor(
    services: CallsConsumerServices,
    side: CallsSide<Message>,
    { user }: Scope,
    channel: Channel<Message>,
  ) {
    this.#services = services;
    this.#side = side;
    const connectionId = services.clock.randomId();
    this.peer = { userId: user.id, connectionId };
    this.#channel = channel;
    this.#listener = (update) => {
      this.#isInCall = update.call.endedAtMs === null;
      const message = side.messageOf(update, connectionId);
      if (message !== null) channel.push(message);
    };
  }

  get calls(): Calls {
    return this.#services.calls;
  }

  async connected(): Promise<void> {
    const { side, isFor, topics } = this.#side;
    const { userId } = this.peer;
    // Before the account is read: a block that is stored meanwhile is told.
    this.#stopWatching = this.#services.suspensions.watch(userId, () =>
      this.#turnAway(callsAdmission.suspended, 'forbidden'),
    );
    const account = await this.#services.accounts.byId(userId);
    if (account === null) return this.#turnAway(callsDialect.tokenInvalid, 'unauthenticated');
    if (!isFor(account.role)) return this.#turnAway(callsAdmission.accessDenied, 'forbidden');
    if (account.isBlocked) return this.#turnAway(callsAdmission.suspended, 'forbidden');
    for (const topic of topics) this.#channel.join(topic);
    this.calls.joined(side, this.peer, this.#listener);
    this.#takesPart = true;
  }

  disconnected(): void {
    this.#stopWatching?.();
    if (this.#takesPart) this.calls.left(this.#side.side, this.peer);
  }

  /** A call goes on although the token of its connection has run out. */
  isBusy(): boolean {
    return this.#isInCall;
  }

  received(message: ClientMessage): void | Promise<void> {
    return this.#side.handle(this, this.#channel, message);
  }

  #turnAway(error: CodedError, close: CloseName): void {
    this.#channel.error(error);
    this.#channel.close(close);
  }
}
