import type { Hook } from '@hono/zod-openapi';
import type { Context, ErrorHandler } from 'hono';
import { HTTPException } from 'hono/http-exception';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import type { z } from 'zod';
import type { Refusal, RefusalCode } from '../domain/auction/rules/refusals.ts';
import { CommitInDoubt, StoreUnavailable } from '../ports/errors.ts';
import type { HttpEnvironment, HttpServices } from './services.ts';

/** The most faults that one answer lists: a body may hold thousands. */
const MAX_FAULTS = 20;
const MAX_FIELD_CHARACTERS = 64;

type FieldFaults = Readonly<Record<string, readonly string[]>>;

/** What the body of a fault holds. */
interface FaultBody {
  readonly detail: string;
  readonly code?: string;
  readonly errors?: FieldFaults;
}

/** An answer that is not a success; throwing it ends the request. `detail` is told to the client. */
export class HttpFault extends Error {
  override readonly name = 'HttpFault';
  readonly status: ContentfulStatusCode;
  readonly body: FaultBody;
  readonly headers: Readonly<Record<string, string>>;

  constructor(status: ContentfulStatusCode, body: FaultBody, headers: Record<string, string> = {}) {
    super(body.detail);
    this.status = status;
    this.body = body;
    this.headers = headers;
  }
}

/** There is no such thing, or not for this user. */
export function notFound(detail = 'Not found.'): HttpFault {
  return new HttpFault(404, { detail });
}

/** Something that is needed is away: the same request may succeed later. */
export function unavailable(detail: string, retryAfterSeconds = 5): HttpFault {
  const headers = { 'Retry-After': String(retryAfterSeconds) };
  return new HttpFault(503, { detail, code: 'unavailable' }, headers);
}

/** A command that the domain refused, in HTTP's words. */
export function refusalFault({ code, message }: Refusal): HttpFault {
  const headers: Record<string, string> = statusOf(code) === 503 ? { 'Retry-After': '5' } : {};
  return new HttpFault(statusOf(code), { detail: message, code }, headers);
}

function statusOf(code: RefusalCode): ContentfulStatusCode {
  switch (code) {
    case 'auction_not_found':
    case 'user_not_found':
      return 404;
    case 'not_seller':
    case 'account_blocked':
    case 'own_auction':
    case 'muted':
      return 403;
    case 'auction_not_active':
    case 'not_started':
    case 'paused':
    case 'not_paused':
    case 'already_live':
    case 'already_cancelled':
    case 'already_ended':
    case 'below_minimum':
    case 'not_due':
    case 'bid_too_low':
      return 400;
    case 'busy':
    case 'unavailable':
      return 503;
  }
}

/** Says which fields of a request are wrong; each sentence's subject is its field. */
export function invalidFields(faults: readonly (readonly [field: string, sentence: string])[]): HttpFault {
  const errors = new Map<string, string[]>();
  for (const [field, sentence] of faults.slice(0, MAX_FAULTS)) {
    errors.set(field, [...(errors.get(field) ?? []), sentence]);
  }
  const [first] = faults;
  const detail = first === undefined ? 'The request is invalid.' : `${first[0]} ${first[1]}`;
  return new HttpFault(400, { detail, errors: Object.fromEntries(errors) });
}

/** Turns what a schema found wrong into an answer. What stands in a path and cannot is not found. */
export const refuseInvalid: Hook<unknown, HttpEnvironment, string, unknown> = (result) => {
  if (result.success) return;
  if (result.target === 'param') throw notFound(result.error.issues[0]?.message);
  throw faultOfIssues(result.error.issues);
};

function faultOfIssues(issues: readonly z.core.$ZodIssue[]): HttpFault {
  const whole = issues.find(({ path, code }) => path.length === 0 && code !== 'unrecognized_keys');
  if (whole !== undefined) return new HttpFault(400, { detail: `The body ${whole.message}` });
  return invalidFields(issues.flatMap(fieldFaults));
}

function fieldFaults(issue: z.core.$ZodIssue): [string, string][] {
  if (issue.code !== 'unrecognized_keys') return [[fieldName(issue.path), issue.message]];
  return issue.keys.map((key) => [fieldName([...issue.path, key]), 'is not a field of this request']);
}

function fieldName(path: readonly PropertyKey[]): string {
  const name = path.map(String).join('.');
  return name.length > MAX_FIELD_CHARACTERS ? `${name.slice(0, MAX_FIELD_CHARACTERS)}…` : name;
}

/** Answers every error as JSON. An unexpected one is logged under an id, which is all that the client learns. */
export function answerErrors({ clock, log }: HttpServices): ErrorHandler<HttpEnvironment> {
  return (error, context) => {
    if (error instanceof HttpFault) return answer(context, error);
    if (error instanceof HTTPException) {
      const detail = error.status === 415 ? 'The body must be application/json' : error.message;
      return answer(context, new HttpFault(error.status, { detail }));
    }
    if (error instanceof StoreUnavailable) {
      return answer(context, unavailable('The service is not available. Please try again.'));
    }
    if (error instanceof CommitInDoubt) {
      return answer(context, unavailable('It is not known yet whether this was stored. Please look again.'));
    }
    if (context.req.raw.signal.aborted) return context.json({ detail: 'The client went away.' }, 400);
    const errorId = clock.randomId();
    const { method, path } = context.req;
    log.error('a request failed', { errorId, method, path, error });
    return context.json({ detail: `Internal error ${errorId}`, error_id: errorId }, 500);
  };
}

function answer(context: Context<HttpEnvironment>, { status, body, headers }: HttpFault): Response {
  return context.json(body, status, headers);
}
