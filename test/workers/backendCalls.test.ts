import { createHmac } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { OutboxStore } from '../../server/domain/outboxStore.ts';
import { StoreUnavailable } from '../../server/ports/errors.ts';
import { json, type MainBackend, startMainBackend, status } from '../support/mainBackend.ts';
import { until } from '../support/processes.ts';
import { startTestServer } from '../support/server.ts';
import { backendCalls, type OutboxProcess, type OutboxProcessParts, OutboxHarness } from './outboxHarness.ts';

const SECRET = 'a secret that two sides know';
const TOLD = { ring_id: 7, closed_at: '2025-11-04T18:45:00Z', cause: 'stopped', status: 'ended' };

describe('[RG6] a main backend that wants to be told of closed rings', () => {
  let harness: OutboxHarness;
  let backend: MainBackend;
  beforeEach(async () => {
    [harness, backend] = await Promise.all([OutboxHarness.open(), startMainBackend()]);
  });
  afterEach(async () => {
    await harness.close();
    await backend.stop();
  });

  const start = (parts: OutboxProcessParts = {}) =>
    harness.start({
      backend: backendCalls({ ringClosedWebhookUrl: backend.url, ringClosedWebhookSecret: SECRET }),
      ...parts,
    });
  const rows = () => harness.rows('SELECT kind, status, attempts, last_error FROM outbox ORDER BY id');
  const settled = (process: OutboxProcess, ...attempts: string[]) =>
    until(async () => {
      expect(process.attempts).toEqual(attempts);
      expect(await harness.store.outbox.depth()).toBe(0);
    });
  const advanceToRetry = (process: OutboxProcess, attempt: number) =>
    harness.advanceToRetry(process, backend.received, attempt);

  it('is told once, as signed JSON, although its auctioneer has no e-mail address', async () => {
    const unsaid = { name: null, number: null, type: null, role: null };
    const details = { id: 14, username: 'baraka_host', email: '', ...unsaid };
    await harness.store.accounts.ensure(details, harness.clock.nowMs());
    await harness.closeRing();
    const process = start();
    await settled(process, 'sent');
    const [told] = backend.received;
    expect(backend.received).toHaveLength(1);
    expect(JSON.parse(told?.body ?? '')).toEqual(TOLD);
    const digits = createHmac('sha256', SECRET)
      .update(told?.body ?? '')
      .digest('hex');
    expect(told?.headers).toMatchObject({
      'content-type': 'application/json',
      'x-ringside-signature': `sha256=${digits}`,
    });
    expect(await rows()).toEqual([['ring_closed', 'sent', 0, null]]);
  });

  it('is told without a signature where there is no secret', async () => {
    await harness.closeRing();
    await settled(start({ backend: backendCalls({ ringClosedWebhookUrl: backend.url }) }), 'sent');
    expect(backend.received[0]?.headers).not.toHaveProperty('x-ringside-signature');
  });

  it('leaves no row where nobody is to be told', async () => {
    await harness.closeRing([]);
    expect(await rows()).toEqual([]);
  });

  it.each([500, 503, 408, 429, 302])('is told again after %i, at the times of the outbox', async (code) => {
    backend.answers((response) => response.writeHead(code, { Location: '/elsewhere' }).end());
    await harness.closeRing();
    const process = start();
    // The jitter of the manual clock makes each pause 7/8 of its full length.
    expect(await advanceToRetry(process, 2)).toBe(875);
    expect(await advanceToRetry(process, 3)).toBe(2 * 875);
    backend.answers(status(200));
    expect(await advanceToRetry(process, 4)).toBe(4 * 875);
    await settled(process, 'retried', 'retried', 'retried', 'sent');
    expect(new Set(backend.received.map(({ body }) => body))).toEqual(new Set([JSON.stringify(TOLD)]));
    expect(process.log.messages('warn')).toEqual(Array(3).fill('a call to the main backend is put off'));
  });

  it('is told again when it hangs up or is down', async () => {
    backend.answers((response) => response.destroy());
    await harness.closeRing();
    const process = start();
    await until(() => expect(process.attempts).toEqual(['retried']));
    backend.answers(json({ ok: true }));
    await advanceToRetry(process, 2);
    await settled(process, 'retried', 'sent');
  });

  it.each([400, 401, 404, 410])('is not told again after %i, for all to see', async (code) => {
    backend.answers(status(code));
    await harness.closeRing();
    const process = start();
    await settled(process, 'given_up');
    expect(process.log.lines.filter(({ level }) => level === 'error')).toMatchObject([
      {
        message: 'a call to the main backend is given up',
        fields: { call: { kind: 'ring_closed', ringId: 7 }, error: `the main backend answered ${code}` },
      },
    ]);
    await harness.clock.advance(3_600_000);
    expect(backend.received).toHaveLength(1);
    expect(await rows()).toEqual([['ring_closed', 'failed', 1, `the main backend answered ${code}`]]);
  });

  it('is told after a restart between the commit and the call, and between the call and its note', async () => {
    const { outbox } = harness.store;
    let isAway = true;
    const markSent: OutboxStore['markSent'] = (...asked) =>
      isAway ? Promise.reject(new StoreUnavailable('away')) : outbox.markSent(...asked);
    await harness.closeRing();
    const process = start({ outbox: { ...outbox, markSent } });
    await until(() => expect(process.log.messages('error')).toHaveLength(1));
    await process.stop();
    isAway = false;
    await harness.clock.advance(1);
    await settled(start(), 'sent');
    expect(backend.received.map(({ body }) => body)).toEqual(Array(2).fill(JSON.stringify(TOLD)));
  });

  it('is told later when the settings name it no more', async () => {
    await harness.closeRing();
    const process = harness.start();
    await until(() => expect(process.attempts).toEqual(['retried']));
    await process.stop();
    await harness.clock.advance(1_000);
    await settled(start(), 'sent');
    expect(backend.received).toHaveLength(1);
  });
});

describe('[RG6] a server', () => {
  it('tells the main backend that its auctioneer has stopped a ring', async () => {
    const backend = await startMainBackend();
    const server = await startTestServer({
      RING_CLOSED_WEBHOOK_URL: backend.url,
      RING_CLOSED_WEBHOOK_SECRET: SECRET,
    });
    const host = await server.connect(`/ws/ring/7/?token=${await server.token('baraka_host')}`);
    await host.nextOf('ring_status');
    host.send({ type: 'stop_ring' });
    await until(() => expect(backend.received).toHaveLength(1));
    expect(JSON.parse(backend.received[0]?.body ?? '')).toMatchObject({ ring_id: 7, cause: 'stopped' });
    await until(async () => expect(await server.engines.store.outbox.depth()).toBe(0));
    await server.stop();
    await backend.stop();
  });
});
