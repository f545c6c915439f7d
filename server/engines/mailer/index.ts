import { join } from 'node:path';
import type { Clock } from '../../ports/clock.ts';
import type { Log } from '../../ports/log.ts';
import type { KeptMailbox, Mailer } from '../../ports/mailer.ts';
import { createKeptMailer } from './kept.ts';
import { openSmtpMailer } from './smtp.ts';

/** What decides how letters leave. */
export interface MailerSettings {
  readonly smtpUrl: string | null;
  readonly mailFrom: string;
  readonly dataDir: string;
}

/** A mailer and, where letters are kept instead of sent, the box they can be read from. */
export interface OpenedMailer {
  readonly mailer: Mailer;
  readonly mailbox: KeptMailbox | null;
}

/** The mailer on that SMTP server, or the one that keeps letters in the data folder when there is none. */
export async function openMailer(settings: MailerSettings, clock: Clock, log: Log): Promise<OpenedMailer> {
  const { smtpUrl, mailFrom, dataDir } = settings;
  if (smtpUrl !== null) return { mailer: await openSmtpMailer(smtpUrl, mailFrom, log), mailbox: null };
  const kept = createKeptMailer(join(dataDir, 'mail'), mailFrom, clock);
  return { mailer: kept, mailbox: kept };
}
