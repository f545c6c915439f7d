/** The errors that all protocols have in common. Codes never change. */
export const errors = {
  tokenMissing: { code: 'token_missing', message: 'No token provided' },
  tokenInvalid: { code: 'token_invalid', message: 'Invalid token' },
  tokenExpired: { code: 'token_expired', message: 'Token has expired' },
  wrongUser: { code: 'wrong_user', message: 'This token belongs to another user than this connection' },
  loggedOut: { code: 'logged_out', message: 'You have been logged out. Please log in again.' },
  identityTimeout: { code: 'identity_timeout', message: 'Your token could not be verified in time' },
  tooEarly: { code: 'too_early', message: 'Too much was sent before the connection was ready' },
  unavailable: { code: 'unavailable', message: 'The service is not available. Please try again.' },
  tooManyConnections: { code: 'too_many_connections', message: 'Too many connections. Please wait.' },
  displaced: {
    code: 'too_many_connections',
    message: 'You have too many connections: this one, the oldest, is closed.',
  },
  rateLimited: { code: 'rate_limited', message: 'Too many messages. Please slow down.' },
  invalidMessage: (fault: string) => ({ code: 'invalid_message', message: fault }),
  unknownType: (type: string) => ({
    code: 'unknown_type',
    message: `Unknown message type: ${shorten(type)}`,
  }),
  internal: (errorId: string) => ({ code: 'internal_error', message: `Internal error ${errorId}` }),
} as const;

function shorten(text: string): string {
  return text.length > 64 ? `${text.slice(0, 64)}…` : text;
}
