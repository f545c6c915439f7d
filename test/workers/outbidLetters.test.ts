import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Mailer } from '../../server/ports/mailer.ts';
import { until } from '../support/processes.ts';
import { hasEngine } from '../support/store.ts';
import { GATHER_WINDOW_MS, OutboxHarness, type OutboxProcess } from './outboxHarness.ts';

const DAY_MS = 24 * 3_600_000;
const ENDED = 'The auction for Handwoven Pashmina Shawl has ended';
const OUTBID = 'You have been outbid on Handwoven Pashmina Shawl';

const kinds = hasEngine('mysql') ? (['sqlite', 'mysql'] as const) : (['sqlite'] as const);

describe.each(kinds)('letters to those who were outbid, on %s', (kind) => {
  let harness: OutboxHarness;
  beforeEach(async () => {
    harness = await OutboxHarness.open(kind);
  });
  afterEach(() => harness.close());

  /** Subjects and prices of the letters to a buyer, oldest first. */
  async function lettersTo(buyer: number): Promise<string[]> {
    const mails = (await harness.kept.list()).toReversed();
    return mails
      .filter(({ to }) => to === `buyer${buyer}@example.com`)
      .map(({ subject, text }) => `${subject}: ${/(Rs\. [\d.]+)/.exec(text)?.[0] ?? ''}`);
  }

  /** The relay looks again by itself, after some seconds, where it was busy when it was asked to look. */
  const got = (buyer: number, ...letters: string[]) =>
    until(async () => {
      await harness.clock.advance(20);
      expect(await lettersTo(buyer)).toEqual(letters);
    });

  /** Lets the relay look now. */
  async function look(process: OutboxProcess): Promise<void> {
    process.relay.nudge();
    await harness.clock.advance(100);
    await process.asleep();
  }

  /** Lets so much time pass in steps that the relay keeps up with. */
  async function pass(process: OutboxProcess, lengthMs: number): Promise<void> {
    for (let passedMs = 0; passedMs < lengthMs; passedMs += 10_000) {
      await harness.clock.advance(10_000);
      await process.asleep();
    }
  }

  /** `buyer1` has a letter of 3100 already and waits for one of 3300; `buyer2` leads. */
  async function waiting(): Promise<OutboxProcess> {
    const process = harness.start();
    await process.asleep();
    await harness.bid(1, 3_000);
    await harness.bid(2, 3_100);
    await look(process);
    await got(1, `${OUTBID}: Rs. 3100.00`);
    await harness.clock.advance(10_000);
    await harness.bid(1, 3_200);
    await look(process);
    await got(2, `${OUTBID}: Rs. 3200.00`);
    await harness.bid(2, 3_300);
    await look(process);
    return process;
  }

  it('[LE5] carry the price at the moment of sending, after all bids since', async () => {
    const process = await waiting();
    await harness.clock.advance(10_000);
    await harness.bid(3, 3_900);
    await look(process);
    await pass(process, GATHER_WINDOW_MS);
    await got(1, `${OUTBID}: Rs. 3100.00`, `${OUTBID}: Rs. 3900.00`);
  });

  it('[LE5] carry the price at which they are sent again, and are dropped when their reader leads', async () => {
    let isAway = true;
    const mailer: Mailer = {
      send: async (mail) => (isAway ? { kind: 'retry', error: '421' } : harness.kept.send(mail)),
      close: () => Promise.resolve(),
    };
    const process = harness.start({ mailer });
    await process.asleep();
    await harness.bid(1, 3_000);
    await harness.bid(2, 3_100);
    await harness.bid(3, 3_200);
    await look(process);
    await until(() => expect(process.attempts).toEqual(['retried', 'retried']));
    await harness.bid(1, 3_300);
    isAway = false;
    await until(async () => {
      await harness.clock.advance(1_000);
      await process.asleep();
      expect(await lettersTo(2)).toEqual([`${OUTBID}: Rs. 3300.00`]);
      expect(await lettersTo(3)).toEqual([`${OUTBID}: Rs. 3300.00`]);
      expect(await harness.store.outbox.depth()).toBe(0);
    });
    expect(await lettersTo(1)).toEqual([]);
  });

  it('[LE5] are dropped where their reader leads already, and the next one goes at once', async () => {
    const process = harness.start();
    await process.asleep();
    await harness.bid(1, 3_000);
    await harness.bid(2, 3_100);
    await harness.bid(1, 3_200);
    await look(process);
    await got(2, `${OUTBID}: Rs. 3200.00`);
    expect(await lettersTo(1)).toEqual([]);
    await harness.bid(3, 3_300);
    await look(process);
    await got(1, `${OUTBID}: Rs. 3300.00`);
  });

  it('[LE6] that wait when the auction ends become one that tells the end', async () => {
    const process = await waiting();
    await harness.bid(3, 3_400);
    await harness.end();
    await look(process);
    await got(1, `${OUTBID}: Rs. 3100.00`, `${ENDED}: Rs. 3400.00`);
    await got(2, `${OUTBID}: Rs. 3200.00`, `${ENDED}: Rs. 3400.00`);
    await got(3, 'You have won Handwoven Pashmina Shawl: Rs. 3400.00');
    await pass(process, 10 * GATHER_WINDOW_MS);
    await until(async () => expect(await harness.store.outbox.depth()).toBe(0));
    expect(await lettersTo(1)).toHaveLength(2);
    expect(await lettersTo(2)).toHaveLength(2);
  });

  it('[LE6] that could not be sent for long become one that tells the end; who knew long ago gets none', async () => {
    const mailer: Mailer = {
      send: async (mail) =>
        mail.to.startsWith('buyer1@') && mail.subject === OUTBID
          ? { kind: 'retry', error: '421' }
          : harness.kept.send(mail),
      close: () => Promise.resolve(),
    };
    const process = harness.start({ mailer });
    await process.asleep();
    await harness.bid(1, 3_000);
    await harness.bid(2, 3_100);
    await harness.bid(3, 3_200);
    await look(process);
    await got(2, `${OUTBID}: Rs. 3200.00`);
    await until(() => expect(process.attempts).toContain('retried'));
    await pass(process, GATHER_WINDOW_MS + 10_000);
    await harness.end();
    await look(process);
    await got(1, `${ENDED}: Rs. 3200.00`);
    await pass(process, 10 * GATHER_WINDOW_MS);
    expect(await lettersTo(2)).toEqual([`${OUTBID}: Rs. 3200.00`]);
    const notices = await harness.rows(
      `SELECT user_id, message FROM notifications WHERE type = 'auction_lost' ORDER BY user_id`,
    );
    const message = 'Handwoven Pashmina Shawl went to another bidder for Rs. 3200.00';
    expect(notices).toEqual([
      [1, message],
      [2, message],
    ]);
  });

  it('[LE6] wait for the end of an auction whose time is over, also after a restart', async () => {
    await (await waiting()).stop();
    await harness.clock.advance(3 * DAY_MS);
    const process = harness.start();
    await process.asleep();
    await harness.clock.advance(1_000);
    expect(await lettersTo(1)).toEqual([`${OUTBID}: Rs. 3100.00`]);
    await harness.end();
    await look(process);
    await got(1, `${OUTBID}: Rs. 3100.00`, `${ENDED}: Rs. 3300.00`);
  });
});
