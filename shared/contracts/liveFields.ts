import { z } from 'zod';
import { parseAmount } from '../money.ts';
import { withoutControls } from './fields.ts';

/** How long a product's name may be. */
export const MAX_PRODUCT_CHARACTERS = 200;
/** How long the description of a product may be. */
export const MAX_DESCRIPTION_CHARACTERS = 2_000;
/** How long a comment may be. */
export const MAX_COMMENT_CHARACTERS = 500;
/** How long a weight may be. */
export const MAX_WEIGHT_CHARACTERS = 50;

/** The number of something that is there. */
export const positiveId = z
  .int({ error: 'must be a positive whole number' })
  .positive('must be a positive whole number');

/** Money as clients write it, read into minor units. */
export const price = z.unknown().transform((value, context) => {
  const parsed = parseAmount(value, '');
  if (parsed.ok) return parsed.minor;
  context.addIssue(parsed.fault.trim());
  return z.NEVER;
});

/** Text as people type it: without blanks around it, lone surrogates, or control characters but tabs and line breaks. */
export function text(maxCharacters: number) {
  return trimmed(bounded(maxCharacters).min(1, 'is required'));
}

/** As {@link text}; may be empty, `null` or absent. */
export function optionalText(maxCharacters: number) {
  return trimmed(bounded(maxCharacters)).nullish();
}

function bounded(maxCharacters: number) {
  return withoutControls.max(maxCharacters, `must have at most ${maxCharacters} characters`);
}

function trimmed(check: z.ZodString) {
  return z
    .string({ error: ({ input }) => (input === undefined ? 'is required' : 'must be a string') })
    .transform((value) => value.toWellFormed().trim())
    .pipe(check);
}

/** What is wrong with a payload, in one sentence that begins with the field. */
export function faultOf(error: z.ZodError): string {
  const [issue] = error.issues;
  return issue === undefined ? 'The payload is invalid' : `${issue.path.join('.')} ${issue.message}`;
}
