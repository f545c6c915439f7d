import type { BackendCalls } from '../../domain/notification/backendCalls.ts';
import type { Clock } from '../../ports/clock.ts';
import { createBackendWebhook } from './webhook.ts';

/** The settings of the calls to the main backend. */
export interface BackendSettings {
  readonly ringClosedWebhookUrl: string | null;
  readonly ringClosedWebhookSecret: string | null;
}

/** The webhook where there is one; `null` without one. */
export function openBackendCalls(settings: BackendSettings, clock: Clock): BackendCalls | null {
  const { ringClosedWebhookUrl: url, ringClosedWebhookSecret: secret } = settings;
  return url === null ? null : createBackendWebhook({ url, secret }, clock);
}
