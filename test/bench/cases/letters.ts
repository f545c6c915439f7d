import { setTimeout as pause } from 'node:timers/promises';
import type { Sample } from '../sample.ts';
import { AUCTION_IDS } from '../seed.ts';
import type { CaseRunner } from '../caseRunner.ts';
import { cpuMsOf } from '../usage.ts';
import { until } from '../../support/processes.ts';
import type { BenchCase } from './case.ts';

/** More than can be sent in that time. */
const LETTERS_PER_SECOND = 2_000;
const WARM_UP_SECONDS = 1;

/** Letters from the outbox to a mail server, one at a time for each of five connections. */
export const letters: BenchCase = {
  name: 'letters',
  title: 'Letters from the outbox to an SMTP server: queue in the process, and Bull on Redis',
  unit: { one: 'letter', many: 'letters' },
  servers: ['ringside', 'ringside-bull'],
  measuring: {
    kind: 'once',
    measure: async (runner, server) => {
      await fillOutbox(runner);
      try {
        return await runner.withServer(server, ({ pid }) => watchLetters(runner, pid));
      } finally {
        await runner.environment.write(runner.environment.ringsideUrl, 'DELETE FROM outbox');
      }
    },
  },
  targets: [],
};

/** Letters to one reader each, due now: they are found when the server starts. */
async function fillOutbox({ environment, seconds }: CaseRunner): Promise<void> {
  const count = Math.ceil((seconds + WARM_UP_SECONDS) * LETTERS_PER_SECOND);
  const now = Date.now();
  await environment.write(
    environment.ringsideUrl,
    `INSERT INTO outbox (user_id, auction_id, kind, data, gather_key, status, due_at, attempts, was_put_off, created_at)
     SELECT 1 + seq % 10000, ${AUCTION_IDS.letters}, 'outbid', '{"productName":"Lot 7","amount":12300}', NULL,
       'pending', ${now}, 0, 0, ${now} FROM seq_1_to_${count}`,
  );
}

async function watchLetters({ environment, seconds }: CaseRunner, pid: number): Promise<Sample> {
  const none = await environment.letters();
  await until(async () => {
    if ((await environment.letters()) === none) throw new Error('no letter has come');
  });
  await pause(WARM_UP_SECONDS * 1000);
  const look = async () => ({
    letters: await environment.letters(),
    atMs: performance.now(),
    cpuMs: cpuMsOf(pid),
    databaseMs: cpuMsOf(environment.databasePid),
    boxMs: cpuMsOf(environment.letterBoxPid),
  });
  const before = await look();
  await pause(seconds * 1000);
  const after = await look();
  return {
    seconds: (after.atMs - before.atMs) / 1000,
    units: after.letters - before.letters,
    latencyMs: null,
    cpuMs: {
      server: after.cpuMs - before.cpuMs,
      client: after.boxMs - before.boxMs,
      database: after.databaseMs - before.databaseMs,
    },
    bytesPerConnection: null,
    toldAccepted: null,
    details: {},
  };
}
