import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { describe, expect, inject, it } from 'vitest';
import { z } from 'zod';
import { hasUws } from '../support/transports.ts';
import { CASES } from './cases/index.ts';
import { Latencies } from './latencies.ts';
import { readOptions } from './options.ts';
import { median } from './sample.ts';

const run = promisify(execFile);

const number = z.number().nullable();
const sample = z.object({
  seconds: z.number().positive(),
  units: z.number().positive(),
  latencyMs: z.object({ p50: z.number(), p99: z.number(), max: z.number(), count: z.number() }),
  cpuMs: z.object({ server: z.number(), client: z.number().positive(), database: z.number() }),
  toldAccepted: number,
});
const report = z.object({
  seconds: z.literal(0.4),
  rounds: z.literal(1),
  cases: z.array(
    z.object({
      name: z.string(),
      unit: z.object({ one: z.string(), many: z.string() }),
      contenders: z.array(
        z.object({
          name: z.enum(['ringside', 'bare', 'plain', 'raw']),
          figures: z.object({ ratePerSecond: z.number(), p99Ms: z.number(), serverMicrosPerUnit: number }),
          samples: z.array(sample).length(1),
        }),
      ),
      ratios: z.array(z.object({ to: z.string(), figures: z.record(z.string(), z.number()) })),
      targets: z.array(z.object({ text: z.string(), value: number, isMet: z.boolean() })),
    }),
  ),
});

const TINY = ['--case', 'fan-out-1000', '--seconds', '0.4', '--rounds', '1', '--scale', '0.01', '--json'];

describe('the benchmark', () => {
  it.skipIf(inject('mariadbUrl') === null || !hasUws)(
    'measures a tiny case side by side, and every bid that was told is stored',
    async () => {
      const words = ['--import', 'tsx', 'test/bench/main.ts', ...TINY];
      const { stdout } = await run(process.execPath, words);
      const { cases } = report.parse(JSON.parse(stdout));
      expect(cases.map(({ name }) => name)).toEqual(['fan-out-1000']);
      const [fanOut] = cases;
      expect(fanOut?.contenders.map(({ name }) => name)).toEqual(['ringside', 'bare', 'plain', 'raw']);
      // The run itself fails when a server has stored another number of bids than its clients were told of.
      const told = fanOut?.contenders[0]?.samples.map(({ toldAccepted }) => toldAccepted ?? 0) ?? [];
      expect(Math.min(...told)).toBeGreaterThan(0);
      expect(fanOut?.ratios.map(({ to }) => to)).toEqual(['bare', 'plain', 'raw']);
      expect(fanOut?.targets).toHaveLength(2);
    },
    120_000,
  );

  it('knows every case by one name', () => {
    const names = CASES.map(({ name }) => name);
    expect(names).toEqual([...new Set(names)]);
    expect(readOptions(['--case', 'storm', '--case', 'idle'], names)?.cases).toEqual(['storm', 'idle']);
    expect(() => readOptions(['--case', 'strom'], names)).toThrow('There is no case strom');
    expect(() => readOptions(['--seconds', '0'], names)).toThrow('--seconds must be above 0');
  });

  it('tells the middle and the slowest hundredth', () => {
    const latencies = new Latencies();
    latencies.add(1);
    expect(latencies.summary()).toBeNull();
    latencies.isCounting = true;
    for (let duration = 10_000; duration > 0; duration -= 1) latencies.add(duration);
    expect(latencies.summary()).toEqual({ p50: 5_001, p99: 9_901, max: 10_000, count: 10_000 });
    expect([median([3, 1, 2]), median([4, 1, 2, 3])]).toEqual([2, 2.5]);
  });
});
