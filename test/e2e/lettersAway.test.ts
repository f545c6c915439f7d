import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { TestClient } from '../support/client.ts';
import { createDatabase } from '../support/mariadb.ts';
import { until } from '../support/processes.ts';
import { type PrivateRedis, startRedis } from '../support/redis.ts';
import { openRows, type Row, type Rows } from '../support/rows.ts';
import { ServerHome, type ServerProcess } from '../support/serverProcess.ts';
import { startSmtp, type TestSmtp } from '../support/smtp.ts';

const mariadbUrl = inject('mariadbUrl');
/** Two who outbid each other, and nobody else. */
const [FIRST, SECOND] = [1, 2];
const LETTERS_WITHIN_MS = 25_000;

describe.skipIf(mariadbUrl === null || inject('redisUrl') === null)(
  'letters on MariaDB, Redis and SMTP',
  () => {
    let redis: PrivateRedis;
    let smtp: TestSmtp;
    let home: ServerHome;
    let server: ServerProcess;
    let rows: Rows;
    let clients: Record<number, TestClient>;
    let price = 3_000;

    beforeAll(async () => {
      const started = await startRedis();
      if (started === null) throw new Error('this machine has no Redis');
      redis = started;
      smtp = await startSmtp();
      home = await ServerHome.open({
        DATABASE_URL: await createDatabase(mariadbUrl ?? ''),
        REDIS_URL: redis.url,
        SMTP_URL: smtp.url,
        OUTBID_LETTER_WINDOW_MS: '0',
      });
      server = await home.start();
      rows = await openRows(home.databaseUrl);
      clients = {
        [FIRST]: await TestClient.connect(server.socketUrl(1, FIRST)),
        [SECOND]: await TestClient.connect(server.socketUrl(1, SECOND)),
      };
    });
    afterAll(async () => {
      await rows.close();
      await home.remove();
      await redis.remove();
      await smtp.stop();
    });

    const clientOf = (userId: number) => {
      const client = clients[userId];
      if (client === undefined) throw new Error(`user ${userId} is not connected`);
      return client;
    };
    const bid = async (userId: number) => {
      price += 1;
      clientOf(userId).send({ type: 'place_bid', amount: price, id: `at ${price}` });
      expect(await clientOf(userId).nextThat(({ id }) => id === `at ${price}`)).toMatchObject({
        type: 'bid_accepted',
      });
      return `${price}.00`;
    };
    /** The first leads, and the second outbids them; gives the price in the letter to the first. */
    const outbid = async () => {
      await bid(FIRST);
      const printed = await bid(SECOND);
      const notice = await clientOf(FIRST).nextOf('notification');
      expect(String(notice.data?.['message'])).toContain(printed);
      return printed;
    };
    const letterAt = (printed: string) =>
      smtp.received.filter(({ text }) => text?.includes(`Rs. ${printed}`));
    const arrives = (printed: string) =>
      until(() => expect(letterAt(printed)).toHaveLength(1), LETTERS_WITHIN_MS);
    const rowAt = async (printed: string): Promise<Row | undefined> => {
      const amount = Number(printed.replace('.', ''));
      return (await rows.read('SELECT * FROM outbox')).find(({ data }) =>
        String(data).includes(`:${amount}}`),
      );
    };
    const counted = async (outcome: string) => {
      const page = await (await fetch(`${server.http}/metrics`)).text();
      return Number(
        new RegExp(`^ringside_mails_total\\{outcome="${outcome}"\\} (\\d+)`, 'm').exec(page)?.[1] ?? 0,
      );
    };
    const readiness = async () => {
      const response = await fetch(`${server.http}/readyz`);
      return { status: response.status, failing: ((await response.json()) as { failing: string[] }).failing };
    };

    it('[DU3] arrive when Redis is back, empty; bids and notices do not wait for it', async () => {
      await arrives(await outbid());
      await redis.kill();
      const printed = await outbid();
      expect(await readiness()).toEqual({ status: 503, failing: ['queue'] });
      expect(letterAt(printed)).toEqual([]);
      await redis.start();
      await arrives(printed);
      await until(async () => expect(await readiness()).toEqual({ status: 200, failing: [] }));
    });

    it('[DU3] arrive when the SMTP server is back; bids and notices do not wait for it', async () => {
      const before = await counted('retried');
      await smtp.stop();
      const printed = await outbid();
      await until(async () => expect(await counted('retried')).toBeGreaterThan(before));
      await smtp.start();
      await arrives(printed);
      await until(async () => expect(await rowAt(printed)).toMatchObject({ status: 'sent' }));
    });

    it('[DU3] arrive when the SMTP server has stopped saying 4xx', async () => {
      const before = await counted('retried');
      smtp.answer({ kind: 'refuse', code: 451, text: 'try again later' });
      const printed = await outbid();
      await until(async () => expect(await counted('retried')).toBeGreaterThan(before));
      expect(letterAt(printed)).toEqual([]);
      smtp.answer({ kind: 'accept' });
      await arrives(printed);
    });

    it('[DU3] are given up for all to see when the SMTP server says 5xx', async () => {
      const before = await counted('given_up');
      smtp.answer({ kind: 'refuse', code: 550, text: 'no such mailbox' });
      const printed = await outbid();
      await until(async () => expect(await rowAt(printed)).toMatchObject({ status: 'failed' }));
      expect((await rowAt(printed))?.['last_error']).toMatch(/^550/);
      await until(async () => expect(await counted('given_up')).toBeGreaterThan(before));
      const jobId = (await rowAt(printed))?.['id'];
      const lines = server.output.stdout.split('\n').filter((each) => each.includes('a letter is given up'));
      const said = lines.map((line) => JSON.parse(line) as unknown);
      expect(said).toContainEqual(expect.objectContaining({ level: 'error', jobId, letter: 'outbid' }));
      smtp.answer({ kind: 'accept' });
      await arrives(await outbid());
      expect(letterAt(printed)).toEqual([]);
      expect((await server.stop()).stderr).toBe('');
    });
  },
);
