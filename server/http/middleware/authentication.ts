import type { MiddlewareHandler } from 'hono';
import { errors } from '../../channels/errors.ts';
import { tokenOfAuthorization } from '../../channels/middleware/credentials.ts';
import { refusals } from '../../domain/auction/rules/refusals.ts';
import type { Identification, User } from '../../ports/identity.ts';
import { HttpFault, refusalFault, unavailable } from '../faults.ts';
import type { HttpServices } from '../services.ts';
import type { CodedError } from '../../ports/errors.ts';

/** A request whose token has been identified. */
interface Authenticated {
  Variables: { readonly user: User; readonly identification?: Identification };
}

/** Lets a request pass whose `Authorization: Token T` or `Bearer T` names a user. */
export function requireUser({ identity }: HttpServices): MiddlewareHandler<Authenticated> {
  return async (context, next) => {
    const token = tokenOfAuthorization(context.req.header('authorization') ?? '');
    if (token === null) throw unauthenticated(errors.tokenMissing);
    const identification = context.get('identification') ?? (await identity.identify(token));
    switch (identification.kind) {
      case 'identified':
        context.set('user', identification.user);
        break;
      case 'invalid':
        throw unauthenticated(errors.tokenInvalid);
      case 'expired':
        throw unauthenticated(errors.tokenExpired);
      case 'unavailable':
        throw unavailable(errors.unavailable.message);
    }
    await next();
  };
}

/** After {@link requireUser}: lets sellers pass whose account is not blocked. */
export function requireSeller({ store }: HttpServices): MiddlewareHandler<Authenticated> {
  return async (context, next) => {
    const account = await store.accounts.byId(context.get('user').id);
    if (account?.role !== 'seller') {
      throw new HttpFault(403, { detail: 'Only sellers may do this.', code: 'not_a_seller' });
    }
    if (account.isBlocked) throw refusalFault(refusals.accountBlocked);
    await next();
  };
}

/** 401: missing or invalid credentials. */
export function unauthenticated({ code, message }: CodedError): HttpFault {
  return new HttpFault(
    401,
    { detail: message, code },
    { 'WWW-Authenticate': 'Bearer realm="api", Token realm="api"' },
  );
}
