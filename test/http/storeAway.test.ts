import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { demoSeed } from '../../server/seeding/demo.ts';
import { fault, readiness } from '../../shared/contracts/rest.ts';
import { ManualClock } from '../support/manualClock.ts';
import { createDatabase, type PrivateMariadb, startMariadb } from '../support/mariadb.ts';
import { until } from '../support/processes.ts';
import { openDatabase } from '../support/store.ts';
import { benchOver, type HttpBench } from './bench.ts';

/** A server of its own, because it is killed. */
describe.skipIf(inject('mariadbUrl') === null)('[DU2] while the database is away', () => {
  let mariadb: PrivateMariadb | null;
  let bench: HttpBench;

  beforeAll(async () => {
    mariadb = await startMariadb();
    if (mariadb === null) throw new Error('MariaDB did not start');
    const store = await openDatabase({ kind: 'mysql', url: await createDatabase(mariadb.url) });
    const clock = new ManualClock();
    await store.seed.insert(demoSeed(clock.nowMs()));
    bench = benchOver(store, clock, {}, () => store.close());
    expect((await bench.ask('/api/auctions/')).status).toBe(200);
  });
  afterAll(async () => {
    await bench.close();
    await mariadb?.remove();
  });

  it('says so everywhere, and works again when it is back', async () => {
    const buyer = { Authorization: `Token ${await bench.token('buyer1')}` };
    const seller = { Authorization: `Token ${await bench.token('kashmiri_crafts')}` };
    await mariadb?.kill();
    for (const [method, path, headers, json] of [
      ['GET', '/api/auctions/', {}],
      ['GET', '/api/auctions/1/', {}],
      ['GET', '/api/auctions/1/bids/', {}],
      ['GET', '/api/notifications/', buyer],
      ['GET', '/api/notifications/', { Authorization: `Token ${'a'.repeat(40)}` }],
      ['POST', '/api/notifications/read_all/', buyer],
      ['POST', '/api/auctions/', seller],
      ['POST', '/api/auctions/1/end/', seller],
      ['GET', '/api/auctions/?type=Live', {}],
      ['GET', '/api/winnings/', buyer],
      ['POST', '/api/winnings/1/sold/', seller, { sold: true }],
      ['GET', '/api/categories/', {}],
      ['GET', '/api/calls/', buyer],
      ['GET', '/api/telecallers/', buyer],
      ['POST', '/auth/otp', {}, { number: '+923005550101' }],
      ['POST', '/auth/otp', {}, { number: '+923005550101', otpCode: '123456' }],
      ['POST', '/auth/refresh', {}, { refreshToken: 'x' }],
    ] as const) {
      const answer = await bench.ask(path, { method, headers, json });
      expect(answer.status, `${method} ${path}: ${answer.text}`).toBe(503);
      expect(answer.headers.get('retry-after')).toBe('5');
      expect(fault.parse(answer.json)).toMatchObject({ code: 'unavailable' });
      expect(answer.text).not.toMatch(/mysql|mariadb|127\.0\.0\.1|ECONN/i);
    }
    const unready = await bench.ask('/readyz');
    expect(unready.status).toBe(503);
    expect(readiness.parse(unready.json).failing).toEqual(['store']);
    expect((await bench.ask('/healthz')).status).toBe(200);

    await mariadb?.start();
    await until(async () => {
      await bench.clock.advance(1_000);
      expect((await bench.ask('/readyz')).status).toBe(200);
    });
    const ended = await bench.ask('/api/auctions/1/end/', { method: 'POST', headers: seller });
    expect(ended.status).toBe(200);
  });
});
