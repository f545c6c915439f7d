import { isoSeconds } from '../../../shared/time.ts';
import type { BackendCall } from '../../domain/notification/backendCall.ts';
import type { BackendCalls } from '../../domain/notification/backendCalls.ts';
import type { DeliveryOutcome } from '../../ports/delivery.ts';
import type { Clock } from '../../ports/clock.ts';
import { isSuccess, postJson, signature } from '../support/postJson.ts';

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

/** Posts each call as JSON. A 2xx takes it, a 4xx refuses it for good, but for 408 and 429. */
export function createBackendWebhook({ url, secret }: BackendWebhook, clock: Clock): BackendCalls {
  return {
    send: async (call) => {
      const body = JSON.stringify(wireForm(call));
      const headers = signature(secret, body);
      const timeoutMs = CALL_TIMEOUT_MS;
      const outcome = await postJson({ url, body, headers, timeoutMs, maxAnswerBytes: 0 }, clock);
      return outcome.kind === 'answered'
        ? outcomeOf(outcome.status)
        : { kind: 'retry', error: `the main backend cannot be reached: ${outcome.fault}` };
    },
  };
}

function wireForm({ ringId, closedAtMs, cause }: BackendCall): object {
  return { ring_id: ringId, closed_at: isoSeconds(closedAtMs), cause, status: 'ended' };
}

function outcomeOf(status: number): DeliveryOutcome {
  if (isSuccess(status)) return { kind: 'sent' };
  const isForGood = status >= 400 && status < 500 && !FOR_NOW.includes(status);
  return { kind: isForGood ? 'rejected' : 'retry', error: `the main backend answered ${status}` };
}
