import { parseArgs } from 'node:util';
import { killRounds, type KillRound, keptMessageIds } from '../support/killRounds.ts';
import { createDatabase, startMariadb } from '../support/mariadb.ts';
import { startRedis } from '../support/redis.ts';
import { ServerHome } from '../support/serverProcess.ts';
import { startSmtp } from '../support/smtp.ts';

// The rounds of killNine.test.ts, as many as one likes:
//   node --import tsx test/e2e/killNine.ts --rounds 50 --engine sqlite|mysql [--redis]
const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '50' },
    engine: { type: 'string', default: 'sqlite' },
    redis: { type: 'boolean', default: false },
    pause: { type: 'string', default: '40' },
  },
});

const plan = { bidders: [1, 2, 3, 5, 6], auctions: [1, 2, 3, 6], watcher: 4, pauseMs: Number(values.pause) };
const salePlan = { sales: [7, 8], host: 14, bidders: [5, 6, 7, 8], viewer: 4, pauseMs: Number(values.pause) };
const done: KillRound[] = [];
const sum = (pick: (round: KillRound) => number) => done.reduce((total, round) => total + pick(round), 0);

const mariadb = values.engine === 'mysql' ? await startMariadb() : null;
if (values.engine === 'mysql' && mariadb === null) throw new Error('this machine has no MariaDB');
const redis = values.redis ? await startRedis() : null;
if (values.redis && redis === null) throw new Error('this machine has no Redis');
const smtp = mariadb === null ? null : await startSmtp();
const home = await ServerHome.open({
  OUTBID_LETTER_WINDOW_MS: '500',
  ...(mariadb === null ? {} : { DATABASE_URL: await createDatabase(mariadb.url) }),
  ...(redis === null ? {} : { REDIS_URL: redis.url }),
  ...(smtp === null ? {} : { SMTP_URL: smtp.url }),
});
const sent = () => new Set(smtp?.received.map(({ messageId }) => messageId ?? ''));
try {
  await killRounds({
    home,
    rounds: Number(values.rounds),
    bidsPerRound: 150,
    plan,
    salePlan,
    awardsPerRound: 8,
    messageIds: smtp === null ? keptMessageIds(home) : sent,
    report: (round) => {
      done.push(round);
      console.log(`round ${done.length}: ${JSON.stringify(round)}`);
    },
  });
} finally {
  for (const { code, stdout, stderr } of home.failedStarts) {
    console.log(`a start failed with exit code ${code}:\n${stdout}${stderr}`);
  }
  await home.remove();
  await Promise.all([mariadb?.remove(), redis?.remove(), smtp?.stop()]);
}
console.log(
  `${values.engine}: ${done.length} rounds; ${sum(({ told }) => told)} bids told; ` +
    `${sum(({ toldInSales }) => toldInSales)} events of live sales told, ${sum(({ awards }) => awards)} of them awards; ` +
    `${sum(({ unanswered }) => unanswered)} answers cut off, ${sum((round) => round.storedUnanswered)} of them stored; ` +
    `${sum(({ lettersWaiting }) => lettersWaiting)} letters waiting at a kill; ` +
    `${home.failedStarts.length} starts failed; ${sum(({ faults }) => faults.length)} faults`,
);
process.exitCode = sum(({ faults }) => faults.length) === 0 ? 0 : 1;
