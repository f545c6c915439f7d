import { afterEach, describe, expect, inject, it } from 'vitest';
import { keptMessageIds, type KillRound, killRounds } from '../support/killRounds.ts';
import { createDatabase } from '../support/mariadb.ts';
import { ServerHome } from '../support/serverProcess.ts';
import { startSmtp, type TestSmtp } from '../support/smtp.ts';

const ORDER = {
  rounds: 3,
  bidsPerRound: 120,
  plan: { bidders: [1, 2, 3], auctions: [1, 2, 3], watcher: 4, pauseMs: 20 },
  awardsPerRound: 6,
  salePlan: { sales: [7, 8], host: 14, bidders: [5, 6, 7], viewer: 4, pauseMs: 20 },
};
const SETTINGS = { OUTBID_LETTER_WINDOW_MS: '300' };

function expectAllKept(rounds: readonly KillRound[]): void {
  expect(rounds.flatMap(({ faults }) => faults)).toEqual([]);
  expect(Math.min(...rounds.map(({ told }) => told))).toBeGreaterThanOrEqual(ORDER.bidsPerRound);
  expect(Math.min(...rounds.map(({ awards }) => awards))).toBeGreaterThanOrEqual(ORDER.awardsPerRound);
}

describe('a server killed with SIGKILL under load', { timeout: 300_000 }, () => {
  let home: ServerHome;
  let smtp: TestSmtp | null = null;
  afterEach(async () => {
    await home.remove();
    await smtp?.stop();
  });

  it('[DU1] keeps on SQLite all it told of auctions and live sales, and carries on where it was', async () => {
    home = await ServerHome.open(SETTINGS);
    expectAllKept(await killRounds({ ...ORDER, home, messageIds: keptMessageIds(home) }));
  });

  const mariadbUrl = inject('mariadbUrl');
  it.skipIf(mariadbUrl === null)(
    '[DU1] keeps on MariaDB all it told of auctions and live sales, and sends its letters',
    async () => {
      const mail = await startSmtp();
      smtp = mail;
      home = await ServerHome.open({
        ...SETTINGS,
        DATABASE_URL: await createDatabase(mariadbUrl ?? ''),
        SMTP_URL: mail.url,
      });
      const messageIds = () => new Set(mail.received.map(({ messageId }) => messageId ?? ''));
      expectAllKept(await killRounds({ ...ORDER, home, messageIds }));
    },
  );
});
