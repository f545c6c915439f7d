import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readConfig } from '../../server/config.ts';
import { openMedia } from '../../server/engines/media/index.ts';
import { EVENT_REMEMBERED_MS } from '../../server/engines/media/livekit.ts';
import { EventDeduplicator } from '../../server/engines/media/eventDeduplicator.ts';
import type { Media } from '../../server/ports/media.ts';
import { StoreUnavailable } from '../../server/ports/errors.ts';
import { startLiveKit, type TestLiveKit } from '../support/livekit.ts';
import { ManualClock } from '../support/manualClock.ts';
import { RecordedLog } from '../support/recordedLog.ts';

const EVENT = { event: 'room_finished', room: { name: '507f1f77bcf86cd799439081' } };
const DAY_MS = 86_400_000;

describe('[SA26] news of the media server that is posted again', () => {
  let livekit: TestLiveKit;
  let media: Media;
  let clock: ManualClock;
  let taken: number;
  beforeEach(async () => {
    livekit = await startLiveKit();
    // The SDK looks at the machine's clock.
    clock = new ManualClock(Date.now());
    media = openMedia(readConfig(livekit.settings), new RecordedLog(), clock) ?? expect.unreachable();
    taken = 0;
  });
  afterEach(() => livekit.stop());

  type Posted = ReturnType<TestLiveKit['news']>;
  const post = ({ body, authorization }: Posted, work: () => Promise<void> = async () => undefined) =>
    media.handleWebhook(body, authorization, async () => {
      taken += 1;
      await work();
    });

  it('is handed on once, and said to be taken each time', async () => {
    const posted = livekit.news(EVENT);
    expect([await post(posted), await post(posted), await post(posted)]).toEqual([true, true, true]);
    expect(taken).toBe(1);
    await post(livekit.news(EVENT));
    expect(taken).toBe(2);
  });

  it('is known by its id, however it is signed', async () => {
    await post(livekit.news({ ...EVENT, id: 'EV_same' }));
    await post(livekit.news({ id: 'EV_same', ...EVENT, numDropped: 1 }));
    expect(taken).toBe(1);
  });

  it('is known by all that was posted when it has no id', async () => {
    const first = livekit.news({ ...EVENT, id: '' });
    const second = livekit.news({ ...EVENT, id: '', createdAt: '1700000001' });
    for (const posted of [first, second, first, second]) expect(await post(posted)).toBe(true);
    expect(taken).toBe(2);
  });

  it('is handed on again when it could not be dealt with', async () => {
    const posted = livekit.news(EVENT);
    const away = () => Promise.reject(new StoreUnavailable('away'));
    for (let times = 0; times < 3; times += 1) {
      await expect(post(posted, away)).rejects.toThrow(StoreUnavailable);
    }
    expect([await post(posted), await post(posted)]).toEqual([true, true]);
    expect(taken).toBe(4);
  });

  it('is handed on once when it comes many times at once, and all wait for what becomes of it', async () => {
    const deduplicator = new EventDeduplicator(clock);
    let fail: (error: Error) => void = () => undefined;
    const works = [() => new Promise<void>((_resolve, reject) => (fail = reject)), async () => undefined];
    for (const [turn, status] of (['rejected', 'fulfilled'] as const).entries()) {
      const work = () => {
        taken += 1;
        return works[turn]?.() ?? expect.unreachable();
      };
      const outcomes = Promise.allSettled(
        Array.from({ length: 5 }, () => deduplicator.runOnce('key', 1_000, work)),
      );
      expect(taken).toBe(turn + 1);
      fail(new StoreUnavailable('away'));
      expect((await outcomes).map((outcome) => outcome.status)).toEqual(Array(5).fill(status));
    }
    await deduplicator.runOnce('key', 1_000, () => Promise.reject(new Error('taken twice')));
  });

  it('is not known by what another server has signed', async () => {
    const { body } = livekit.news(EVENT);
    expect(await post({ body, authorization: 'nonsense' })).toBe(false);
    expect(taken).toBe(0);
  });

  it('is remembered for longer than it is signed for, whatever the wall clock does', async () => {
    const posted = livekit.news(EVENT);
    await post(posted);
    for (const jumpMs of [DAY_MS, -2 * DAY_MS]) {
      clock.jump(jumpMs);
      await post(posted);
    }
    await clock.advance(EVENT_REMEMBERED_MS);
    await post(posted);
    expect(taken).toBe(1);
    await clock.advance(1);
    await post(posted);
    expect(taken).toBe(2);
  });

  it('is remembered as long as it is signed for when that is longer', async () => {
    const posted = livekit.news(EVENT, '1d');
    await post(posted);
    await clock.advance(DAY_MS);
    await post(posted);
    expect(taken).toBe(1);
    await clock.advance(60_000);
    await post(posted);
    expect(taken).toBe(2);
  });
});
