/** The second that was asked for last: under load it is asked for again and again. */
let known = { second: 0, text: textOf(0) };

/** ISO 8601 in UTC with seconds and `Z`, as the documents write times (decision 11). */
export function isoSeconds(atMs: number): string {
  const second = Math.floor(atMs / 1000);
  if (second !== known.second) known = { second, text: textOf(second) };
  return known.text;
}

/** ISO 8601 in UTC with milliseconds and `Z`, as the models of the gateway's document have times (decision 11). */
export function isoMilliseconds(atMs: number): string {
  return new Date(atMs).toISOString();
}

function textOf(second: number): string {
  return `${new Date(second * 1000).toISOString().slice(0, 19)}Z`;
}
