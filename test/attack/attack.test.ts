import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { TRANSPORTS } from '../support/transports.ts';
import { FLOODS } from './floods/index.ts';
import { phasesOf, readOptions } from './options.ts';
import { tableOf } from './report.ts';
import { breachesOf, type Row, summaryOf } from './verdict.ts';

const run = promisify(execFile);

const latency = z.object({
  p50: z.number().positive(),
  p99: z.number().positive(),
  max: z.number().positive(),
  count: z.number().positive(),
});
const bytes = z.number().min(10e6).max(10e9);
const report = z.object({
  store: z.literal('sqlite'),
  transport: z.literal(TRANSPORTS[0]),
  rows: z.array(
    z.object({
      name: z.string(),
      without: latency,
      under: latency,
      after: latency,
      honestAnswers: z.object({ accepted: z.number().positive() }).catchall(z.number()),
      lost: z.literal(0),
      unanswered: z.number(),
      memory: z.object({ first: bytes, before: bytes, peak: bytes, calm: bytes, collected: bytes }),
      cpuShare: z.number().min(0).max(3),
      attackers: z.record(z.string(), z.number().positive()),
      isAlive: z.literal(true),
      breaches: z.array(z.string()),
    }),
  ),
});

const TINY = ['--quiet', '0.7', '--flood', '1', '--calm', '0.2', '--scale', '0.05', '--json'];
const TRANSPORT = ['--transport', TRANSPORTS[0]];

describe('npm run attack', () => {
  it('[SA1] floods the real server while honest clients measure, and has a row for each flood', async () => {
    const words = [
      '--import',
      'tsx',
      'test/attack/main.ts',
      '--only',
      'flapping,heartbeats',
      ...TINY,
      ...TRANSPORT,
    ];
    // A broken bound, such as a bid that took long on a busy machine, is exit code 1: it has its report all the same.
    const { stdout } = await run(process.execPath, words).catch(
      (error: unknown) => error as { stdout: string },
    );
    const { rows } = report.parse(JSON.parse(stdout));
    expect(rows.map(({ name }) => name)).toEqual(['flapping', 'heartbeats']);
    for (const { attackers } of rows) expect(Object.keys(attackers)).not.toEqual([]);
  }, 120_000);

  it('[SA1] calls every kind of harm by its name', () => {
    expect(breachesOf(harmless)).toEqual([]);
    expect(breachesOf({ ...harmless, under: { p50: 5, p99: 31, max: 40, count: 9 } })).toEqual([
      'p99 3.1 × that without',
    ]);
    const after = { p50: 5, p99: 70, max: 90, count: 9 };
    expect(breachesOf({ ...harmless, after, without: { ...after, p99: 40 } })).toEqual([
      'p99 after the calm 70 ms',
    ]);
    expect(breachesOf({ ...harmless, memory: { ...harmless.memory, collected: 130e6 } })).toEqual([
      'memory 30 % above that before',
    ]);
    expect(breachesOf({ ...harmless, lost: 2, unanswered: 1, wrongAnswers: ['HTTP 500'] })).toEqual([
      '2 honest connections lost',
      '1 honest bids unanswered',
      'HTTP 500',
    ]);
    expect(breachesOf({ ...harmless, honestAnswers: { accepted: 9, bid_too_low: 1, busy: 3 } })).toEqual([
      '3 honest bids answered busy',
    ]);
    const dead = { ...harmless, under: summaryOf([]), after: null, isAlive: false };
    expect(breachesOf(dead)).toEqual(['the process ended', 'p99: no honest bid was measured']);
    expect(tableOf([dead])).toContain('| NO | BROKEN: the process ended');
  });

  it('knows every flood by one name, and shares the minutes among them', () => {
    const names = FLOODS.map(({ name }) => name);
    expect(names).toEqual([...new Set(names)]);
    expect(readOptions(['--only', 'http,rest'], names)?.floods).toEqual(['http', 'rest']);
    expect(() => readOptions(['--only', 'htpp'], names)).toThrow('There is no flood htpp');
    expect(() => readOptions(['--store', 'oracle'], names)).toThrow('--store must be one of sqlite, mariadb');
    expect(phasesOf({ minutes: 5, phases: {} }, 1)).toEqual({ quiet: 30, flood: 210, calm: 60 });
    expect(phasesOf({ minutes: 1, phases: {} }, 10)).toEqual({ quiet: 5, flood: 5, calm: 10 });
  });
});

const harmless: Row = {
  name: 'nothing',
  title: 'nothing at all',
  seconds: { quiet: 1, flood: 1, calm: 1 },
  without: { p50: 4, p99: 10, max: 20, count: 3 },
  under: { p50: 5, p99: 29, max: 60, count: 30 },
  after: { p50: 4, p99: 10, max: 12, count: 30 },
  honestAnswers: { accepted: 30 },
  unanswered: 0,
  lost: 0,
  memory: { first: 90e6, before: 100e6, peak: 300e6, calm: 150e6, collected: 119e6 },
  cpuShare: 0.5,
  attackers: { told: 1 },
  wrongAnswers: [],
  isAlive: true,
};
