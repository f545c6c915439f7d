/** How long a code can be used. */
export const CODE_LIFETIME_MS = 5 * 60_000;
/** One number gets one code within this time. */
export const CODE_PAUSE_MS = 30_000;
/** How many wrong tries a code bears. */
export const CODE_TRIES = 5;

const CODES = 1_000_000n;

/** Six digits out of an unguessable id of 128 bits: so many that each code is as likely as any other. */
export function codeOf(randomId: string): string {
  return String(BigInt(`0x${randomId}`) % CODES).padStart(6, '0');
}

/** What the owner of a number reads. */
export function codeMessage(code: string, siteName: string): string {
  return `${code} is your ${siteName} code. It is good for ${CODE_LIFETIME_MS / 60_000} minutes. Tell it to nobody.`;
}
