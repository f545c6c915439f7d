import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { PlaceBid } from '../../server/domain/auction/rules/commands.ts';
import { demoSeed } from '../../server/seeding/demo.ts';
import { person } from '../support/auctions.ts';
import { ManualClock } from '../support/manualClock.ts';
import { AUCTIONEER, RING, RingHarness } from '../support/ringHarness.ts';
import { hasEngine, openTestStore, type TestStore } from '../support/store.ts';

const LIVE = { status: 'active', ring: 'open', pause: null };
const PAUSED = { status: 'active', ring: 'open', pause: 'auctioneer_disconnected' };
const CLOSED = { status: 'ended', ring: 'closed', pause: null };

const KINDS = (['sqlite', 'mysql'] as const).filter(hasEngine);

describe.each(KINDS)('a sale ring on %s', (kind) => {
  let clock: ManualClock;
  let database: TestStore;
  let harness: RingHarness;
  beforeEach(async () => {
    clock = new ManualClock();
    database = await openTestStore(kind, demoSeed(clock.nowMs()));
    harness = await RingHarness.open(database.store, clock);
    await harness.came();
    expect(harness.news()).toEqual(['auction_started', 'ring_opened']);
  });
  afterEach(async () => {
    await harness.kill();
    await database.close();
  });

  const bid = () => {
    const command: PlaceBid = {
      type: 'place_bid',
      bidder: person(1, 'buyer1'),
      bidderIsBlocked: false,
      amount: 999_999,
      receivedAtMs: clock.nowMs(),
      requestId: null,
    };
    return harness.lanes.submit(RING, command);
  };

  it('[RG2] an auctioneer back within 3,999 ms leaves no trace', async () => {
    await harness.left();
    await harness.tick(3_999);
    expect(await harness.flags()).toEqual(LIVE);
    await harness.came();
    await harness.tick(120_000);
    expect(await harness.flags()).toEqual(LIVE);
    expect(harness.news()).toEqual([]);
    expect(await database.store.deadlines.of(['ring_pause', 'ring_close'])).toEqual([]);
  });

  it('[RG3] 4,000 ms after the disconnect the ring is paused, everyone is told, and bids are refused', async () => {
    await harness.left();
    await harness.tick(3_999);
    expect(harness.news()).toEqual([]);
    await harness.tick(1);
    expect(harness.news()).toEqual(['sale_paused']);
    expect(await harness.flags()).toEqual(PAUSED);
    expect(await bid()).toEqual({
      kind: 'refused',
      refusal: { code: 'paused', message: 'Auction is paused' },
    });
  });

  it('[RG3] an auctioneer who comes back while it is paused resumes it, and nothing is closed', async () => {
    await harness.left();
    await harness.tick(59_999);
    harness.news();
    await harness.came();
    expect(harness.news()).toEqual(['sale_resumed']);
    await harness.tick(120_000);
    expect(await harness.flags()).toEqual(LIVE);
    expect((await bid()).kind).toBe('accepted');
  });

  it('[RG4] 60,000 ms after the disconnect, and not sooner, the ring is closed for good', async () => {
    await harness.left();
    await harness.tick(59_999);
    expect(await harness.flags()).toEqual(PAUSED);
    await harness.tick(1);
    expect(harness.news()).toEqual(['sale_paused', 'ring_closed', 'auction_ended']);
    expect(await harness.flags()).toEqual(CLOSED);
    const back = await harness.rings.auctioneerCame(RING, AUCTIONEER);
    expect(back).toMatchObject({ kind: 'refused', refusal: { code: 'already_ended' } });
  });

  it('[RG2] counts from the moment at which the last of two tabs is gone', async () => {
    await harness.came();
    await harness.left();
    await harness.tick(10_000);
    expect(await harness.flags()).toEqual(LIVE);
    await harness.left();
    await harness.tick(3_999);
    expect(await harness.flags()).toEqual(LIVE);
    await harness.tick(1);
    expect(await harness.flags()).toEqual(PAUSED);
  });

  it('[RG7] killed in grace and started again, it keeps the promise to the millisecond', async () => {
    await harness.left();
    await harness.tick(2_500);
    await harness.kill();
    harness = await RingHarness.open(await database.reopen(), clock);
    await harness.tick(1_499);
    expect(await harness.flags()).toEqual(LIVE);
    await harness.tick(1);
    expect(await harness.flags()).toEqual(PAUSED);
    await harness.tick(55_999);
    expect(await harness.flags()).toEqual(PAUSED);
    await harness.tick(1);
    expect(await harness.flags()).toEqual(CLOSED);
  });

  it('[RG7] killed in pause and started after the minute, it closes at once; before it, to the millisecond', async () => {
    await harness.left();
    await harness.tick(10_000);
    await harness.kill();
    harness = await RingHarness.open(await database.reopen(), clock);
    await harness.tick(49_999);
    expect(await harness.flags()).toEqual(PAUSED);
    await harness.kill();
    await clock.advance(5_000);
    harness = await RingHarness.open(await database.reopen(), clock);
    expect(harness.news()).toEqual(['ring_closed', 'auction_ended']);
    expect(await harness.flags()).toEqual(CLOSED);
  });

  it('[RG7] killed while live, the start counts as the disconnect', async () => {
    await harness.kill();
    await clock.advance(30_000);
    harness = await RingHarness.open(await database.reopen(), clock);
    await harness.tick(3_999);
    expect(await harness.flags()).toEqual(LIVE);
    await harness.tick(1);
    expect(await harness.flags()).toEqual(PAUSED);
    await harness.came();
    expect(await harness.flags()).toEqual(LIVE);
  });

  it('[RG1] stop closes at once; pausing and resuming are the auctioneer’s alone', async () => {
    const ask = (type: 'pause_sale' | 'resume_sale' | 'close_ring', requestedBy = AUCTIONEER) =>
      harness.lanes.submit(RING, { type, nowMs: clock.nowMs(), requestedBy });
    const stranger = person(1, 'buyer1');
    for (const type of ['pause_sale', 'resume_sale', 'close_ring'] as const) {
      expect(await ask(type, stranger)).toMatchObject({ refusal: { code: 'not_seller' } });
    }
    expect(await ask('resume_sale')).toMatchObject({ refusal: { code: 'not_paused' } });
    await ask('pause_sale');
    expect(await harness.flags()).toEqual({ ...LIVE, pause: 'host' });
    expect(await bid()).toMatchObject({ refusal: { code: 'paused' } });
    expect(await ask('pause_sale')).toMatchObject({ refusal: { code: 'paused' } });
    await ask('resume_sale');
    expect((await bid()).kind).toBe('accepted');
    await ask('close_ring');
    expect(await harness.flags()).toEqual(CLOSED);
    await harness.left();
    await harness.tick(120_000);
    expect(harness.news().slice(-2)).toEqual(['ring_closed', 'auction_ended']);
  });

  it.each(['end_sale', 'cancel_sale'] as const)('[RG1] %s closes the ring with its sale', async (type) => {
    await harness.lanes.submit(RING, { type, nowMs: clock.nowMs(), requestedBy: AUCTIONEER });
    expect(harness.news()).toEqual([
      'ring_closed',
      type === 'end_sale' ? 'auction_ended' : 'auction_cancelled',
    ]);
    expect((await harness.flags()).ring).toBe('closed');
  });

  it('[RG2] any coming and going with pauses under 4 s in between changes nothing', async () => {
    for (const pauseMs of [1, 3_999, 500, 2_000, 3_999]) {
      await harness.left();
      await harness.tick(pauseMs);
      await harness.came();
      await harness.tick(700);
    }
    expect(harness.news()).toEqual([]);
    expect(await harness.flags()).toEqual(LIVE);
  });
});
