import type { Socket } from 'node:net';
import PostalMime, { type Email } from 'postal-mime';
import { SMTPServer } from 'smtp-server';
import { freePort } from './processes.ts';

/**
 * How the server answers a letter. `refuse` with a reply code at the recipient; `hang`: it takes the letter
 * and never says so; `refuse-login`: no password is good enough.
 */
export type SmtpAnswer =
  | { readonly kind: 'accept' | 'hang' | 'refuse-login' }
  | { readonly kind: 'refuse'; readonly code: number; readonly text: string };

/** A letter as it came over the wire, and what a mail reader makes of it. */
export interface ReceivedMail extends Email {
  readonly recipients: readonly string[];
  readonly source: string;
}

/** A real SMTP server on loopback whose answers a test chooses. */
export interface TestSmtp {
  readonly url: string;
  /** The letters it took, in order. */
  readonly received: readonly ReceivedMail[];
  /** How many letters it was asked to take, whatever it answered. */
  readonly attempts: number;
  answer(answer: SmtpAnswer): void;
  /** Cuts every connection and listens no more. */
  stop(): Promise<void>;
  /** Listens again on the same port. */
  start(): Promise<void>;
}

/** Starts such a server; it accepts every letter until told otherwise. */
export async function startSmtp(): Promise<TestSmtp> {
  const port = await freePort();
  const smtp = new RunningSmtp(port);
  await smtp.start();
  return smtp;
}

class RunningSmtp implements TestSmtp {
  readonly url: string;
  readonly received: ReceivedMail[] = [];
  attempts = 0;
  readonly #port: number;
  readonly #sockets = new Set<Socket>();
  #answer: SmtpAnswer = { kind: 'accept' };
  #server: SMTPServer | null = null;

  constructor(port: number) {
    this.#port = port;
    this.url = `smtp://postman:sesame@127.0.0.1:${port}`;
  }

  answer(answer: SmtpAnswer): void {
    this.#answer = answer;
  }

  async start(): Promise<void> {
    const server = this.#create();
    this.#server = server;
    server.server.on('connection', (socket: Socket) => {
      this.#sockets.add(socket);
      socket.on('close', () => this.#sockets.delete(socket));
    });
    await new Promise<void>((resolve) => server.listen(this.#port, '127.0.0.1', resolve));
  }

  async stop(): Promise<void> {
    const server = this.#server;
    this.#server = null;
    if (server === null) return;
    const closed = new Promise<void>((resolve) => server.close(resolve));
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }

  #create(): SMTPServer {
    const server = new SMTPServer({
      authOptional: true,
      disabledCommands: ['STARTTLS'],
      disableReverseLookup: true,
      closeTimeout: 100,
      onAuth: (login, _session, callback) => {
        const isGood = this.#answer.kind !== 'refuse-login' && login.password === 'sesame';
        callback(null, isGood ? { user: login.username } : { message: 'no such password' });
      },
      onRcptTo: (_address, _session, callback) => {
        this.attempts += 1;
        const answer = this.#answer;
        if (answer.kind !== 'refuse') callback();
        else callback(Object.assign(new Error(answer.text), { responseCode: answer.code }));
      },
      onData: (stream, session, callback) => {
        const chunks: Buffer[] = [];
        stream.on('data', (chunk: Buffer) => chunks.push(chunk));
        stream.on('end', () => {
          if (this.#answer.kind === 'hang') return;
          const recipients = session.envelope.rcptTo.map(({ address }) => address);
          void this.#take(Buffer.concat(chunks).toString(), recipients).then(() => callback());
        });
      },
    });
    // A client that hangs up in the middle is part of the tests.
    server.on('error', () => undefined);
    return server;
  }

  async #take(source: string, recipients: readonly string[]): Promise<void> {
    this.received.push({ ...(await PostalMime.parse(source)), recipients, source });
  }
}
