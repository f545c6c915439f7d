import { afterEach, describe, expect, it } from 'vitest';
import type { Identification, IdentityProvider } from '../../server/ports/identity.ts';
import { fault } from '../../shared/contracts/rest.ts';
import { testLimits } from '../support/limits.ts';
import { type HttpBench, openBench } from './bench.ts';

const BURST = 5;
const LIMITS = testLimits({ restBurst: BURST, restRequestsPerSecond: 2 });

let bench: HttpBench;
afterEach(() => bench.close());

/** Knows the tokens `good-1`, `good-2` … of the users 1, 2 …, and counts what it is asked. */
class CountingIdentity implements IdentityProvider {
  readonly asked: string[] = [];
  #hasExpired = false;

  expireAll(): void {
    this.#hasExpired = true;
  }

  identify(token: string): Promise<Identification> {
    this.asked.push(token);
    const [, id] = /^good-(\d+)/.exec(token) ?? [];
    if (id === undefined) return Promise.resolve({ kind: 'invalid' });
    if (this.#hasExpired) return Promise.resolve({ kind: 'expired' });
    const user = { id: Number(id), username: `buyer${id}` };
    return Promise.resolve({ kind: 'identified', user, expiresAtMs: null });
  }
}

const open = async (identity = new CountingIdentity()) => {
  bench = await openBench({ limits: LIMITS, trustProxyHops: 1, identity });
  return identity;
};

const ask = (from: string, token?: string, path = '/api/notifications/unread_count/') =>
  bench.ask(path, {
    headers: {
      'X-Forwarded-For': from,
      ...(token === undefined ? {} : { Authorization: `Bearer ${token}` }),
    },
  });
const statusesOf = async (count: number, ...asked: Parameters<typeof ask>) => {
  const statuses: number[] = [];
  for (let sent = 0; sent < count; sent += 1) statuses.push((await ask(...asked)).status);
  return statuses;
};
const times = (count: number, status: number) => Array<number>(count).fill(status);

const GUEST_PATH = '/api/auctions/';
const [HERE, THERE] = ['192.0.2.1', '192.0.2.2'];

describe('[SA11] requests', () => {
  it('without a token count for their address; one too many waits as long as it is told', async () => {
    await open();
    expect(await statusesOf(BURST, HERE, undefined, GUEST_PATH)).toEqual(times(BURST, 200));
    const { status, headers, json } = await ask(HERE, undefined, GUEST_PATH);
    expect(status).toBe(429);
    expect(fault.parse(json)).toEqual({
      detail: 'Too many requests. Please wait.',
      code: 'too_many_requests',
    });
    expect(await statusesOf(1, THERE, undefined, GUEST_PATH)).toEqual([200]);
    await bench.clock.advance(Number(headers.get('retry-after')) * 1_000);
    expect(await statusesOf(1, HERE, undefined, GUEST_PATH)).toEqual([200]);
  });

  it('with a token count for their user, wherever they come from and with whichever token', async () => {
    await open();
    expect(await statusesOf(3, HERE, 'good-1')).toEqual(times(3, 200));
    expect(await statusesOf(3, THERE, 'good-1-another')).toEqual([200, 200, 429]);
    expect(await statusesOf(1, HERE, 'good-2')).toEqual([200]);
  });

  it('with a token are not refused because of guests behind the same address, nor of bad tokens', async () => {
    await open();
    await ask(HERE, 'good-1');
    await statusesOf(BURST + 1, HERE, undefined, GUEST_PATH);
    expect(await statusesOf(1, HERE, 'good-2')).toEqual([200]);
    await statusesOf(BURST + 1, HERE, 'bad');
    expect(await statusesOf(1, HERE, 'good-1')).toEqual([200]);
  });

  it('with bad tokens count for their address, and are not even verified once there were too many', async () => {
    const identity = await open();
    expect(await statusesOf(BURST + 20, HERE, 'bad')).toEqual([...times(BURST, 401), ...times(20, 429)]);
    const atOnce = await Promise.all(Array.from({ length: BURST + 20 }, () => ask(THERE, 'bad')));
    expect(atOnce.filter(({ status }) => status === 401)).toHaveLength(BURST);
    expect(identity.asked).toHaveLength(2 * BURST);
  });

  it('with a token that has expired since count for their address again', async () => {
    const identity = await open();
    await ask(HERE, 'good-1');
    identity.expireAll();
    expect(await statusesOf(BURST + 3, HERE, 'good-1')).toEqual([...times(BURST + 1, 401), ...times(2, 429)]);
  });

  it('that are refused again and again are answered a moment later each', async () => {
    await open();
    await statusesOf(BURST + 20, HERE, undefined, GUEST_PATH);
    let status = 0;
    const asked = ask(HERE, undefined, GUEST_PATH).then((answer) => (status = answer.status));
    await bench.clock.advance(249);
    expect(status).toBe(0);
    await bench.clock.advance(1);
    await asked;
    expect(status).toBe(429);
    expect(await statusesOf(1, THERE, undefined, GUEST_PATH)).toEqual([200]);
  });

  it('that are refused say so to pages of other origins too', async () => {
    await open();
    await statusesOf(BURST, HERE, undefined, GUEST_PATH);
    const { status, headers } = await ask(HERE, undefined, GUEST_PATH);
    expect([status, headers.get('access-control-allow-origin')]).toEqual([429, '*']);
  });

  it('of monitoring count by themselves, and those of the media server do not count', async () => {
    await open();
    await statusesOf(BURST + 1, HERE, undefined, GUEST_PATH);
    const monitoring = ['/healthz', '/readyz/', '/metrics'];
    for (const path of monitoring) expect(await statusesOf(1, HERE, undefined, path)).toEqual([200]);
    await statusesOf(BURST, HERE, undefined, '/healthz');
    for (const path of monitoring) expect(await statusesOf(1, HERE, undefined, path)).toEqual([429]);
    expect(await statusesOf(1, THERE, undefined, '/metrics')).toEqual([200]);
    const told = await bench.ask('/livekit/webhook', {
      method: 'POST',
      headers: { 'X-Forwarded-For': HERE },
      body: '{}',
    });
    expect(told.status).toBe(401);
    expect(fault.parse(told.json).code).toBe('invalid_signature');
  });

  it('are not refused because the wall clock was set back', async () => {
    await open();
    await statusesOf(BURST + 1, HERE, undefined, GUEST_PATH);
    bench.clock.jump(-3_600_000);
    await bench.clock.advance(500);
    expect(await statusesOf(1, HERE, undefined, GUEST_PATH)).toEqual([200]);
  });

  it.each([{ restBurst: 0 }, { restRequestsPerSecond: 0 }])('[LI8] are unbounded at %j', async (off) => {
    bench = await openBench({ limits: { ...LIMITS, ...off } });
    expect(await statusesOf(50, HERE, undefined, GUEST_PATH)).toEqual(times(50, 200));
  });
});

describe('[SA28] requests', () => {
  it('give way to bids that are being stored, but each has its turn in the end', async () => {
    let isStoring = true;
    bench = await openBench({ isStoringBids: () => isStoring });
    expect((await bench.ask(GUEST_PATH)).status).toBe(200);
    let answered = 0;
    const asked = [1, 2, 3].map(() => bench.ask(GUEST_PATH).then(() => (answered += 1)));
    await bench.clock.advance(4);
    expect(answered).toBe(0);
    await bench.clock.advance(1);
    await asked[0];
    expect(answered).toBe(1);
    isStoring = false;
    await bench.clock.advance(1);
    await Promise.all(asked);
  });

  it('of monitoring are answered at once', async () => {
    bench = await openBench({ isStoringBids: () => true });
    await bench.ask(GUEST_PATH);
    expect((await bench.ask('/healthz')).status).toBe(200);
  });
});
