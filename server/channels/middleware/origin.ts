/** Which pages may open sockets: all, those of the same host, or those of a list (`https://shop.example`). */
export type AllowedOrigins = 'all' | 'same-host' | readonly string[];

/**
 * May a page of this origin open a socket here? Programs that are no browser send no origin and may; their
 * token decides.
 */
export function isOriginAllowed(origin: string, host: string, allowed: AllowedOrigins): boolean {
  if (origin === '' || allowed === 'all') return true;
  if (allowed === 'same-host') return hostOf(origin) === host.toLowerCase();
  return allowed.includes(origin.toLowerCase());
}

function hostOf(origin: string): string | null {
  return URL.canParse(origin) ? new URL(origin).host : null;
}
