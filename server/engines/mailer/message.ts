import type { SendMailOptions } from 'nodemailer';
import type { Mail } from '../../ports/mailer.ts';

/** A letter in nodemailer's words. The address is handed over as one, so that it cannot be read as several. */
export function messageOf({ messageId, to, subject, text, html }: Mail, from: string): SendMailOptions {
  return {
    messageId,
    from,
    to: { name: '', address: to },
    subject,
    text,
    html,
    headers: { 'Auto-Submitted': 'auto-generated' },
    disableFileAccess: true,
    disableUrlAccess: true,
  };
}
