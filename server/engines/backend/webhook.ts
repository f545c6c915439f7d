import type { DeliveryOutcome } from '../../ports/delivery.ts';
import type { Clock } from '../../ports/clock.ts';
import { isSuccess, postJson } from '../support/postJson.ts';

/** A backend that has not answered by then is tried again. */
export const CALL_TIMEOUT_MS = 5_000;

/** Answers of 4xx that may be others the next time. */
const FOR_NOW: readonly number[] = [408, 429];

/** Where calls to the main backend go. */
export interface BackendWebhook {
  readonly url: string;
  /** Signs each body when there is one. */
  readonly secret: string | null;
}

/** Posts a call as JSON, once. A 2xx takes it, a 4xx refuses it for good, but for 408 and 429. Never throws. */
export async function postCall(
  url: string,
  body: string,
  headers: Readonly<Record<string, string>>,
  clock: Clock,
): Promise<DeliveryOutcome> {
  const timeoutMs = CALL_TIMEOUT_MS;
  const outcome = await postJson({ url, body, headers, timeoutMs, maxAnswerBytes: 0 }, clock);
  return outcome.kind === 'answered'
    ? outcomeOf(outcome.status)
    : { kind: 'retry', error: `the main backend cannot be reached: ${outcome.fault}` };
}

function outcomeOf(status: number): DeliveryOutcome {
  if (isSuccess(status)) return { kind: 'sent' };
  const isForGood = status >= 400 && status < 500 && !FOR_NOW.includes(status);
  return { kind: isForGood ? 'rejected' : 'retry', error: `the main backend answered ${status}` };
}
