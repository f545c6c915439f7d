import { Webhook } from 'standardwebhooks';
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { demoSeed } from '../../server/seeding/demo.ts';
import { type BackendRequest, type MainBackend, startMainBackend, status } from '../support/mainBackend.ts';
import { until } from '../support/processes.ts';
import { startTestServer } from '../support/server.ts';
import { hasEngine } from '../support/store.ts';
import { backendCalls, OutboxHarness } from './outboxHarness.ts';

const SECRET = `whsec_${Buffer.from('a key of the standard: 32 bytes.').toString('base64')}`;
const TOLD = ['ring_event'] as const;
const KINDS = (['sqlite', 'mysql'] as const).filter(hasEngine);

/** What was told, in its order. */
const namesOf = (received: readonly BackendRequest[]) =>
  received.map(({ body }) => {
    const { event, ring_id: ringId, seq } = JSON.parse(body) as Record<string, unknown>;
    return `${String(ringId)} ${String(seq)} ${String(event)}`;
  });

describe.each(KINDS)('a main backend that follows rings, on %s', (kind) => {
  let harness: OutboxHarness;
  let backend: MainBackend;
  beforeEach(async () => {
    [harness, backend] = await Promise.all([OutboxHarness.open(kind), startMainBackend()]);
  });
  afterEach(async () => {
    await harness.close();
    await backend.stop();
  });

  const start = (ringWebhookSecret: string | null = SECRET) =>
    harness.start({ backend: backendCalls({ ringWebhookUrl: backend.url, ringWebhookSecret }) });
  /** Lets time pass until the check holds: between two looks at the outbox there is a rest. */
  const inTime = (check: () => unknown) =>
    until(async () => {
      await harness.clock.advance(250);
      await check();
    });
  const isDone = () => inTime(async () => expect(await harness.store.outbox.depth()).toBe(0));
  const statuses = async () => (await harness.rows('SELECT status FROM outbox ORDER BY id')).flat();

  it('[RG11] is told of each change of a ring, with its state, its cause and a rising number', async () => {
    await harness.direct(7, ['enter_ring', 'pause_sale', 'resume_sale', 'close_ring'], TOLD);
    await harness.direct(8, ['enter_ring', 'cancel_sale'], TOLD);
    start();
    await isDone();
    const bodies = backend.received.map(({ body }) => JSON.parse(body) as Record<string, unknown>);
    const of = (event: string, seq: number, state: string, cause: string | null) =>
      expect.objectContaining({
        event,
        external_id: null,
        seq,
        at: '2025-11-04T18:45:00Z',
        status: state,
        cause,
      }) as unknown;
    expect(bodies.filter(({ ring_id: ringId }) => ringId === 7)).toEqual([
      of('ring.live', 3, 'active', null),
      of('ring.paused', 4, 'active', 'host'),
      of('ring.resumed', 5, 'active', null),
      of('ring.closed', 6, 'ended', 'stopped'),
    ]);
    expect(bodies.filter(({ ring_id: ringId }) => ringId === 8)).toEqual([
      of('ring.live', 3, 'active', null),
      of('ring.closed', 4, 'cancelled', 'cancelled'),
    ]);
  });

  it('[RG12] is not told of a later change before an earlier one was delivered; other rings do not wait', async () => {
    backend.answers((response, { body }) =>
      response.writeHead(body.includes('"ring_id":7') ? 503 : 204).end(),
    );
    await harness.direct(7, ['enter_ring', 'pause_sale', 'resume_sale'], TOLD);
    await harness.direct(8, ['enter_ring', 'pause_sale'], TOLD);
    start();
    const toRing7 = () => namesOf(backend.received).filter((name) => name.startsWith('7'));
    await inTime(() => {
      expect(toRing7().length).toBeGreaterThan(1);
      expect(namesOf(backend.received)).toContain('8 4 ring.paused');
    });
    expect(new Set(toRing7())).toEqual(new Set(['7 3 ring.live']));
    await inTime(async () => expect(await statuses()).toEqual(['pending', 'held', 'held', 'sent', 'sent']));
    expect(await harness.store.outbox.depth()).toBe(3);
    backend.answers(status(204));
    await isDone();
    expect(toRing7().slice(-3)).toEqual(['7 3 ring.live', '7 4 ring.paused', '7 5 ring.resumed']);
  });

  it('[RG12] is told of the next change once an earlier one is given up', async () => {
    backend.answers((response, { body }) => response.writeHead(body.includes('ring.live') ? 410 : 204).end());
    await harness.direct(7, ['enter_ring', 'pause_sale'], TOLD);
    start();
    await isDone();
    expect(namesOf(backend.received)).toEqual(['7 3 ring.live', '7 4 ring.paused']);
    expect(await statuses()).toEqual(['failed', 'sent']);
  });

  it('[RG12] keeps the order when two processes deliver, and when one is gone in between', async () => {
    backend.answers(status(503));
    await harness.direct(7, ['enter_ring', 'pause_sale', 'resume_sale'], TOLD);
    const gone = start();
    await until(() => expect(gone.attempts).toEqual(['retried']));
    await gone.stop();
    backend.answers(status(204));
    await harness.clock.advance(5_000);
    const offices = [start(), start()];
    await isDone();
    expect(offices).toHaveLength(2);
    // A process that starts takes what another has in hand for forgotten.
    const heard = new Set(namesOf(backend.received));
    expect([...heard]).toEqual(['7 3 ring.live', '7 4 ring.paused', '7 5 ring.resumed']);
  });

  it('[RG13] can tell who speaks, when, and whether it heard that before', async () => {
    backend.answers(status(500));
    await harness.direct(7, ['enter_ring'], TOLD);
    const office = start();
    await until(() => expect(office.attempts).toEqual(['retried']));
    backend.answers(status(204));
    await isDone();
    const [first, again] = backend.received;
    if (first === undefined || again === undefined) return expect.unreachable('it was told twice');
    expect(first.headers['webhook-id']).toBe('ring-7-3');
    expect(again.headers['webhook-id']).toBe('ring-7-3');
    const signer = new Webhook(SECRET);
    for (const { body, headers } of [first, again]) {
      const signed = headers as Record<string, string>;
      expect(signer.verify(body, signed)).toMatchObject({ event: 'ring.live' });
      const later = { ...signed, 'webhook-timestamp': String(Number(signed['webhook-timestamp']) + 1) };
      expect(() => signer.verify(body, later)).toThrow('No matching signature');
    }
  });

  it('[RG13] may have any text as a secret, whose bytes are the key, or none', async () => {
    await harness.direct(7, ['enter_ring'], TOLD);
    const office = start('a secret that two sides know');
    await isDone();
    await office.stop();
    const [signed] = backend.received;
    const signer = new Webhook('a secret that two sides know', { format: 'raw' });
    expect(signer.verify(signed?.body ?? '', signed?.headers as Record<string, string>)).toBeTruthy();
    await harness.direct(7, ['pause_sale'], TOLD);
    start(null);
    await isDone();
    expect(backend.received[1]?.headers).toHaveProperty('webhook-id', 'ring-7-4');
    expect(backend.received[1]?.headers).not.toHaveProperty('webhook-signature');
  });

  it('[RG11] is told later when the settings name it no more', async () => {
    await harness.direct(7, ['enter_ring'], TOLD);
    const office = harness.start();
    await until(() => expect(office.attempts).toEqual(['retried']));
    expect(await harness.rows('SELECT last_error FROM outbox')).toEqual([['RING_WEBHOOK_URL is not set']]);
    await office.stop();
    await harness.clock.advance(1_000);
    start();
    await isDone();
    expect(namesOf(backend.received)).toEqual(['7 3 ring.live']);
  });
});

/** The demo, whose sale 7 has a name of the main backend. */
const seed = (nowMs: number) => {
  const { sales, ...demo } = demoSeed(nowMs);
  return { ...demo, sales: sales.map((sale) => (sale.id === 7 ? { ...sale, externalId: 'lot 7' } : sale)) };
};

describe('a server', () => {
  it('[RG11] [RE13] tells both webhooks that are set, each in its own words', async () => {
    const [old, backend] = await Promise.all([startMainBackend(), startMainBackend()]);
    onTestFinished(async () => {
      await Promise.all([old.stop(), backend.stop()]);
    });
    const server = await startTestServer(
      {
        RING_CLOSED_WEBHOOK_URL: old.url,
        RING_WEBHOOK_URL: backend.url,
        RING_WEBHOOK_SECRET: SECRET,
      },
      { seed },
    );
    const host = await server.connect(`/ws/ring/7/?token=${await server.token('baraka_host')}`);
    await host.nextOf('ring_live');
    expect(host.frames.find(({ type }) => type === 'ring_status')?.data).toMatchObject({
      external_id: 'lot 7',
    });
    for (const type of ['pause_ring', 'resume_ring', 'stop_ring']) host.send({ type });
    await until(() => {
      expect(namesOf(backend.received).map((name) => name.split(' ')[2])).toEqual([
        'ring.live',
        'ring.paused',
        'ring.resumed',
        'ring.closed',
      ]);
      expect(old.received).toHaveLength(1);
    });
    expect(JSON.parse(backend.received[0]?.body ?? '')).toMatchObject({ external_id: 'lot 7' });
    expect(Object.keys(JSON.parse(old.received[0]?.body ?? '') as object).sort()).toEqual([
      'cause',
      'closed_at',
      'ring_id',
      'status',
    ]);
    await server.stop();
  });

  it('[RG13] does not start with a secret that is not what it claims to be', async () => {
    for (const secret of ['whsec_tooShort', 'whsec_not base64 at all, but long enough', 'short']) {
      await expect(
        startTestServer({ RING_WEBHOOK_URL: 'http://127.0.0.1:9/', RING_WEBHOOK_SECRET: secret }),
      ).rejects.toThrow('RING_WEBHOOK_SECRET');
    }
  });
});
