/** ISO 8601 in UTC with seconds and `Z`, as the documents write times (decision 14). */
export function isoSeconds(atMs: number): string {
  return `${new Date(atMs).toISOString().slice(0, 19)}Z`;
}
