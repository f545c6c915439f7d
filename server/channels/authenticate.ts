import type { CloseName } from '../../shared/closeCodes.ts';
import {
  type AuthenticatedMessage,
  authenticatePayload,
  type TokenExpiringMessage,
} from '../../shared/contracts/everySocket.ts';
import { faultOf } from '../../shared/contracts/liveFields.ts';
import { isoSeconds } from '../../shared/time.ts';
import type { Identified, IdentityProvider, User } from '../ports/identity.ts';
import type { CodedError } from '../ports/errors.ts';
import type { Dialect } from './dialect.ts';
import { errors } from './errors.ts';
import type { ClientMessage, MessageId } from './message.ts';

/** The type of the message by which a client renews the token of its connection, in every protocol. */
export const AUTHENTICATE = 'authenticate';

/** Why a token is not taken, and with which code a connection that has no other is closed. */
export interface RefusedToken {
  readonly kind: 'refused';
  readonly error: CodedError;
  readonly close: CloseName;
}

/** Verifies a token. Never rejects. */
export async function verifyToken(
  token: string,
  identity: IdentityProvider,
  dialect: Dialect,
): Promise<Identified | RefusedToken> {
  const identification = await identity.identify(token);
  switch (identification.kind) {
    case 'identified':
      return identification;
    case 'invalid':
      return refused(dialect.tokenInvalid);
    case 'expired':
      return refused(dialect.tokenExpired);
    case 'unavailable':
      return refused(errors.unavailable, 'tryLater');
  }
}

/** Verifies the token in that message, which must be of that user; `null`: the connection has none. Never rejects. */
export async function verifyRenewal(
  { payload }: ClientMessage,
  user: User | null,
  identity: IdentityProvider,
  dialect: Dialect,
): Promise<Identified | RefusedToken> {
  const read = authenticatePayload.safeParse(payload);
  if (!read.success) return refused(errors.invalidMessage(faultOf(read.error)));
  const outcome = await verifyToken(read.data.token, identity, dialect);
  if (outcome.kind === 'identified' && outcome.user.id !== user?.id) return refused(errors.wrongUser);
  return outcome;
}

/** Writes that the token of a connection was renewed; `null`: the new one never ends. */
export function authenticatedMessage(
  expiresAtMs: number | null,
  id: MessageId | undefined,
): AuthenticatedMessage {
  const data = { expires_at: expiresAtMs === null ? null : isoSeconds(expiresAtMs) };
  return { type: 'authenticated', ...(id === undefined ? {} : { id }), data };
}

/** Writes that the token of a connection will end, and the connection with it. */
export function tokenExpiringMessage(expiresAtMs: number): TokenExpiringMessage {
  return { type: 'token_expiring', data: { expires_at: isoSeconds(expiresAtMs) } };
}

function refused(error: CodedError, close: CloseName = 'unauthenticated'): RefusedToken {
  return { kind: 'refused', error, close };
}
