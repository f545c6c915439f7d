import type { CloseName } from '../../shared/closeCodes.ts';
import type { ClientAction, ClientKey } from './clientRates.ts';
import type { ErrorText } from './dialect.ts';
import type { User } from '../ports/identity.ts';
import type { Answerable, ClientMessage, Outgoing, WireMessage } from './message.ts';

/** What never changes about one connection. */
export interface Scope {
  /** What stood in the path where the route has a name: `id` for `/ws/auction/:id/`. */
  readonly params: Readonly<Record<string, string>>;
  readonly user: User;
  /** Whose limits what it does counts for. */
  readonly client: ClientKey;
}

/** What a consumer can do to its own connection. Every method does nothing once the connection is over. */
export interface Channel {
  /** Sends to this client only. */
  push(message: WireMessage | Outgoing): void;
  /** Sends the documented error message, with its stable code and the id of the message it answers. */
  error(error: ErrorText, answered?: Answerable): void;
  /**
   * Tells a client that wants to know (by an id, or by a callback) that its message was carried out; `seq` where
   * a ledger event came of it.
   */
  acknowledge(answered: Answerable, seq?: number): void;
  /** Counts one more of these for this client over all its connections; false when that is too many. */
  take(action: ClientAction): boolean;
  /** From now on this client gets what is broadcast to the topic. */
  join(topic: string): void;
  leave(topic: string): void;
  close(name: CloseName): void;
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
}

/** The scope of a connection that may belong to nobody in particular. */
export interface GuestScope extends Omit<Scope, 'user'> {
  /** `null`: there was no token. */
  readonly user: User | null;
}

/** An application is a function of its scope. */
export type ConsumerFactory<Of extends GuestScope = Scope> = (scope: Of, channel: Channel) => Consumer;

/** Whom a route serves: only those with a token, or everybody. */
export type Audience =
  | { readonly identity: 'required'; readonly consumer: ConsumerFactory }
  | { readonly identity: 'optional'; readonly consumer: ConsumerFactory<GuestScope> };
