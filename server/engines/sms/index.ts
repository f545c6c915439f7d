import type { Clock } from '../../ports/clock.ts';
import type { SmsSender } from '../../ports/sms.ts';
import { createPrintedSms } from './printed.ts';
import { createWebhookSms } from './webhook.ts';

/** What decides how text messages leave. */
export interface SmsSettings {
  readonly smsWebhookUrl: string | null;
  readonly smsWebhookSecret: string | null;
  readonly isProduction: boolean;
}

/** The webhook where there is one, standard error in development, and nothing in production without a webhook. */
export function openSms(settings: SmsSettings, clock: Clock): SmsSender | null {
  const { smsWebhookUrl: url, smsWebhookSecret: secret, isProduction } = settings;
  if (url !== null) return createWebhookSms({ url, secret }, clock);
  return isProduction ? null : createPrintedSms((line) => process.stderr.write(line));
}
