import { z } from '@hono/zod-openapi';
import { fault, invalidFields } from '../../../shared/contracts/rest.ts';
import { parseAuctionId } from '../../domain/auction/auctionId.ts';

/** The name of the security scheme of everything that needs a token. */
export const TOKEN_SCHEME = 'token';

/** For routes that need a token. */
export const tokenNeeded = [{ [TOKEN_SCHEME]: [] }];

/** The name of the security scheme of what the media server tells. */
export const NEWS_SCHEME = 'news';

/** For routes that believe the media server only. */
export const newsSigned = [{ [NEWS_SCHEME]: [] }];

/** A JSON answer. */
export function json<Schema extends z.ZodType>(schema: Schema, description: string) {
  return { description, content: { 'application/json': { schema } } };
}

/** The answers that are not successes; each route names its own. */
export const faults = {
  badRequest: json(invalidFields, 'A field is invalid; `errors` names each.'),
  unauthenticated: json(fault, 'The token is missing, invalid or expired.'),
  forbidden: json(fault, 'This user may not do this.'),
  notFound: json(fault, 'There is no such thing, or not for this user.'),
  tooLarge: json(fault, 'The body is too large.'),
  notJson: json(fault, 'The body is not `application/json`.'),
  tooMany: json(fault, 'Too many requests; `Retry-After` says how many seconds to wait.'),
  unavailable: json(fault, 'Something that is needed is away. Please try again.'),
};

/** The page of a list. */
export const page = z
  .string()
  .optional()
  .meta({ description: 'A page from 1 up, or `last`; 404 when there is none.', example: '1' });

/** The query of a list that is read by key. */
export const keyedQuery = {
  before: key('The page of rows right before this key, which are older.'),
  after: key('The page of rows right after this key, which are newer.'),
  page: z
    .literal('1', {
      error: 'is not taken by this list: follow its next and previous, or ask for before=KEY or after=KEY',
    })
    .optional()
    .meta({ description: 'The first page. This list is read by key: its other pages have no numbers.' }),
};

function key(description: string) {
  const error = 'must be a key from a link of this list, a whole number';
  return z
    .string({ error })
    .regex(/^\d{1,15}$/, { error })
    .transform(Number)
    .optional()
    .openapi({ type: 'integer', description, example: 120 });
}

/** The number of a row in a path; anything else there is not found. */
export function idParameter(detail: string) {
  return z.object({
    id: z
      .string()
      .transform((text, context) => {
        const id = parseAuctionId(text);
        if (id !== null) return id;
        context.addIssue({ code: 'custom', message: detail });
        return z.NEVER;
      })
      .openapi({ type: 'integer', description: 'Its number.', example: 1 }),
  });
}
