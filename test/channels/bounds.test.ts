import { describe, expect, it } from 'vitest';
import { OpenByAddress } from '../../server/channels/openByAddress.ts';
import { SendBudget } from '../../server/channels/sendBudget.ts';
import { createPrometheusMetrics } from '../../server/engines/metrics/prometheus.ts';
import { ManualClock } from '../support/manualClock.ts';
import { RecordedLog } from '../support/recordedLog.ts';
import { RecordedSocket } from '../support/recordedSocket.ts';

/** A socket of which that many bytes wait until it is cut. */
class WaitingSocket extends RecordedSocket {
  constructor(bytes: number) {
    super();
    this.waiting = bytes;
  }

  override terminate(): void {
    super.terminate();
    this.waiting = 0;
  }
}

describe('what waits to be sent over all sockets', () => {
  const budgetOf = (maxBytes: number, sockets: readonly WaitingSocket[]) => {
    const clock = new ManualClock();
    const metrics = createPrometheusMetrics();
    const log = new RecordedLog();
    const budget = new SendBudget(maxBytes, { clock, log, metrics });
    budget.watch(() => sockets);
    return { budget, clock, metrics, log };
  };

  it('[SA14] is bounded: those with the most waiting are cut until it fits', async () => {
    const sockets = [100, 0, 700, 300, 500].map((bytes) => new WaitingSocket(bytes));
    const { budget, clock, metrics, log } = budgetOf(1_000, sockets);
    budget.handedOut(1_000);
    await clock.advance(0);
    expect(sockets.map(({ isTerminated }) => isTerminated)).toEqual([false, false, true, false, false]);
    expect(log.lines).toMatchObject([{ level: 'warn', fields: { cut: 1, stillBufferedBytes: 900 } }]);
    const { body } = await metrics.page();
    expect(body).toContain('ringside_limited_total{limit="totalBufferedBytes"} 1');
    expect(body).toContain('ringside_buffered_bytes 900');
  });

  it('[SA14] is looked at once an eighth of the bound was handed out, and not before', async () => {
    const slow = new WaitingSocket(2_000);
    const { budget, clock } = budgetOf(1_000, [slow]);
    budget.handedOut(124);
    await clock.advance(0);
    expect(slow.isTerminated).toBe(false);
    budget.handedOut(1);
    await clock.advance(0);
    expect(slow.isTerminated).toBe(true);
  });

  it('[LI8] is not bounded by 0', async () => {
    const slow = new WaitingSocket(2_000);
    const { budget, clock } = budgetOf(0, [slow]);
    budget.handedOut(1e9);
    await clock.advance(0);
    expect(slow.isTerminated).toBe(false);
  });
});

describe('the open connections of an address', () => {
  const connection = () => ({
    wasDisplaced: false,
    displaced() {
      this.wasDisplaced = true;
    },
  });

  it('[SA10] are bounded where that is wanted: the oldest makes room', () => {
    const open = new OpenByAddress(2);
    const all = [connection(), connection(), connection(), connection()];
    const hadRoom = all.map((one) => open.add('192.0.2.1', one));
    open.add('192.0.2.2', connection());
    expect(hadRoom).toEqual([true, true, false, false]);
    expect(all.map(({ wasDisplaced }) => wasDisplaced)).toEqual([true, true, false, false]);
  });

  it('[SA10] leave room when they end', () => {
    const open = new OpenByAddress(1);
    const [first, second] = [connection(), connection()];
    open.add('192.0.2.1', first);
    open.remove(first);
    open.remove(first);
    expect(open.add('192.0.2.1', second)).toBe(true);
  });

  it('[LI8] are not bounded by 0', () => {
    const open = new OpenByAddress(0);
    const all = Array.from({ length: 1_000 }, connection);
    expect(all.every((one) => open.add('192.0.2.1', one))).toBe(true);
  });
});
