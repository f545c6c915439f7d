import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readConfig } from '../../server/config.ts';
import { openMedia } from '../../server/engines/media/index.ts';
import type { Media } from '../../server/ports/media.ts';
import { startLiveKit, type TestLiveKit } from '../support/livekit.ts';
import { until } from '../support/processes.ts';
import { RecordedLog } from '../support/recordedLog.ts';
import { type OutboxProcess, OutboxHarness } from './outboxHarness.ts';

const CALL_ID = '507f1f77bcf86cd799439081';

describe('[CA14] the room of a call that is over', () => {
  let harness: OutboxHarness;
  let livekit: TestLiveKit;
  let media: Media;
  beforeEach(async () => {
    [harness, livekit] = await Promise.all([OutboxHarness.open(), startLiveKit()]);
    media = openMedia(readConfig(livekit.settings), new RecordedLog(), harness.clock) ?? expect.unreachable();
  });
  afterEach(async () => {
    await harness.close();
    await livekit.stop();
  });

  const rows = () => harness.rows('SELECT status, attempts, last_error FROM outbox ORDER BY id');
  const settled = (process: OutboxProcess, ...attempts: string[]) =>
    until(async () => {
      expect(process.attempts).toEqual(attempts);
      expect(await harness.store.outbox.depth()).toBe(0);
    });

  it('is closed once', async () => {
    await media.openRoom(CALL_ID);
    await harness.endCall(CALL_ID);
    await settled(harness.start({ media }), 'sent');
    expect(livekit.received.slice(1)).toEqual([{ method: 'DeleteRoom', body: { room: CALL_ID } }]);
    expect(livekit.rooms.size).toBe(0);
    expect(await rows()).toEqual([['sent', 0, null]]);
  });

  it('may have gone away by itself', async () => {
    await harness.endCall(CALL_ID);
    await settled(harness.start({ media }), 'sent');
    expect(livekit.received).toHaveLength(1);
  });

  it.each([500, 429, 'hang-up'] as const)(
    'is closed later after %s, at the times of the outbox',
    async (answer) => {
      livekit.answers(answer);
      await harness.endCall(CALL_ID);
      const process = harness.start({ media });
      // The jitter of the manual clock makes each pause 7/8 of its full length.
      expect(await harness.advanceToRetry(process, livekit.received, 2)).toBe(875);
      livekit.answers('well');
      expect(await harness.advanceToRetry(process, livekit.received, 3)).toBe(2 * 875);
      await settled(process, 'retried', 'retried', 'sent');
      expect(process.log.messages('warn')).toEqual(Array(2).fill("a room's end is put off"));
    },
  );

  it('is closed when the media server is back', async () => {
    await media.openRoom(CALL_ID);
    await livekit.stop();
    await harness.endCall(CALL_ID);
    const process = harness.start({ media });
    await until(() => expect(process.attempts).toEqual(['retried']));
    await livekit.start();
    await harness.advanceToRetry(process, livekit.received, 2);
    await settled(process, 'retried', 'sent');
    expect(livekit.rooms.size).toBe(0);
  });

  it('is given up for all to see when the media server refuses', async () => {
    livekit.answers(403);
    await harness.endCall(CALL_ID);
    const process = harness.start({ media });
    await settled(process, 'given_up');
    const error = 'the media server answered 403';
    expect(process.log.lines.filter(({ level }) => level === 'error')).toMatchObject([
      { message: "a room's end is given up", fields: { callId: CALL_ID, error } },
    ]);
    expect(await rows()).toEqual([['failed', 1, error]]);
  });

  it('is closed after the settings have named the media server again', async () => {
    await harness.endCall(CALL_ID);
    const process = harness.start();
    await until(() => expect(process.attempts).toEqual(['retried']));
    await process.stop();
    expect(await rows()).toEqual([['pending', 1, 'LIVEKIT_URL is not set']]);
    await harness.clock.advance(1_000);
    await settled(harness.start({ media }), 'sent');
  });
});
