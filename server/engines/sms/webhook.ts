import type { Clock } from '../../ports/clock.ts';
import type { SmsSender } from '../../ports/sms.ts';
import { isSuccess, postJson, signature } from '../support/postJson.ts';

const DEFAULT_TIMEOUT_MS = 5_000;

/** Where messages are handed over. */
export interface SmsWebhook {
  readonly url: string;
  /** Signs each body when there is one. */
  readonly secret: string | null;
  /** A webhook that has not answered by then has failed. */
  readonly timeoutMs?: number;
}

/** Posts each message as `{"to", "text"}`; any answer but a 2xx is a failure. */
export function createWebhookSms(webhook: SmsWebhook, clock: Clock): SmsSender {
  const { url, secret, timeoutMs = DEFAULT_TIMEOUT_MS } = webhook;
  return {
    send: async (to, text) => {
      const body = JSON.stringify({ to, text });
      const headers = signature(secret, body);
      const outcome = await postJson({ url, body, headers, timeoutMs, maxAnswerBytes: 0 }, clock);
      if (outcome.kind === 'unreachable') {
        return { kind: 'failed', error: `the SMS webhook cannot be reached: ${outcome.fault}` };
      }
      return isSuccess(outcome.status)
        ? { kind: 'sent' }
        : { kind: 'failed', error: `the SMS webhook answered ${outcome.status}` };
    },
  };
}
