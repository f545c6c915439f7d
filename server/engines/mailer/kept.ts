import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import nodemailer from 'nodemailer';
import type { Clock } from '../../ports/clock.ts';
import type { DeliveryOutcome } from '../../ports/delivery.ts';
import type { KeptMail, KeptMailbox, Mail, Mailer } from '../../ports/mailer.ts';
import { messageOf } from './message.ts';

const KEPT_MAILS = 300;
const FILE_NAME = /^(\d{15})-([0-9a-f]{32})\.json$/;

/**
 * Keeps letters in a folder instead of sending them: the newest 300, each as an `.eml` file and as the `.json`
 * that the page shows. A letter that is sent again takes the place of its first copy.
 */
export function createKeptMailer(folder: string, from: string, clock: Clock): Mailer & KeptMailbox {
  return new KeptMailer(folder, from, clock);
}

/** Files are named by time and id, so that a list of names is a list of letters in order. */
class KeptMailer implements Mailer, KeptMailbox {
  readonly #folder: string;
  readonly #from: string;
  readonly #clock: Clock;
  readonly #composer = nodemailer.createTransport({ streamTransport: true, buffer: true });

  constructor(folder: string, from: string, clock: Clock) {
    this.#folder = folder;
    this.#from = from;
    this.#clock = clock;
  }

  async send(mail: Mail): Promise<DeliveryOutcome> {
    try {
      await this.#keep(mail);
      return { kind: 'sent' };
    } catch (error) {
      return { kind: 'retry', error: `the letter was not kept: ${codeOf(error)}` };
    }
  }

  async list(): Promise<readonly KeptMail[]> {
    const mails = await Promise.all((await this.#names()).map((name) => this.#open(name)));
    return mails.filter((mail) => mail !== null);
  }

  async read(id: string): Promise<KeptMail | null> {
    const name = (await this.#names()).find((candidate) => idOf(candidate) === id);
    return name === undefined ? null : this.#open(name);
  }

  close(): Promise<void> {
    this.#composer.close();
    return Promise.resolve();
  }

  async #keep(mail: Mail): Promise<void> {
    const kept: KeptMail = { ...mail, id: hashOf(mail.messageId), sentAtMs: this.#clock.nowMs() };
    const message = { ...messageOf(mail, this.#from), date: new Date(kept.sentAtMs) };
    const composed = await this.#composer.sendMail(message);
    await mkdir(this.#folder, { recursive: true });
    const earlier = await this.#names();
    const name = `${String(kept.sentAtMs).padStart(15, '0')}-${kept.id}.json`;
    await this.#write(emlOf(name), composed.message);
    await this.#write(name, JSON.stringify(kept));
    const others = earlier.filter((other) => other !== name);
    const replaced = others.filter((other) => idOf(other) === kept.id);
    await Promise.all([...replaced, ...others.slice(KEPT_MAILS - 1)].map((other) => this.#remove(other)));
  }

  /** The names of the letters' files, newest first. */
  async #names(): Promise<string[]> {
    try {
      const names = await readdir(this.#folder);
      return names
        .filter((name) => FILE_NAME.test(name))
        .toSorted()
        .toReversed();
    } catch (error) {
      if (codeOf(error) === 'ENOENT') return [];
      throw error;
    }
  }

  /** `null` when it has been replaced since its name was read. */
  async #open(name: string): Promise<KeptMail | null> {
    try {
      return JSON.parse(await readFile(join(this.#folder, name), 'utf8')) as KeptMail;
    } catch (error) {
      if (codeOf(error) === 'ENOENT') return null;
      throw error;
    }
  }

  /** Written atomically: no reader sees half a file. */
  async #write(name: string, content: string | Buffer | Readable): Promise<void> {
    const path = join(this.#folder, name);
    const draft = `${path}.${this.#clock.randomId()}`;
    await writeFile(draft, content);
    await rename(draft, path);
  }

  async #remove(name: string): Promise<void> {
    await rm(join(this.#folder, name), { force: true });
    await rm(join(this.#folder, emlOf(name)), { force: true });
  }
}

function hashOf(messageId: string): string {
  return createHash('sha256').update(messageId).digest('hex').slice(0, 32);
}

function idOf(name: string): string | undefined {
  return FILE_NAME.exec(name)?.[2];
}

function emlOf(name: string): string {
  return name.replace(/\.json$/, '.eml');
}

function codeOf(error: unknown): string {
  return (error as NodeJS.ErrnoException).code ?? 'unknown fault';
}
