import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import PostalMime from 'postal-mime';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openMailer } from '../../server/engines/mailer/index.ts';
import { createKeptMailer } from '../../server/engines/mailer/kept.ts';
import { openSmtpMailer } from '../../server/engines/mailer/smtp.ts';
import { EngineUnavailable } from '../../server/ports/errors.ts';
import type { Mailer } from '../../server/ports/mailer.ts';
import { ManualClock } from '../support/manualClock.ts';
import { freePort } from '../support/processes.ts';
import { RecordedLog } from '../support/recordedLog.ts';
import { startSmtp, type TestSmtp } from '../support/smtp.ts';
import { mailerSuite, mailOf } from './mailerSuite.ts';

const FROM = 'Auction House <no-reply@auction.example>';

describe('[PO4] mailer that keeps letters', () => {
  let folder: string;
  let clock: ManualClock;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'ringside-mail-'));
    clock = new ManualClock();
  });

  afterEach(() => rm(folder, { recursive: true, force: true }));

  mailerSuite(async () => {
    const mailer = createKeptMailer(join(folder, 'mail'), FROM, clock);
    const newest = async () => {
      const names = await readdir(join(folder, 'mail'));
      const name =
        names
          .filter((candidate) => candidate.endsWith('.eml'))
          .toSorted()
          .at(-1) ?? '';
      return PostalMime.parse(await readFile(join(folder, 'mail', name)));
    };
    return Promise.resolve({ mailer, newest, remove: () => mailer.close() });
  });

  it('is what one gets without an SMTP server, and has a box to read from', async () => {
    const settings = { smtpUrl: null, mailFrom: FROM, dataDir: folder };
    const { mailer, mailbox } = await openMailer(settings, clock, new RecordedLog());
    expect(await mailbox?.list()).toEqual([]);
    await mailer.send(mailOf());
    const [kept] = (await mailbox?.list()) ?? [];
    expect(kept).toEqual({ ...mailOf(), id: kept?.id, sentAtMs: clock.nowMs() });
    expect(await mailbox?.read(String(kept?.id))).toEqual(kept);
    await mailer.close();
  });

  it('lists the newest first', async () => {
    const mailer = createKeptMailer(folder, FROM, clock);
    for (const number of [1, 2, 3]) {
      await mailer.send(mailOf({ messageId: `<outbox-${number}@h>`, subject: String(number) }));
      await clock.advance(1);
    }
    expect((await mailer.list()).map(({ subject }) => subject)).toEqual(['3', '2', '1']);
  });

  it('replaces a letter that is sent again', async () => {
    const mailer = createKeptMailer(folder, FROM, clock);
    await mailer.send(mailOf({ subject: 'first' }));
    await clock.advance(1_000);
    await mailer.send(mailOf({ subject: 'again' }));
    expect((await mailer.list()).map(({ subject }) => subject)).toEqual(['again']);
    expect(await readdir(folder)).toHaveLength(2);
  });

  it('keeps the newest 300', async () => {
    const mailer = createKeptMailer(folder, FROM, clock);
    for (let number = 1; number <= 305; number += 1) {
      await mailer.send(mailOf({ messageId: `<outbox-${number}@h>`, subject: String(number) }));
      await clock.advance(1);
    }
    const subjects = (await mailer.list()).map(({ subject }) => subject);
    expect([subjects.length, subjects[0], subjects.at(-1)]).toEqual([300, '305', '6']);
    expect(await readdir(folder)).toHaveLength(600);
  });

  it('opens nothing outside its folder', async () => {
    const mailer = createKeptMailer(join(folder, 'mail'), FROM, clock);
    await mailer.send(mailOf());
    await writeFile(join(folder, 'secret.json'), '{}');
    for (const id of ['../secret', '..%2fsecret', '', '.', '../secret.json', '0'.repeat(32)]) {
      expect(await mailer.read(id)).toBeNull();
    }
  });

  it('asks for another try when the folder cannot be written', async () => {
    await writeFile(join(folder, 'mail'), 'a file stands in the way');
    const mailer = createKeptMailer(join(folder, 'mail'), FROM, clock);
    expect(await mailer.send(mailOf())).toEqual({ kind: 'retry', error: 'the letter was not kept: EEXIST' });
  });
});

describe('[PO4] mailer on SMTP', () => {
  let smtp: TestSmtp;

  beforeEach(async () => {
    smtp = await startSmtp();
  });

  afterEach(() => smtp.stop());

  const open = (): Promise<Mailer> => openSmtpMailer(smtp.url, FROM, new RecordedLog(), { timeoutMs: 300 });

  mailerSuite(async () => {
    const mailer = await open();
    const newest = () => {
      const mail = smtp.received.at(-1);
      if (mail === undefined) throw new Error('nothing was received');
      return Promise.resolve(mail);
    };
    return { mailer, newest, remove: () => mailer.close() };
  });

  it('is what one gets with an SMTP server', async () => {
    const settings = { smtpUrl: smtp.url, mailFrom: FROM, dataDir: tmpdir() };
    const { mailer, mailbox } = await openMailer(settings, new ManualClock(), new RecordedLog());
    expect(mailbox).toBeNull();
    await mailer.send(mailOf());
    expect(smtp.received.map(({ recipients }) => recipients)).toEqual([['buyer1@example.com']]);
    await mailer.close();
  });

  it.each([421, 451])('asks for another try after %i, and then sends', async (code) => {
    const mailer = await open();
    smtp.answer({ kind: 'refuse', code, text: 'not now, <buyer1@example.com>' });
    expect(await mailer.send(mailOf())).toEqual({ kind: 'retry', error: `${code} not now, <(address)>` });
    smtp.answer({ kind: 'accept' });
    expect(await mailer.send(mailOf())).toEqual({ kind: 'sent' });
    expect(smtp.received).toHaveLength(1);
    await mailer.close();
  });

  it.each([550, 554])('takes %i as a rejection of this letter', async (code) => {
    const mailer = await open();
    smtp.answer({ kind: 'refuse', code, text: '5.1.1 no mailbox buyer1@example.com here' });
    expect(await mailer.send(mailOf())).toEqual({
      kind: 'rejected',
      error: `${code} 5.1.1 no mailbox (address) here`,
    });
    await mailer.close();
  });

  it('takes a demand to log in as a fault of the settings, not of the letter', async () => {
    const mailer = await open();
    smtp.answer({ kind: 'refuse', code: 530, text: 'log in first' });
    expect(await mailer.send(mailOf())).toMatchObject({ kind: 'retry' });
    await mailer.close();
  });

  it('asks for another try when the password is refused later', async () => {
    const mailer = await open();
    smtp.answer({ kind: 'refuse-login' });
    const outcome = await mailer.send(mailOf());
    expect(outcome).toMatchObject({ kind: 'retry', error: expect.stringContaining('535') as string });
    expect(JSON.stringify(outcome)).not.toContain('sesame');
    await mailer.close();
  });

  it('asks for another try while the server is away, and sends when it is back', async () => {
    const mailer = await open();
    await mailer.send(mailOf());
    await smtp.stop();
    expect(await mailer.send(mailOf())).toMatchObject({ kind: 'retry' });
    await smtp.start();
    expect(await mailer.send(mailOf())).toEqual({ kind: 'sent' });
    expect(smtp.received).toHaveLength(2);
    await mailer.close();
  });

  it('asks for another try when the server says nothing', async () => {
    const mailer = await open();
    smtp.answer({ kind: 'hang' });
    expect(await mailer.send(mailOf())).toEqual({ kind: 'retry', error: 'ETIMEDOUT: Timeout' });
    await mailer.close();
  });

  it('rejects a letter to what is no address at all', async () => {
    const mailer = await open();
    expect(await mailer.send(mailOf({ to: '' }))).toMatchObject({ kind: 'rejected' });
    expect(smtp.received).toEqual([]);
    await mailer.close();
  });
});

describe('[PO4] [CM3] mailer on an SMTP server that cannot be used', () => {
  it('stops the start with one line that names the place and no password', async () => {
    const port = await freePort();
    const opening = openSmtpMailer(`smtp://postman:sesame@127.0.0.1:${port}`, FROM, new RecordedLog());
    const error = await opening.catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(EngineUnavailable);
    expect(String(error)).toContain(`The SMTP server at 127.0.0.1:${port} cannot be used: `);
    expect(String(error)).toContain('ECONNREFUSED');
    expect(String(error)).not.toMatch(/sesame|\n/);
  });

  it('stops the start when the password is refused', async () => {
    const smtp = await startSmtp();
    const url = smtp.url.replace('sesame', 'close-sesame');
    const error = await openSmtpMailer(url, FROM, new RecordedLog()).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(EngineUnavailable);
    expect(String(error)).toContain('535 no such password');
    expect(String(error)).not.toContain('close-sesame');
    await smtp.stop();
  });
});
