import { errors } from './errors.ts';
import type { ErrorMessage } from '../../shared/contracts/everySocket.ts';
import type { MessageId, WireMessage } from './message.ts';
import type { CodedError } from '../ports/errors.ts';

/** How one protocol says what every protocol has to say. */
export interface Dialect<Message extends WireMessage = WireMessage> {
  /** An error that answers the message with that id, or none in particular. */
  readonly errorMessage: (error: CodedError, id: MessageId | undefined) => Message;
  readonly tokenMissing: CodedError;
  readonly tokenInvalid: CodedError;
  readonly tokenExpired: CodedError;
  /** One address opens connections faster than it may. */
  readonly tooManyConnections: CodedError;
}

/** The dialect of a protocol that has no words of its own for these. */
export const plainDialect: Dialect<ErrorMessage> = {
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
