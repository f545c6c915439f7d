import { isoSeconds } from '../../../shared/time.ts';
import { statusOfClosed } from '../../domain/auction/rules/salePhase.ts';
import type { RingClosedCall } from '../../domain/notification/backendCall.ts';
import type { DeliveryOutcome } from '../../ports/delivery.ts';
import type { Clock } from '../../ports/clock.ts';
import { signature } from '../support/postJson.ts';
import { type BackendWebhook, postCall } from './webhook.ts';

/** Tells `RING_CLOSED_WEBHOOK_URL` of a closed ring; the signature covers the body. */
export function tellRingClosed(
  { url, secret }: BackendWebhook,
  { ringId, closedAtMs, cause }: RingClosedCall,
  clock: Clock,
): Promise<DeliveryOutcome> {
  const status = statusOfClosed(cause);
  const body = JSON.stringify({ ring_id: ringId, closed_at: isoSeconds(closedAtMs), cause, status });
  return postCall(url, body, signature(secret, body), clock);
}
