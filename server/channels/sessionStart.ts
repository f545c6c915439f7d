import type { CloseName } from '../../shared/closeCodes.ts';
import type { CodedError } from '../ports/errors.ts';
import type { Route } from './routing.ts';

/** What a session needs of its route. */
export type SessionRoute = Pick<Route, 'pattern' | 'audience' | 'dialect'>;

/** What is known of a connection before its token is verified. */
export interface SessionStart {
  readonly params: Readonly<Record<string, string>>;
  readonly token: string | null;
  /** The id that Socket.IO gave the socket; absent on raw sockets. */
  readonly socketId?: string | null;
  /** Where the client comes from, as limits count it. */
  readonly address: string;
  /** The client is turned away, also with a good token, and gets the error where there is one. */
  readonly turnedAway?: { readonly error: CodedError | null; readonly close: CloseName };
}
