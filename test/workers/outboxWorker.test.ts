import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openSmtpMailer } from '../../server/engines/mailer/smtp.ts';
import { createInProcessQueue } from '../../server/engines/queue/inProcess.ts';
import type { Mailer } from '../../server/ports/mailer.ts';
import type { OutboxStore } from '../../server/domain/outboxStore.ts';
import { StoreUnavailable } from '../../server/ports/errors.ts';
import { until } from '../support/processes.ts';
import { RecordedLog } from '../support/recordedLog.ts';
import { startSmtp, type TestSmtp } from '../support/smtp.ts';
import { type OutboxProcess, type OutboxProcessParts, OutboxHarness } from './outboxHarness.ts';

const HOUR_MS = 3_600_000;

describe('outbox worker', () => {
  let harness: OutboxHarness;
  let smtp: TestSmtp;
  let mailer: Mailer;

  beforeEach(async () => {
    [harness, smtp] = await Promise.all([OutboxHarness.open(), startSmtp()]);
    mailer = await openSmtpMailer(smtp.url, 'no-reply@madeinpk.example', new RecordedLog());
  });

  afterEach(async () => {
    await harness.close();
    await mailer.close();
    await smtp.stop();
  });

  /** An outbox process with one outbid letter to `buyer1` on its way. */
  async function startWithLetter(parts: OutboxProcessParts = {}): Promise<OutboxProcess> {
    await harness.bid(1, 2_900);
    await harness.bid(2, 3_000);
    return harness.start({ mailer, ...parts });
  }

  /** Winds the clock on second by second until that many attempts were made. */
  async function advanceToAttempt(process: OutboxProcess, count: number): Promise<void> {
    await until(async () => {
      await harness.clock.advance(1_000);
      await process.asleep();
      expect(process.attempts.length).toBeGreaterThanOrEqual(count);
    });
  }

  const settled = (process: OutboxProcess, ...attempts: string[]) =>
    until(async () => {
      // A relay that looked just before a letter fell due has set itself a timer for now.
      await harness.clock.advance(0);
      expect(process.attempts).toEqual(attempts);
      expect(await harness.store.outbox.depth()).toBe(0);
    });

  it('sends the letter to its reader, under a Message-ID of its row', async () => {
    const process = await startWithLetter();
    await settled(process, 'sent');
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
    const process = await startWithLetter();
    await advanceToAttempt(process, 3);
    expect(smtp.received).toEqual([]);
    await smtp.start();
    await until(async () => {
      await harness.clock.advance(1_000);
      expect(smtp.received).toHaveLength(1);
    });
    expect(process.attempts.slice(0, 3)).toEqual(['retried', 'retried', 'retried']);
  });

  it('[LE1] waits twice as long after each 4xx, up to five minutes', async () => {
    smtp.answer({ kind: 'refuse', code: 451, text: 'try later' });
    const process = await startWithLetter();
    const pauses: number[] = [];
    for (let attempt = 1; attempt <= 11; attempt += 1) {
      await until(async () => {
        await harness.clock.advance(0);
        expect(process.attempts).toHaveLength(attempt);
      });
      const dueAtMs = await until(async () => {
        const nextMs = await harness.store.outbox.nextDueAtMs();
        return nextMs ?? expect.unreachable('the letter is still queued');
      });
      pauses.push(dueAtMs - harness.clock.nowMs());
      await process.asleep();
      if (attempt === 11) smtp.answer({ kind: 'accept' });
      while (harness.clock.nowMs() < dueAtMs) {
        await harness.clock.advance(Math.min(5_000, dueAtMs - harness.clock.nowMs()));
        await process.asleep();
      }
    }
    // The jitter of the manual clock makes each pause 7/8 of its full length.
    const full = [1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300];
    expect(pauses).toEqual(full.map((seconds) => seconds * 875));
    await settled(process, ...full.map(() => 'retried'), 'sent');
    expect(smtp.received).toHaveLength(1);
  });

  it('[LE1] gives a rejected letter up at once, for all to see', async () => {
    smtp.answer({ kind: 'refuse', code: 550, text: 'no such user buyer1@example.com' });
    const process = await startWithLetter();
    await settled(process, 'given_up');
    const [fault] = process.log.lines.filter(({ level }) => level === 'error');
    expect(fault).toMatchObject({
      message: 'a letter is given up',
      fields: { letter: 'outbid', error: '550 no such user (address)' },
    });
    await harness.clock.advance(HOUR_MS);
    expect(smtp.attempts).toBe(1);
  });

  it('[LE1] gives a letter up that nobody took for 48 hours', async () => {
    smtp.answer({ kind: 'refuse', code: 451, text: 'try later' });
    await harness.bid(1, 2_900);
    await harness.bid(2, 3_000);
    await harness.clock.advance(48 * HOUR_MS - 1);
    const process = harness.start({ mailer });
    await until(() => expect(process.attempts).toEqual(['retried']));
    await until(async () => expect(await harness.store.outbox.nextDueAtMs()).not.toBeNull());
    await process.asleep();
    await advanceToAttempt(process, 2);
    await settled(process, 'retried', 'given_up');
    expect(process.log.messages('error')).toEqual(['a letter is given up']);
  });

  it('[SA17] gives no letter up because the wall clock was set ahead', async () => {
    smtp.answer({ kind: 'refuse', code: 451, text: 'try later' });
    const process = await startWithLetter();
    await until(() => expect(process.attempts).toEqual(['retried']));
    harness.clock.jump(49 * HOUR_MS);
    await advanceToAttempt(process, 2);
    smtp.answer({ kind: 'accept' });
    await advanceToAttempt(process, 3);
    await settled(process, 'retried', 'retried', 'sent');
  });

  it('[SA17] tries again within seconds, although the wall clock was set back by an hour', async () => {
    smtp.answer({ kind: 'refuse', code: 451, text: 'try later' });
    const process = await startWithLetter();
    await until(() => expect(process.attempts).toEqual(['retried']));
    await until(async () => expect(await harness.store.outbox.nextDueAtMs()).not.toBeNull());
    await process.asleep();
    harness.clock.jump(-HOUR_MS);
    smtp.answer({ kind: 'accept' });
    await harness.clock.advance(5_000);
    await until(() => expect(process.attempts).toEqual(['retried', 'sent']));
  });

  it('[LE2] sends again, under the same Message-ID, what it could not note as sent', async () => {
    const { outbox } = harness.store;
    let isAway = true;
    const markSent: OutboxStore['markSent'] = (...asked) =>
      isAway ? Promise.reject(new StoreUnavailable('away')) : outbox.markSent(...asked);
    const process = await startWithLetter({ outbox: { ...outbox, markSent } });
    await until(() => expect(process.log.messages('error')).toHaveLength(1));
    isAway = false;
    await process.asleep();
    await until(async () => {
      await harness.clock.advance(5_000);
      await process.asleep();
      expect(smtp.received).toHaveLength(2);
    });
    await settled(process, 'sent', 'sent');
    expect(new Set(smtp.received.map(({ messageId }) => messageId)).size).toBe(1);
  });

  it('sends a letter once that the queue delivers twice', async () => {
    const queue = createInProcessQueue(new RecordedLog(), { concurrency: 1 });
    const process = await startWithLetter({ queue });
    await settled(process, 'sent');
    const id = Number(/\d+/.exec(smtp.received[0]?.messageId ?? '')?.[0]);
    await queue.add([id]);
    await process.stop();
    expect(process.attempts).toEqual(['sent']);
    expect(process.log.messages('error')).toEqual([]);
  });

  it('[LO1] logs no address, whatever goes wrong', async () => {
    smtp.answer({ kind: 'refuse', code: 451, text: 'greylisted: buyer1@example.com' });
    const process = await startWithLetter();
    await advanceToAttempt(process, 2);
    smtp.answer({ kind: 'refuse', code: 550, text: 'blocked: <buyer1@example.com>' });
    await advanceToAttempt(process, 3);
    await settled(process, 'retried', 'retried', 'given_up');
    expect(JSON.stringify(process.log.lines)).not.toContain('@');
  });
});
