import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestServer, type TestServer } from '../support/server.ts';
import type { TestClient } from '../support/client.ts';
import { NO_RATES } from '../support/limits.ts';
import { TRANSPORTS } from '../support/transports.ts';

/** Frames that are not what the document asks for, in every way that one could think of. */
const malformed = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 200 }),
  fc.json({ maxDepth: 4 }),
  fc.integer({ min: 1, max: 8_000 }).map((depth) => '['.repeat(depth)),
  fc.integer({ min: 1, max: 1_500 }).map((depth) => `${'{"type":'.repeat(depth)}1${'}'.repeat(depth)}`),
  fc
    .record({
      type: fc.oneof(fc.constant('place_bet'), fc.string(), fc.constantFrom(null, 1, true, {}, [])),
      id: fc.oneof(fc.integer(), fc.string(), fc.constantFrom(null, {}, [], 1e300, -0)),
      data: fc.anything(),
    })
    .map((value) =>
      JSON.stringify(value, (_key, part: unknown) => (typeof part === 'bigint' ? String(part) : part)),
    ),
  fc.constantFrom(
    '{"__proto__":{"type":"place_bid"}}',
    '{"type":"place_bid","amount":{"__proto__":5}}',
    '{"type":"place_bid","constructor":{"prototype":{"amount":9}}}',
    '{"type":"__proto__"}',
    '{"type":"constructor","id":"\\ud800"}',
    '{"type":"place_bid","amount":1e999}',
    '{"type":"place_bid","amount":-1e999}',
    '{"type":"place_bid","amount":123456789012345678901234567890}',
    '{"type":"place_bid","amount":"\\ud800"}',
    '{"type":"place_bid","amount":"3000\\u0000"}',
    '{"type":"\\u0000"}',
    '',
    ' ',
    '\ufeff{"type":"place_bid","amount":9}',
  ),
  fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes)),
);

describe.each(TRANSPORTS)('frames that no client should send, over %s', (transport) => {
  let server: TestServer;
  let client: TestClient;
  beforeAll(async () => {
    server = await startTestServer({ TRANSPORT: transport, ...NO_RATES });
    client = await server.watch(1, 'buyer1');
  });
  afterAll(() => server.stop());

  it('[ME1] each gets exactly one clear error, and the connection and the auction live on', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(malformed, { minLength: 1, maxLength: 12 }), async (frames) => {
        const before = client.frames.length;
        for (const frame of frames) client.socket.send(frame);
        await client.settle();
        const answers = client.frames.slice(before, -1);
        expect(answers).toHaveLength(frames.length);
        for (const answer of answers) {
          expect(answer.type).toBe('error');
          expect(answer.code).toMatch(/^(invalid_message|unknown_type)$/);
          expect(answer.message).toMatch(/\S/);
        }
      }),
      { numRuns: 150 },
    );
    const state = await server.engines.store.ledger.load(1);
    expect(state).toMatchObject({ version: 2, round: { highestBid: null, totalBids: 0 } });
    expect(Object.prototype).not.toHaveProperty('amount');
  });

  it('[MO2] every amount is a bid or a clear refusal, and the price is the highest one that was taken', async () => {
    const amount = fc.oneof(
      fc.double({ noDefaultInfinity: true, noNaN: true }),
      fc.integer({ min: -10, max: 2 ** 40 }),
      fc.integer({ min: 0, max: 2 ** 40 }).map((minor) => (minor / 100).toFixed(2)),
      fc.string({ maxLength: 12 }),
    );
    const bidder = await server.watch(2, 'buyer2');
    let highest = 8500;
    await fc.assert(
      fc.asyncProperty(amount, async (value) => {
        bidder.send({ type: 'place_bid', amount: value, id: 1 + bidder.frames.length });
        const answer = await bidder.nextThat(({ type }) => type === 'error' || type === 'bid_accepted');
        if (answer.type === 'error') {
          expect(answer.code).toMatch(/^(invalid_message|bid_too_low)$/);
        } else {
          expect(Number(value)).toBeGreaterThan(highest);
          highest = Number(value);
          expect(Number(answer['amount'])).toBe(highest);
        }
      }),
      { numRuns: 200 },
    );
    const state = await server.engines.store.ledger.load(2);
    expect(state?.round.highestBid?.amount).toBe(Math.round(highest * 100));
  });
});
