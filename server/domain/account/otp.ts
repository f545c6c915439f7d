/** How long a code can be used. */
export const CODE_LIFETIME_MS = 5 * 60_000;
/** One number gets one code within this time. */
export const CODE_PAUSE_MS = 30_000;
/** How many wrong tries a code bears; that many in a row lock its number. */
export const CODE_TRIES = 5;
/** For how long a number is locked at first; each time after that twice as long. */
export const FIRST_LOCK_MS = 60_000;
/** The longest that a number is locked at a time. */
export const LONGEST_LOCK_MS = 24 * 60 * 60_000;

const CODES = 1_000_000n;

/** Six digits out of an unguessable id of 128 bits: so many that each code is as likely as any other. */
export function codeOf(randomId: string): string {
  return String(BigInt(`0x${randomId}`) % CODES).padStart(6, '0');
}

/** For how long a number is locked after that many wrong codes since its last login; 0: it is not. */
export function lockMsAfter(wrongCodes: number): number {
  if (wrongCodes === 0 || wrongCodes % CODE_TRIES !== 0) return 0;
  return Math.min(LONGEST_LOCK_MS, FIRST_LOCK_MS * 2 ** (wrongCodes / CODE_TRIES - 1));
}

/** What the owner of a number reads, with the number of wrong codes since the last message or login. */
export function codeMessage(code: string, siteName: string, wrongCodes: number): string {
  const text = `${code} is your ${siteName} code. It is good for ${CODE_LIFETIME_MS / 60_000} minutes. Tell it to nobody.`;
  if (wrongCodes === 0) return text;
  return `${text} Wrong codes tried for your number since the last message: ${wrongCodes}.`;
}
