import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { readConfig } from '../../server/config.ts';
import { openMedia } from '../../server/engines/media/index.ts';
import type { Media, MediaEvent, RoomEntry } from '../../server/ports/media.ts';
import { startLiveKit } from '../support/livekit.ts';
import { findLiveKit, type LiveKitProgram, startLiveKitProgram } from '../support/livekitServer.ts';
import { ManualClock } from '../support/manualClock.ts';
import { until } from '../support/processes.ts';
import { RecordedLog } from '../support/recordedLog.ts';
import { RoomGuests } from '../support/roomGuests.ts';

/** A media server, and how its rooms are entered. */
interface MediaServer {
  readonly settings: Readonly<Record<string, string>>;
  /** Rejects when the token does not let in. */
  enter(token: string): Promise<unknown>;
  stop(): Promise<void>;
}

const program = findLiveKit();

/** What other tests have in place of LiveKit. */
async function startStub(): Promise<MediaServer> {
  const stub = await startLiveKit();
  return { settings: stub.settings, enter: (token) => stub.enter(token), stop: () => stub.stop() };
}

async function startReal(found: string): Promise<MediaServer> {
  const [livekit, guests] = [await startLiveKitProgram(found), new RoomGuests()];
  return {
    settings: livekit.settings,
    enter: (token) => guests.enter(livekit.url, token),
    stop: async () => {
      await guests.stop();
      await livekit.stop();
    },
  };
}

function mediaOf(settings: Readonly<Record<string, string>>): Media {
  // The SDK looks at the machine's clock.
  const media = openMedia(readConfig(settings), new RecordedLog(), new ManualClock(Date.now()));
  return media ?? expect.unreachable('there is no media');
}

/** That a user enters that room with a microphone. */
function entryOf(roomName: string, userId: number): RoomEntry {
  return { roomName, userId, displayName: `user ${userId}`, hasVideo: false };
}

const SERVERS = [
  { name: 'its stub', start: startStub },
  ...(program === null ? [] : [{ name: 'livekit-server', start: () => startReal(program) }]),
];

describe.each(SERVERS)('[CA26] what calls need of $name', ({ start }) => {
  let server: MediaServer;
  let media: Media;
  let rooms = 0;
  let callId: string;
  beforeAll(async () => {
    server = await start();
    media = mediaOf(server.settings);
  });
  beforeEach(() => {
    rooms += 1;
    callId = `room${rooms}`;
  });
  afterAll(() => server.stop());

  const enter = async (id: number, room = callId) => {
    const { token } = await media.credentials(entryOf(room, id));
    return server.enter(token);
  };

  it('[CA14] a room is made, made again, and closed; one that there is none of is closed already', async () => {
    expect([await media.openRoom(callId), await media.openRoom(callId)]).toEqual([true, true]);
    expect(await media.closeRoom(callId)).toEqual({ kind: 'sent' });
    expect(await media.closeRoom(callId)).toEqual({ kind: 'sent' });
  });

  it('[CA13] [CA14] two people enter a room by their tokens, and no third', async () => {
    await media.openRoom(callId);
    await enter(1);
    await enter(15);
    await expect(enter(2)).rejects.toThrow();
    expect((await media.participants(callId))?.toSorted()).toEqual([1, 15].toSorted());
  });

  it('[CA13] a token opens the room that it names', async () => {
    await media.openRoom(callId);
    await enter(1, `other than ${callId}`);
    expect(await media.participants(callId)).toEqual([]);
    expect(await media.participants(`other than ${callId}`)).toEqual([1]);
  });

  it('[CA15] no one is in a room that there is none of, and in one that is closed', async () => {
    expect(await media.participants(callId)).toEqual([]);
    await media.openRoom(callId);
    await enter(1);
    await media.closeRoom(callId);
    expect(await media.participants(callId)).toEqual([]);
  });

  it('[CA27] a room that is closed is there again for a token that is still good', async () => {
    await media.openRoom(callId);
    await media.closeRoom(callId);
    await enter(1);
    expect(await media.participants(callId)).toEqual([1]);
  });

  it('[CA14] who signs with another secret is refused', async () => {
    const secret = 'a secret that the server does not know';
    const stranger = mediaOf({ ...server.settings, LIVEKIT_API_SECRET: secret });
    expect(await stranger.openRoom(callId)).toBe(false);
    expect(await stranger.closeRoom(callId)).toMatchObject({ kind: 'rejected' });
    expect(await stranger.participants(callId)).toBeNull();
    const { token } = await stranger.credentials(entryOf(callId, 1));
    await expect(server.enter(token)).rejects.toThrow();
  });
});

describe.skipIf(program === null)('[CA26] the events that livekit-server posts', () => {
  const CALL_ID = '507f1f77bcf86cd799439081';
  let livekit: LiveKitProgram;
  let guests: RoomGuests;
  beforeAll(async () => {
    livekit = await startLiveKitProgram(program ?? '');
    guests = new RoomGuests();
  });
  afterAll(async () => {
    await guests.stop();
    await livekit.stop();
  });

  it('[CA15] [SA26] are handled, each once: coming, leaving, and the end of the room', async () => {
    const media = mediaOf(livekit.settings);
    await media.openRoom(CALL_ID);
    for (const id of [1, 15]) {
      const { token } = await media.credentials({ ...entryOf(CALL_ID, id), hasVideo: true });
      const guest = await guests.enter(livekit.url, token);
      if (id === 1) await guest.leave();
    }
    await until(() => expect(posted()).toContain('participant_joined 15'));
    await media.closeRoom(CALL_ID);
    const expected = [
      'room_started',
      'participant_joined 1',
      'participant_left 1',
      'participant_joined 15',
      'participant_left 15',
      'room_finished',
    ];
    await until(() => expect(posted().toSorted()).toEqual(expected.toSorted()));

    const events: MediaEvent[] = [];
    for (let times = 0; times < 2; times += 1) {
      for (const { body, authorization } of livekit.deliveriesOf(CALL_ID)) {
        expect(await media.handleWebhook(body, authorization, async (event) => void events.push(event))).toBe(
          true,
        );
        expect(await media.handleWebhook(`${body} `, authorization, () => expect.unreachable())).toBe(false);
      }
    }
    expect(events.map((event) => JSON.stringify(event)).toSorted()).toEqual(
      [
        { kind: 'other' },
        { kind: 'joined', roomName: CALL_ID, userId: 1 },
        { kind: 'left', roomName: CALL_ID, userId: 1 },
        { kind: 'joined', roomName: CALL_ID, userId: 15 },
        { kind: 'left', roomName: CALL_ID, userId: 15 },
        { kind: 'finished', roomName: CALL_ID },
      ]
        .map((event) => JSON.stringify(event))
        .toSorted(),
    );
  });

  const posted = () => livekit.deliveriesOf(CALL_ID).map(({ about }) => about);
});
