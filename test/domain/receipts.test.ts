import { describe, expect, it } from 'vitest';
import { ForgottenIds } from '../../server/domain/auction/ledger/forgottenIds.ts';
import type { Outcome } from '../../server/domain/auction/rules/outcome.ts';
import { receiptKey, Receipts, RECEIPT_LIFETIME_MS } from '../../server/domain/auction/ledger/receipts.ts';
import { refusals } from '../../server/domain/auction/rules/refusals.ts';
import { createPrometheusMetrics } from '../../server/engines/metrics/prometheus.ts';
import { ManualClock } from '../support/manualClock.ts';

const REFUSED: Outcome<string> = { kind: 'refused', refusal: refusals.paused };
const ACCEPTED: Outcome<string> = { kind: 'accepted', stored: { seq: 1, event: 'bid' } };

function openReceipts(limits: { receiptsPerUser?: number; receiptBytes?: number } = {}) {
  const clock = new ManualClock();
  const metrics = createPrometheusMetrics();
  const all = { receiptsPerUser: 1_000, receiptBytes: 32 * 1024 * 1024, ...limits };
  return { receipts: new Receipts<string>(all, { clock, metrics }), clock, metrics };
}

const key = (userId: number, id: number) => receiptKey(1, userId, String(id));

describe('receipts', () => {
  it('[SA3] hold the newest 1,000 of each user', async () => {
    const { receipts, metrics } = openReceipts();
    receipts.record(key(2, 0), REFUSED);
    for (let id = 0; id < 50_000; id += 1) receipts.record(key(1, id), REFUSED);
    const known = (id: number) => receipts.find(key(1, id)) !== null;
    expect([known(48_999), known(49_000), known(49_999)]).toEqual([false, true, true]);
    expect(receipts.find(key(2, 0))).toBe(REFUSED);
    const { body } = await metrics.page();
    expect(body).toContain('ringside_receipts 1001');
    expect(body).toContain('ringside_limited_total{limit="receiptsPerUser"} 49000');
  });

  it('[SA3] take a bounded number of bytes, however many users there are and however long their ids are', async () => {
    const { receipts, metrics } = openReceipts({ receiptBytes: 1_000_000 });
    for (let user = 1; user <= 2_000; user += 1) {
      for (const id of ['a', 'b']) receipts.record(receiptKey(1, user, id.repeat(300)), REFUSED);
    }
    const bytes = Number(/ringside_receipt_bytes (\d+)/.exec((await metrics.page()).body)?.[1]);
    expect(bytes).toBeGreaterThan(900_000);
    expect(bytes).toBeLessThanOrEqual(1_000_000);
    expect(receipts.find(receiptKey(1, 1, 'a'.repeat(300)))).toBeNull();
    expect(receipts.find(receiptKey(1, 2_000, 'b'.repeat(300)))).toBe(REFUSED);
  });

  it('[SA3] know which accepted ids they have forgotten, and forget refused ones without a trace', () => {
    const { receipts } = openReceipts({ receiptsPerUser: 1 });
    receipts.record(key(1, 0), REFUSED);
    receipts.record(key(1, 1), ACCEPTED);
    expect(receipts.hasForgotten).toBe(false);
    receipts.record(key(1, 2), REFUSED);
    expect(receipts.hasForgotten).toBe(true);
    expect([0, 1, 2].map((id) => receipts.mayBeForgotten(key(1, id)))).toEqual([false, true, false]);
  });

  it('[SA17] last five minutes whatever the wall clock does', async () => {
    const { receipts, clock } = openReceipts();
    receipts.record(key(1, 1), REFUSED);
    clock.jump(RECEIPT_LIFETIME_MS * 2);
    expect(receipts.find(key(1, 1))).toBe(REFUSED);
    clock.jump(-RECEIPT_LIFETIME_MS * 4);
    await clock.advance(RECEIPT_LIFETIME_MS);
    expect(receipts.find(key(1, 1))).toBe(REFUSED);
    await clock.advance(1);
    expect(receipts.find(key(1, 1))).toBeNull();
  });

  it('[SA3] leave nothing behind once they are over', async () => {
    const { receipts, clock, metrics } = openReceipts();
    for (let id = 0; id < 100; id += 1) receipts.record(key(id, id), REFUSED, 60_000);
    await clock.advance(RECEIPT_LIFETIME_MS - 60_000 + 1);
    receipts.sweep();
    expect((await metrics.page()).body).toContain('ringside_receipt_bytes 0\n');
  });
});

describe('forgotten ids', () => {
  const LIFETIME_MS = 1_000;
  const idOf = (number: number) => `${number % 7}:${number}:"id-${number}"`;

  it('[SA3] are all found for a lifetime, and few others with them', () => {
    const forgotten = new ForgottenIds(LIFETIME_MS);
    expect(forgotten.isInUse(0)).toBe(false);
    const count = 200_000;
    for (let number = 0; number < count; number += 1) forgotten.add(idOf(number), 0);
    let found = 0;
    let wrong = 0;
    for (let number = 0; number < count; number += 1) {
      if (forgotten.mayHave(idOf(number), LIFETIME_MS - 1)) found += 1;
      if (forgotten.mayHave(idOf(count + number), LIFETIME_MS - 1)) wrong += 1;
    }
    expect(found).toBe(count);
    expect(wrong).toBeLessThan(count / 1_000);
  });

  it('[SA3] are found for one lifetime at least and two at most', () => {
    const forgotten = new ForgottenIds(LIFETIME_MS);
    forgotten.add('early', 0);
    forgotten.add('late', 999);
    forgotten.add('later', 1_500);
    expect(['early', 'late', 'later'].map((id) => forgotten.mayHave(id, 1_998))).toEqual([true, true, true]);
    expect(['early', 'late', 'later'].map((id) => forgotten.mayHave(id, 2_499))).toEqual([
      false,
      false,
      true,
    ]);
    expect(forgotten.isInUse(10_000)).toBe(false);
  });
});
