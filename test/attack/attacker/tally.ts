/** How often the attackers were answered what: error codes, close codes (`close 4429`), statuses (`HTTP 429`). */
export class Tally {
  readonly #counts = new Map<string, number>();

  add(name: string, count = 1): void {
    this.#counts.set(name, (this.#counts.get(name) ?? 0) + count);
  }

  /** The most frequent first. */
  counts(): Readonly<Record<string, number>> {
    return Object.fromEntries([...this.#counts].toSorted(([, left], [, right]) => right - left));
  }
}

const HEAD_BYTES = 200;
const CODE = /"code":"(\w+)"/;

/** What a message of the server is to the client that gets it: `ack`, a code, or `told` like others were. */
export function answerIn(bytes: Buffer, start: number, end: number): string {
  const head = bytes.toString('latin1', start, Math.min(end, start + HEAD_BYTES));
  if (head.startsWith('{"type":"ack"') || head.startsWith('{"type":"bid_accepted"')) return 'ack';
  return head.startsWith('{"type":"error"') ? codeIn(head) : 'told';
}

/** The same of a packet of Socket.IO. */
export function packetAnswerIn(bytes: Buffer, start: number, end: number): string {
  const head = bytes.toString('latin1', start, Math.min(end, start + HEAD_BYTES));
  if (head.startsWith('44')) return 'connect_error';
  if (head.startsWith('40')) return 'connected';
  if (head.startsWith('41')) return 'disconnected';
  if (head.startsWith('43')) return head.includes('"ok":true') ? 'ack' : codeIn(head);
  if (/^42(?:\/\w+,)?\["error"/.test(head)) return codeIn(head);
  return head.startsWith('42') ? 'told' : 'packet';
}

/** What a connection's end is called, from what a LightSocket says of it. */
export function endingIn(why: string): string {
  const closed = /^closed with (\d+)/.exec(why)?.[1];
  if (closed !== undefined) return `close ${closed}`;
  const status = /^the server answered HTTP\/1\.1 (\d+)/.exec(why)?.[1];
  return status === undefined ? 'cut' : `HTTP ${status}`;
}

function codeIn(head: string): string {
  return CODE.exec(head)?.[1] ?? 'error';
}
