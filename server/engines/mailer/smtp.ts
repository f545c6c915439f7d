import nodemailer, { type NodemailerError, type Transporter } from 'nodemailer';
import { EngineUnavailable } from '../../ports/errors.ts';
import type { Log } from '../../ports/log.ts';
import type { DeliveryOutcome } from '../../ports/delivery.ts';
import type { Mail, Mailer } from '../../ports/mailer.ts';
import { messageOf } from './message.ts';

/** How patient the mailer is. */
export interface SmtpMailerOptions {
  /** A server that says nothing for this long counts as away. */
  readonly timeoutMs?: number;
}

const DEFAULT_TIMEOUT_MS = 30_000;
const CONNECTIONS = 5;
const LONGEST_FAULT = 300;
/** What a server says that wants other credentials: a fault of the settings, not of the letter. */
const LOGIN_REPLIES = new Set([530, 534, 535, 538]);

/** Sends through an SMTP server; throws {@link EngineUnavailable} when that cannot be used now. */
export async function openSmtpMailer(
  smtpUrl: string,
  from: string,
  log: Log,
  { timeoutMs = DEFAULT_TIMEOUT_MS }: SmtpMailerOptions = {},
): Promise<Mailer> {
  const transporter = nodemailer.createTransport({
    url: smtpUrl,
    pool: true,
    maxConnections: CONNECTIONS,
    // Repeating is the outbox's business.
    maxRequeues: 0,
    dnsTimeout: timeoutMs,
    connectionTimeout: timeoutMs,
    greetingTimeout: timeoutMs,
    socketTimeout: timeoutMs,
  });
  transporter.on('error', (error) => log.debug('An SMTP connection failed', { error: describe(error) }));
  try {
    await transporter.verify();
  } catch (error) {
    transporter.close();
    const { host } = new URL(smtpUrl);
    throw new EngineUnavailable(`The SMTP server at ${host} cannot be used: ${describe(error)}`);
  }
  return new SmtpMailer(transporter, from);
}

class SmtpMailer implements Mailer {
  readonly #transporter: Transporter;
  readonly #from: string;

  constructor(transporter: Transporter, from: string) {
    this.#transporter = transporter;
    this.#from = from;
  }

  async send(mail: Mail): Promise<DeliveryOutcome> {
    try {
      await this.#transporter.sendMail(messageOf(mail, this.#from));
      return { kind: 'sent' };
    } catch (error) {
      return { kind: isRejection(error as NodemailerError) ? 'rejected' : 'retry', error: describe(error) };
    }
  }

  close(): Promise<void> {
    this.#transporter.close();
    return Promise.resolve();
  }
}

/** True when this very letter will never be taken. */
function isRejection({ code, responseCode, permanent }: NodemailerError): boolean {
  if (code === 'EAUTH' || (responseCode !== undefined && LOGIN_REPLIES.has(responseCode))) return false;
  const isUnusableAddress = code === 'EENVELOPE' && responseCode === undefined;
  return permanent === true || isUnusableAddress;
}

/** The reply code (or the fault's own) and one line of what was said, without any e-mail address. */
function describe(fault: unknown): string {
  const { code, responseCode, response, message } = fault as NodemailerError;
  const text = (response ?? message)
    .replace(/[^\s<>"'(),;:]+@[^\s<>"'(),;:]+/g, '(address)')
    .replace(/\s+/g, ' ');
  const reply = String(responseCode ?? code ?? 'fault');
  return (text.startsWith(reply) ? text : `${reply}: ${text}`).slice(0, LONGEST_FAULT);
}
