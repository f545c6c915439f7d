import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openSmtpMailer } from '../../server/engines/mailer/smtp.ts';
import { createInProcessQueue } from '../../server/engines/queue/inProcess.ts';
import type { Mailer } from '../../server/ports/mailer.ts';
import { type OutboxStore, StoreUnavailable } from '../../server/ports/store.ts';
import { until } from '../support/processes.ts';
import { RecordedLog } from '../support/recordedLog.ts';
import { startSmtp, type TestSmtp } from '../support/smtp.ts';
import { type PostOffice, type PostOfficeParts, Street } from './postOffice.ts';

const HOUR_MS = 3_600_000;

describe('outbox worker', () => {
  let street: Street;
  let smtp: TestSmtp;
  let mailer: Mailer;

  beforeEach(async () => {
    [street, smtp] = await Promise.all([Street.open(), startSmtp()]);
    mailer = await openSmtpMailer(smtp.url, 'no-reply@madeinpk.example', new RecordedLog());
  });

  afterEach(async () => {
    await street.close();
    await mailer.close();
    await smtp.stop();
  });

  /** A post office with one outbid letter to `buyer1` on its way. */
  async function startWithLetter(parts: PostOfficeParts = {}): Promise<PostOffice> {
    await street.bid(1, 2_900);
    await street.bid(2, 3_000);
    return street.start({ mailer, ...parts });
  }

  /** Winds the clock on second by second until that many attempts were made. */
  async function advanceToAttempt(office: PostOffice, count: number): Promise<void> {
    await until(async () => {
      await street.clock.advance(1_000);
      await office.asleep();
      expect(office.attempts.length).toBeGreaterThanOrEqual(count);
    });
  }

  const settled = (office: PostOffice, ...attempts: string[]) =>
    until(async () => {
      // A relay that looked just before a letter fell due has set itself a timer for now.
      await street.clock.advance(0);
      expect(office.attempts).toEqual(attempts);
      expect(await street.store.outbox.depth()).toBe(0);
    });

  it('sends the letter to its reader, under a Message-ID of its row', async () => {
    const office = await startWithLetter();
    await settled(office, 'sent');
    const [mail] = smtp.received;
    expect(mail?.recipients).toEqual(['buyer1@example.com']);
    expect(mail?.subject).toBe('You have been outbid on Handwoven Pashmina Shawl');
    expect(mail?.text).toContain('New highest bid: Rs. 3000.00');
    expect(mail?.html).toContain('https://madeinpk.example:8443/auctions/1');
    expect(mail?.text).toContain('https://madeinpk.example:8443/auctions/1');
    expect(mail?.messageId).toMatch(/^<outbox-\d+@madeinpk\.example>$/);
  });

  it('[LE1] delays letters while the SMTP server is away, and loses none', async () => {
    await smtp.stop();
    const office = await startWithLetter();
    await advanceToAttempt(office, 3);
    expect(smtp.received).toEqual([]);
    await smtp.start();
    await until(async () => {
      await street.clock.advance(1_000);
      expect(smtp.received).toHaveLength(1);
    });
    expect(office.attempts.slice(0, 3)).toEqual(['retried', 'retried', 'retried']);
  });

  it('[LE1] waits twice as long after each 4xx, up to five minutes', async () => {
    smtp.answer({ kind: 'refuse', code: 451, text: 'try later' });
    const office = await startWithLetter();
    const pauses: number[] = [];
    for (let attempt = 1; attempt <= 11; attempt += 1) {
      await until(async () => {
        await street.clock.advance(0);
        expect(office.attempts).toHaveLength(attempt);
      });
      const dueAtMs = await until(async () => {
        const nextMs = await street.store.outbox.nextDueAtMs();
        return nextMs ?? expect.unreachable('the letter is still queued');
      });
      pauses.push(dueAtMs - street.clock.nowMs());
      await office.asleep();
      if (attempt === 11) smtp.answer({ kind: 'accept' });
      while (street.clock.nowMs() < dueAtMs) {
        await street.clock.advance(Math.min(5_000, dueAtMs - street.clock.nowMs()));
        await office.asleep();
      }
    }
    // The jitter of the hand-wound clock makes each pause 7/8 of its full length.
    const full = [1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300];
    expect(pauses).toEqual(full.map((seconds) => seconds * 875));
    await settled(office, ...full.map(() => 'retried'), 'sent');
    expect(smtp.received).toHaveLength(1);
  });

  it('[LE1] gives a rejected letter up at once, for all to see', async () => {
    smtp.answer({ kind: 'refuse', code: 550, text: 'no such user buyer1@example.com' });
    const office = await startWithLetter();
    await settled(office, 'given_up');
    const [fault] = office.log.lines.filter(({ level }) => level === 'error');
    expect(fault).toMatchObject({
      message: 'a letter is given up',
      fields: { letter: 'outbid', error: '550 no such user (address)' },
    });
    await street.clock.advance(HOUR_MS);
    expect(smtp.attempts).toBe(1);
  });

  it('[LE1] gives a letter up that nobody took for 48 hours', async () => {
    smtp.answer({ kind: 'refuse', code: 451, text: 'try later' });
    await street.bid(1, 2_900);
    await street.bid(2, 3_000);
    await street.clock.advance(48 * HOUR_MS - 1);
    const office = street.start({ mailer });
    await until(() => expect(office.attempts).toEqual(['retried']));
    await until(async () => expect(await street.store.outbox.nextDueAtMs()).not.toBeNull());
    await office.asleep();
    await advanceToAttempt(office, 2);
    await settled(office, 'retried', 'given_up');
    expect(office.log.messages('error')).toEqual(['a letter is given up']);
  });

  it('[SA17] gives no letter up because the wall clock was set ahead', async () => {
    smtp.answer({ kind: 'refuse', code: 451, text: 'try later' });
    const office = await startWithLetter();
    await until(() => expect(office.attempts).toEqual(['retried']));
    street.clock.jump(49 * HOUR_MS);
    await advanceToAttempt(office, 2);
    smtp.answer({ kind: 'accept' });
    await advanceToAttempt(office, 3);
    await settled(office, 'retried', 'retried', 'sent');
  });

  it('[SA17] tries again within seconds, although the wall clock was set back by an hour', async () => {
    smtp.answer({ kind: 'refuse', code: 451, text: 'try later' });
    const office = await startWithLetter();
    await until(() => expect(office.attempts).toEqual(['retried']));
    await until(async () => expect(await street.store.outbox.nextDueAtMs()).not.toBeNull());
    await office.asleep();
    street.clock.jump(-HOUR_MS);
    smtp.answer({ kind: 'accept' });
    await street.clock.advance(5_000);
    await until(() => expect(office.attempts).toEqual(['retried', 'sent']));
  });

  it('[LE2] sends again, under the same Message-ID, what it could not note as sent', async () => {
    const { outbox } = street.store;
    let isAway = true;
    const markSent: OutboxStore['markSent'] = (...asked) =>
      isAway ? Promise.reject(new StoreUnavailable('away')) : outbox.markSent(...asked);
    const office = await startWithLetter({ outbox: { ...outbox, markSent } });
    await until(() => expect(office.log.messages('error')).toHaveLength(1));
    isAway = false;
    await office.asleep();
    await until(async () => {
      await street.clock.advance(5_000);
      await office.asleep();
      expect(smtp.received).toHaveLength(2);
    });
    await settled(office, 'sent', 'sent');
    expect(new Set(smtp.received.map(({ messageId }) => messageId)).size).toBe(1);
  });

  it('sends a letter once that the queue delivers twice', async () => {
    const queue = createInProcessQueue(new RecordedLog(), { concurrency: 1 });
    const office = await startWithLetter({ queue });
    await settled(office, 'sent');
    const id = Number(/\d+/.exec(smtp.received[0]?.messageId ?? '')?.[0]);
    await queue.add([id]);
    await office.stop();
    expect(office.attempts).toEqual(['sent']);
    expect(office.log.messages('error')).toEqual([]);
  });

  it('[LO1] logs no address, whatever goes wrong', async () => {
    smtp.answer({ kind: 'refuse', code: 451, text: 'greylisted: buyer1@example.com' });
    const office = await startWithLetter();
    await advanceToAttempt(office, 2);
    smtp.answer({ kind: 'refuse', code: 550, text: 'blocked: <buyer1@example.com>' });
    await advanceToAttempt(office, 3);
    await settled(office, 'retried', 'retried', 'given_up');
    expect(JSON.stringify(office.log.lines)).not.toContain('@');
  });
});
