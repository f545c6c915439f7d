import { Webhook } from 'standardwebhooks';
import { isoSeconds } from '../../../shared/time.ts';
import type { RingEventCall } from '../../domain/notification/backendCall.ts';
import type { DeliveryOutcome } from '../../ports/delivery.ts';
import type { Clock } from '../../ports/clock.ts';
import { type BackendWebhook, postCall } from './webhook.ts';

/** What begins a secret whose key follows in base64. */
const BASE64_KEY = 'whsec_';

/**
 * Tells `RING_WEBHOOK_URL` of a change of a ring, with the headers of Standard Webhooks: an id that stays the same
 * however often it is tried, the time of this attempt in seconds, and where there is a secret a signature over both and
 * the body.
 */
export function tellRingEvent(
  { url, secret }: BackendWebhook,
  { event, ringId, seq, atMs, status, cause }: RingEventCall,
  externalId: string | null,
  clock: Clock,
): Promise<DeliveryOutcome> {
  const id = `ring-${ringId}-${seq}`;
  const sentAt = new Date(clock.nowMs());
  const body = JSON.stringify({
    event,
    ring_id: ringId,
    external_id: externalId,
    seq,
    at: isoSeconds(atMs),
    status,
    cause,
  });
  const headers = {
    'webhook-id': id,
    'webhook-timestamp': String(Math.floor(sentAt.getTime() / 1_000)),
    ...(secret === null ? {} : { 'webhook-signature': signerOf(secret).sign(id, sentAt, body) }),
  };
  return postCall(url, body, headers, clock);
}

function signerOf(secret: string): Webhook {
  return secret.startsWith(BASE64_KEY)
    ? new Webhook(secret)
    : new Webhook(Buffer.from(secret), { format: 'raw' });
}
