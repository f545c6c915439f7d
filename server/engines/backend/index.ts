import type { BackendCallKind } from '../../domain/notification/backendCall.ts';
import type { BackendCalls } from '../../domain/notification/backendCalls.ts';
import type { DeliveryOutcome } from '../../ports/delivery.ts';
import type { Clock } from '../../ports/clock.ts';
import { tellRingClosed } from './ringClosed.ts';
import { tellRingEvent } from './ringEvent.ts';
import type { BackendWebhook } from './webhook.ts';

/** The settings of the calls to the main backend. */
export interface BackendSettings {
  readonly ringClosedWebhookUrl: string | null;
  readonly ringClosedWebhookSecret: string | null;
  readonly ringWebhookUrl: string | null;
  readonly ringWebhookSecret: string | null;
}

/** The webhooks that are set: each kind of call has one of its own. */
export function openBackendCalls(settings: BackendSettings, clock: Clock): BackendCalls {
  const closed = webhookOf(settings.ringClosedWebhookUrl, settings.ringClosedWebhookSecret);
  const events = webhookOf(settings.ringWebhookUrl, settings.ringWebhookSecret);
  const hears = new Set<BackendCallKind>();
  if (closed !== null) hears.add('ring_closed');
  if (events !== null) hears.add('ring_event');
  return {
    hears,
    send: async ({ call, externalId }) => {
      switch (call.kind) {
        case 'ring_closed':
          return closed === null ? notSet('RING_CLOSED_WEBHOOK_URL') : tellRingClosed(closed, call, clock);
        case 'ring_event':
          return events === null
            ? notSet('RING_WEBHOOK_URL')
            : tellRingEvent(events, call, externalId, clock);
      }
    },
  };
}

function webhookOf(url: string | null, secret: string | null): BackendWebhook | null {
  return url === null ? null : { url, secret };
}

/** A call that was queued under other settings waits for them to come back. */
function notSet(name: string): DeliveryOutcome {
  return { kind: 'retry', error: `${name} is not set` };
}
