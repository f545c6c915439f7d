import { afterEach, describe, expect, it } from 'vitest';
import { createPrometheusMetrics } from '../../server/engines/metrics/prometheus.ts';
import { health, readiness } from '../../shared/contracts/rest.ts';
import { ManualClock } from '../support/manualClock.ts';
import { until } from '../support/processes.ts';
import { openTestStore } from '../support/store.ts';
import { benchOver, type HttpBench } from './bench.ts';

let bench: HttpBench;
let clock: ManualClock;

const openWith = async (checks: Record<string, () => Promise<void>>) => {
  clock = new ManualClock();
  const { store, close } = await openTestStore('sqlite');
  bench = benchOver(store, clock, { readiness: checks }, close);
};
afterEach(() => bench.close());

const passing = () => Promise.resolve();
const failing = () => Promise.reject(new Error('redis://user:secret@127.0.0.1 is away'));

describe('[RE7] /healthz', () => {
  it.each(['/healthz', '/healthz/'])('says that the process is up, whatever it lacks: %s', async (path) => {
    await openWith({ store: failing });
    const { status, json } = await bench.ask(path);
    expect(status).toBe(200);
    expect(health.parse(json)).toEqual({ status: 'ok' });
  });
});

describe('[RE7] /readyz', () => {
  it.each(['/readyz', '/readyz/'])('is ready when every check passes: %s', async (path) => {
    await openWith({ store: passing, queue: passing });
    const { status, json } = await bench.ask(path);
    expect(status).toBe(200);
    expect(readiness.parse(json)).toEqual({ status: 'ready', failing: [] });
  });

  it('names what fails, without a word on why', async () => {
    await openWith({ store: passing, queue: failing, draining: failing });
    const { status, json } = await bench.ask('/readyz');
    expect(status).toBe(503);
    expect(readiness.parse(json)).toEqual({ status: 'not ready', failing: ['queue', 'draining'] });
  });

  it('names a check that throws at once', async () => {
    await openWith({
      draining: () => {
        throw new Error('draining');
      },
    });
    expect((await bench.ask('/readyz')).json).toEqual({ status: 'not ready', failing: ['draining'] });
  });

  it('does not wait for a check that hangs', async () => {
    await openWith({ store: passing, queue: () => new Promise<void>(() => undefined) });
    const idleTimers = clock.pendingTimers;
    const asked = bench.ask('/readyz');
    await until(() => expect(clock.pendingTimers).toBe(idleTimers + 1));
    await clock.advance(3_000);
    expect((await asked).json).toEqual({ status: 'not ready', failing: ['queue'] });
  });

  it('leaves no timer behind', async () => {
    await openWith({ store: passing, queue: failing });
    const idleTimers = clock.pendingTimers;
    await bench.ask('/readyz');
    expect(clock.pendingTimers).toBe(idleTimers);
  });
});

describe('[RE7] /metrics', () => {
  it('is the Prometheus page', async () => {
    await openWith({});
    const { status, headers, text } = await bench.ask('/metrics');
    expect(status).toBe(200);
    expect(headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8');
    expect(text).toContain('# TYPE ringside_bids_total counter');
    expect(text).toContain('# TYPE process_cpu_seconds_total counter');
  });
});

describe('[SA12] what is asked for again and again', () => {
  it('is checked once for all who ask within a second, also while the check is under way', async () => {
    let checks = 0;
    const pending: (() => void)[] = [];
    await openWith({
      store: () => {
        checks += 1;
        return new Promise((resolve) => pending.push(resolve));
      },
    });
    const asked = Array.from({ length: 100 }, () => bench.ask('/readyz'));
    await until(() => expect(pending).toHaveLength(1));
    await clock.advance(2_000);
    asked.push(bench.ask('/readyz'));
    pending[0]?.();
    expect((await Promise.all(asked)).map(({ status }) => status)).toEqual(Array(101).fill(200));
    expect(checks).toBe(1);
    const next = bench.ask('/readyz');
    await until(() => expect(pending).toHaveLength(2));
    pending[1]?.();
    expect((await next).status).toBe(200);
  });

  it('is as old as a second at most, whatever the wall clock says', async () => {
    let isAway = false;
    await openWith({ store: () => (isAway ? failing() : passing()) });
    const statusNow = async () => (await bench.ask('/readyz')).status;
    expect(await statusNow()).toBe(200);
    isAway = true;
    clock.jump(-3_600_000);
    await clock.advance(999);
    expect(await statusNow()).toBe(200);
    await clock.advance(1);
    expect(await statusNow()).toBe(503);
  });

  it('is counted once a second', async () => {
    clock = new ManualClock();
    const { store, close } = await openTestStore('sqlite');
    const metrics = createPrometheusMetrics();
    let reads = 0;
    metrics.gauge('queue_depth', () => (reads += 1));
    bench = benchOver(store, clock, { metrics }, close);
    const pages = await Promise.all(Array.from({ length: 50 }, () => bench.ask('/metrics')));
    for (const { text } of pages) expect(text).toMatch(/^ringside_queue_depth 1$/m);
    await clock.advance(1_000);
    expect((await bench.ask('/metrics')).text).toMatch(/^ringside_queue_depth 2$/m);
  });
});
