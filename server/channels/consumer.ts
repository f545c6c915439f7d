import type { CloseName } from '../../shared/closeCodes.ts';
import type { ClientAction, ClientKey } from './clientRates.ts';
import type { LimitName } from '../limits.ts';
import type { User } from '../ports/identity.ts';
import type { Topic } from './groups.ts';
import type { Answerable, ClientMessage, Outgoing, WireMessage } from './message.ts';
import type { CodedError } from '../ports/errors.ts';

/** The limits on how long a client may be silent. */
export type IdleLimit = Extract<LimitName, 'idleMs' | 'auctioneerIdleMs'>;

/** What never changes about one connection. */
export interface Scope {
  /** What stood in the path where the route has a name: `id` for `/ws/auction/:id/`. */
  readonly params: Readonly<Record<string, string>>;
  readonly user: User;
  /** Whose limits what it does counts for. */
  readonly client: ClientKey;
  /** The id that Socket.IO gave the socket, which its client knows; `null` on raw sockets. */
  readonly socketId: string | null;
}

/**
 * What a consumer can do to its own connection, on which only these messages are sent. Nothing has any effect once the
 * connection is over.
 */
export interface Channel<Message extends WireMessage = WireMessage> {
  /** Sends to this client only. */
  readonly push: (message: Message | Outgoing<Message>) => void;
  /** Sends the documented error message, with its stable code and the id of the message it answers. */
  readonly error: (error: CodedError, answered?: Answerable) => void;
  /** Counts one more of these for this client over all its connections; false when that is too many. */
  readonly take: (action: ClientAction) => boolean;
  /** From now on this client gets what is broadcast to the topic. Nothing changes where it gets that already. */
  readonly join: (topic: Topic<Message>) => void;
  readonly leave: (topic: Topic<Message>) => void;
  readonly close: (name: CloseName) => void;
  /** From now on its client is closed with 4408 after this silence, and pinged often enough; 0: as all others. */
  readonly setIdleLimit: (name: IdleLimit) => void;
}

/**
 * Pushes the state and joins the topic of its changes in one synchronous step: an event in between would be missed, or
 * told twice. A client that has joined before gets the state only.
 */
export function watch<Message extends WireMessage>(
  channel: Channel<Message>,
  topic: Topic<Message>,
  state: Message | Outgoing<Message>,
): void {
  channel.push(state);
  channel.join(topic);
}

/**
 * One wire protocol, inbound, for one connection. `connected` comes first and once; messages that arrive
 * meanwhile wait for it. `disconnected` comes last and once, after `connected` has settled. What a method
 * throws is logged with an id and closes the connection with 1011.
 */
export interface Consumer {
  connected(): void | Promise<void>;
  received(message: ClientMessage): void | Promise<void>;
  disconnected(): void;
  /** True while something would be cut short by the end of this connection, which can wait then; absent: never. */
  isBusy?(): boolean;
}

/** The scope of a connection that may have no token. */
export interface GuestScope extends Omit<Scope, 'user'> {
  /** `null`: there was no token. */
  readonly user: User | null;
}

/** An application is a function of its scope. */
export type ConsumerFactory<Of extends GuestScope = Scope, Message extends WireMessage = WireMessage> = (
  scope: Of,
  channel: Channel<Message>,
) => Consumer;

/** Whom a route serves: users with a token only, or guests too. */
export type Audience<Message extends WireMessage = WireMessage> =
  | { readonly identity: 'required'; readonly consumer: ConsumerFactory<Scope, Message> }
  | { readonly identity: 'optional'; readonly consumer: ConsumerFactory<GuestScope, Message> };
