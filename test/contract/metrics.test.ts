import fc from 'fast-check';
import { Histogram, Registry } from 'prom-client';
import { describe, expect, it } from 'vitest';
import { createPrometheusMetrics } from '../../server/engines/metrics/prometheus.ts';
import { HotHistogram } from '../../server/engines/metrics/histogram.ts';

const HELP = 'How long it takes.';
const BOUNDS = [0.5, 1, 2.5, 10];

describe('a histogram of what happens with every bid', () => {
  it('[RE7] is shown as prom-client shows its own', async () => {
    const value = fc.oneof(fc.constantFrom(0, ...BOUNDS), fc.double({ min: 0, max: 20, noNaN: true }));
    await fc.assert(
      fc.asyncProperty(fc.array(value), async (values) => {
        const [ours, theirs] = [new Registry(), new Registry()];
        const hot = new HotHistogram(ours, 'ringside_seconds', HELP, BOUNDS);
        const registers = [theirs];
        const own = new Histogram({ name: 'ringside_seconds', help: HELP, buckets: BOUNDS, registers });
        for (const one of values) {
          hot.observe(one);
          own.observe(one);
        }
        expect(await ours.metrics()).toBe(await theirs.metrics());
      }),
    );
  });
});

describe('[SA16] the close codes of the metrics', () => {
  it('have names, few of them, whatever clients close with', async () => {
    const metrics = createPrometheusMetrics();
    for (let code = 1000; code < 5000; code += 1) {
      metrics.connectionOpened('/ws/');
      metrics.connectionClosed('/ws/', code);
    }
    const { body } = await metrics.page();
    const series = [...body.matchAll(/^ringside_closes_total\{route="\/ws\/",code="(\w+)"\} (\d+)$/gm)];
    const counts = new Map(series.map(([, code = '', count]) => [code, Number(count)]));
    expect(counts.size).toBeLessThan(30);
    const named = ['normal', 'going_away', 'abnormal', 'message_too_big', 'internal_error', 'restart'];
    for (const name of [...named, 'unauthenticated', 'timeout', 'too_many']) expect(counts.get(name)).toBe(1);
    expect(counts.get('other')).toBe(4_000 - (counts.size - 1));
  });
});
