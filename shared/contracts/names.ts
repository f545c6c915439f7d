import { z } from 'zod';
import { line } from './fields.ts';

/** Names of JavaScript's own objects: where a name is a key, they would be something else. */
const RESERVED: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype']);
/** A letter, a digit, punctuation or a symbol: blanks and invisible characters alone are no name. */
const VISIBLE = /[\p{L}\p{N}\p{P}\p{S}]/u;

/** The name that a user is shown under: one line with something to see, without control characters. */
export const displayName = line(150).regex(VISIBLE, 'must hold something to see');

/** The name that a user is known by. */
export const username = displayName.refine((name) => !RESERVED.has(name), 'must be another name');

/** One line that may be empty; blanks alone are as good as nothing. */
export function optionalLine(maxCharacters: number) {
  return z
    .string()
    .trim()
    .pipe(z.union([z.literal(''), line(maxCharacters)]));
}
