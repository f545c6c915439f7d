import { z } from 'zod';

/** Fields of requests. Faults are sentences whose subject is the field's name. */

const CONTROL = /\p{Cc}/u;
/** Tabs and line breaks are what people type. */
const CONTROL_BUT_LINES = /[^\P{Cc}\n\r\t]/u;
const NO_CONTROLS = 'must not hold control characters';
const IMAGE_URL = /^(?:https?:\/\/[^\s/]|\/(?!\/))\S*$/;
const MAX_URL_CHARACTERS = 500;

/** The fault of a field that is absent, or of another type than that. */
export function required(type: string) {
  return ({ input }: { readonly input?: unknown }) =>
    input === undefined ? 'is required' : `must be ${type}`;
}

/** One line with something in it; the space around it does not count. */
export function line(maxCharacters: number) {
  return text(maxCharacters, CONTROL);
}

/** Text with line breaks and tabs. */
export function prose(maxCharacters: number) {
  return text(maxCharacters, CONTROL_BUT_LINES);
}

/** A check of text that may hold tabs and line breaks, and no other control characters. */
export const withoutControls = z.string().refine((value) => !CONTROL_BUT_LINES.test(value), NO_CONTROLS);

function text(maxCharacters: number, forbidden: RegExp) {
  return z
    .string({ error: required('a string') })
    .trim()
    .regex(/\S/, 'must not be empty')
    .max(maxCharacters, `must have at most ${maxCharacters} characters`)
    .refine((value) => value.isWellFormed(), 'must be well-formed Unicode')
    .refine((value) => !forbidden.test(value), NO_CONTROLS);
}

/** Where a picture is. */
export const imageUrl = line(MAX_URL_CHARACTERS).regex(IMAGE_URL, 'must be an http(s) URL or a path');

/** A time, as milliseconds inside. */
export const moment = z.iso
  .datetime({
    offset: true,
    error: ({ input }) =>
      input === undefined ? 'is required' : 'must be an ISO 8601 time with seconds and Z or an offset',
  })
  .transform((value) => Date.parse(value))
  .meta({
    description: 'ISO 8601 with seconds and `Z` or an offset.',
    example: '2025-10-27T10:00:00+05:00',
  });
