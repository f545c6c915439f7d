import fc from 'fast-check';
import { Histogram, Registry } from 'prom-client';
import { describe, expect, it } from 'vitest';
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
