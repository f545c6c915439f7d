import { createRoute, OpenAPIHono, z } from '@hono/zod-openapi';
import {
  logoutRequest,
  otpRequest,
  otpSent,
  refreshRequest,
  session,
} from '../../../shared/contracts/auth.ts';
import { fault } from '../../../shared/contracts/rest.ts';
import type { AuthService, Login, LoginFault } from '../../domain/account/auth.ts';
import { CODE_PAUSE_MS } from '../../domain/account/otp.ts';
import type { Metrics } from '../../ports/metrics.ts';
import { HttpFault, unavailable } from '../faults.ts';
import { addressRate, tooMany } from '../middleware/addressRate.ts';
import { unauthenticated } from '../middleware/authentication.ts';
import type { HttpEnvironment, HttpServices } from '../services.ts';
import { sessionView } from '../views.ts';
import { faults, json } from './parts.ts';

const TAGS = ['Login'];

const MESSAGES: Readonly<Record<LoginFault, string>> = {
  code_wrong: 'This code is wrong.',
  code_expired: 'There is no code that can still be used. Please ask for a new one.',
  refresh_token_invalid: 'This refresh token cannot be used (any more). Please log in again.',
};

/** Logging in with a phone, and out. */
export function authRoutes(services: HttpServices, auth: AuthService): OpenAPIHono<HttpEnvironment> {
  const routes = new OpenAPIHono<HttpEnvironment>();

  routes.openapi(
    createRoute({
      tags: TAGS,
      method: 'post',
      path: '/otp',
      summary: 'Ask for a code, or log in with it',
      description:
        'With `number` alone a code of 6 digits is sent there; it is good for 5 minutes and 5 tries. With ' +
        '`otpCode` as well its owner is logged in; a new number makes a new user. A number with many wrong codes is ' +
        'locked for a while, and gets a bounded number of messages an hour and a day.',
      middleware: addressRate(services, 'otpPerMinute'),
      request: { body: { required: true, content: { 'application/json': { schema: otpRequest } } } },
      responses: {
        200: json(z.union([session, otpSent]), 'The code is on its way; or, with `otpCode`, a session.'),
        400: faults.badRequest,
        401: json(fault, 'The code is wrong or can no longer be used.'),
        413: faults.tooLarge,
        415: faults.notJson,
        429: json(fault, 'Too many requests, or the number is locked; `Retry-After` says how long to wait.'),
        503: json(fault, 'The message could not be sent, or nothing can be stored.'),
      },
    }),
    async (context) => {
      const { number, otpCode } = context.req.valid('json');
      if (otpCode !== undefined) {
        return context.json(sessionView(opened(await auth.redeemCode(number, otpCode))), 200);
      }
      await requestCode(auth, number, services.metrics);
      return context.json({ message: 'A code was sent to this number.' }, 200);
    },
  );

  routes.openapi(
    createRoute({
      tags: TAGS,
      method: 'post',
      path: '/refresh',
      summary: 'Take a refresh token for a new pair of tokens',
      description: 'A refresh token that is used twice ends every session that came from the same login.',
      request: { body: { required: true, content: { 'application/json': { schema: refreshRequest } } } },
      responses: {
        200: json(session, 'The new pair; the old refresh token is used up.'),
        400: faults.badRequest,
        401: json(fault, 'The refresh token is unknown, used, expired or revoked.'),
        413: faults.tooLarge,
        415: faults.notJson,
        429: faults.tooMany,
        503: faults.unavailable,
      },
    }),
    async (context) => {
      const { refreshToken } = context.req.valid('json');
      return context.json(sessionView(opened(await auth.refresh(refreshToken))), 200);
    },
  );

  addLogout(routes, auth);
  return routes;
}

function addLogout(routes: OpenAPIHono<HttpEnvironment>, auth: AuthService): void {
  routes.openapi(
    createRoute({
      tags: TAGS,
      method: 'post',
      path: '/logout',
      summary: 'Log out',
      description:
        'Ends the session that this refresh token came from: none of its tokens is taken any more, and its sockets are ' +
        'closed within 2 seconds. Other sessions of the user go on. Answered the same when there is nothing to end.',
      request: { body: { required: true, content: { 'application/json': { schema: logoutRequest } } } },
      responses: {
        204: { description: 'The session has ended.' },
        400: faults.badRequest,
        413: faults.tooLarge,
        415: faults.notJson,
        429: faults.tooMany,
        503: faults.unavailable,
      },
    }),
    async (context) => {
      await auth.logout(context.req.valid('json').refreshToken);
      return context.body(null, 204);
    },
  );
}

/** A number that waits for longer than this has had its messages of the day. */
const HOUR_MS = 3_600_000;

async function requestCode(auth: AuthService, number: string, metrics: Metrics): Promise<void> {
  const outcome = await auth.requestCode(number);
  switch (outcome.kind) {
    case 'sent':
      return;
    case 'unavailable':
      throw unavailable('The code could not be sent. Please try again later.', CODE_PAUSE_MS / 1000);
    case 'too_soon':
      throw tooMany('A code was sent to this number just now. Please wait.', outcome.waitMs / 1000);
    case 'too_many':
      metrics.limited(outcome.waitMs > HOUR_MS ? 'otpMessagesPerDay' : 'otpMessagesPerHour');
      throw tooMany('Too many codes were sent to this number. Please wait.', outcome.waitMs / 1000);
    case 'busy':
      metrics.limited('smsPerMinute');
      throw tooMany('Too many codes are being sent. Please wait.', outcome.waitMs / 1000);
    case 'number_locked':
      throw numberLocked(outcome.waitMs);
  }
}

function opened(login: Login) {
  switch (login.kind) {
    case 'opened':
      return login.session;
    case 'refused':
      throw unauthenticated({ code: login.fault, message: MESSAGES[login.fault] });
    case 'number_locked':
      throw numberLocked(login.waitMs);
  }
}

function numberLocked(waitMs: number): HttpFault {
  const detail = 'Too many wrong codes were tried for this number. Please wait.';
  return new HttpFault(
    429,
    { detail, code: 'number_locked' },
    { 'Retry-After': String(Math.ceil(waitMs / 1000)) },
  );
}
