import { errors } from './errors.ts';
import type { MessageId, WireMessage } from './message.ts';

/** An error for a client: a stable code, and a text for people. */
export interface ErrorText {
  readonly code: string;
  readonly message: string;
}

/** How one protocol says what every protocol has to say. */
export interface Dialect {
  /** An error that answers the message with that id, or none in particular. */
  errorMessage(error: ErrorText, id: MessageId | undefined): WireMessage;
  readonly tokenMissing: ErrorText;
  readonly tokenInvalid: ErrorText;
  readonly tokenExpired: ErrorText;
  /** One address opens connections faster than it may. */
  readonly tooManyConnections: ErrorText;
}

/** The dialect of a protocol that has no words of its own for these. */
export const plainDialect: Dialect = {
  errorMessage: ({ code, message }, id) => ({
    type: 'error',
    message,
    code,
    ...(id === undefined ? {} : { id }),
  }),
  tokenMissing: errors.tokenMissing,
  tokenInvalid: errors.tokenInvalid,
  tokenExpired: errors.tokenExpired,
  tooManyConnections: errors.tooManyConnections,
};
