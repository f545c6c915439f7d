import { createHmac } from 'node:crypto';
import type { Clock } from '../../ports/clock.ts';

/** The header that carries `sha256=` and the HMAC of the body, in hexadecimal digits. */
export const SIGNATURE_HEADER = 'X-Ringside-Signature';

/** One request to another server. */
export interface JsonPost {
  readonly url: string;
  /** JSON text. */
  readonly body: string;
  /** Headers to send with `Content-Type`. */
  readonly headers?: Readonly<Record<string, string>>;
  /** The answer has failed when it has not come whole by then. */
  readonly timeoutMs: number;
  /** How much of the answer's body is wanted; 0: none of it is read. */
  readonly maxAnswerBytes: number;
}

/** `text` is `null` for a body that is longer than what was wanted. */
export type PostOutcome =
  | { readonly kind: 'answered'; readonly status: number; readonly text: string | null }
  | { readonly kind: 'unreachable'; readonly fault: string };

/** Posts JSON once, and follows no redirect. Never throws; the fault holds nothing of what was sent. */
export async function postJson(post: JsonPost, clock: Clock): Promise<PostOutcome> {
  const { url, body, timeoutMs, maxAnswerBytes } = post;
  const timeout = new AbortController();
  const cancel = clock.after(timeoutMs, () => timeout.abort());
  try {
    const headers = { 'Content-Type': 'application/json', ...post.headers };
    const { signal } = timeout;
    const answer = await fetch(url, { method: 'POST', headers, body, signal, redirect: 'manual' });
    return { kind: 'answered', status: answer.status, text: await read(answer, maxAnswerBytes) };
  } catch (error) {
    const fault = timeout.signal.aborted ? `no answer within ${timeoutMs} ms` : faultCode(error);
    return { kind: 'unreachable', fault };
  } finally {
    cancel();
  }
}

/** The headers that prove to those who know the secret where a body comes from; none without a secret. */
export function signature(secret: string | null, body: string): Readonly<Record<string, string>> {
  if (secret === null) return {};
  return { [SIGNATURE_HEADER]: `sha256=${createHmac('sha256', secret).update(body).digest('hex')}` };
}

/** True for a 2xx. */
export function isSuccess(status: number): boolean {
  return status >= 200 && status < 300;
}

async function read({ body }: Response, maxBytes: number): Promise<string | null> {
  if (body === null) return '';
  if (maxBytes === 0) {
    await body.cancel();
    return null;
  }
  const parts: Uint8Array[] = [];
  let length = 0;
  for await (const part of body as AsyncIterable<Uint8Array>) {
    length += part.byteLength;
    // Leaving the loop cancels the rest.
    if (length > maxBytes) return null;
    parts.push(part);
  }
  return Buffer.concat(parts).toString('utf8');
}

/** The system's name of a fault of `fetch`: its text might quote what was sent. */
export function faultCode(error: unknown): string {
  const cause = error instanceof Error ? error.cause : undefined;
  return (cause as NodeJS.ErrnoException | undefined)?.code ?? 'unknown fault';
}
