import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ConfigError, readConfig } from '../../server/config.ts';
import { mediaNotice, openMedia } from '../../server/engines/media/index.ts';
import type { Media, MediaEvent } from '../../server/ports/media.ts';
import { readToken, startLiveKit, type TestLiveKit } from '../support/livekit.ts';
import { ManualClock } from '../support/manualClock.ts';
import { RecordedLog } from '../support/recordedLog.ts';

const CALL_ID = '507f1f77bcf86cd799439081';
const PRODUCTION = { NODE_ENV: 'production', JWT_SECRET: 'sixteen characters' };

let livekit: TestLiveKit;
let log: RecordedLog;
let media: Media;
let clock: ManualClock;

const open = (environment: Readonly<Record<string, string>>) =>
  openMedia(readConfig(environment), log, clock);
const opened = (environment: Readonly<Record<string, string>>) =>
  open(environment) ?? expect.unreachable('there is no media');

beforeEach(async () => {
  livekit = await startLiveKit();
  log = new RecordedLog();
  // The SDK looks at the machine's clock.
  clock = new ManualClock(Date.now());
  media = opened(livekit.settings);
});
afterEach(() => livekit.stop());

const payloadOf = (token: string): unknown =>
  JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString());

/** The event in what was posted; `null` when it is not from the media server, or was handed on before. */
async function eventIn(from: Media, body: string, authorization: string): Promise<MediaEvent | null> {
  const handedOn: MediaEvent[] = [];
  const isTaken = await from.handleWebhook(body, authorization, async (event) => {
    handedOn.push(event);
  });
  expect(isTaken || handedOn.length === 0).toBe(true);
  return handedOn[0] ?? null;
}

describe('[CA13] what a side of a call enters its room with', () => {
  const credentials = (type: 'AUDIO' | 'VIDEO') =>
    media.credentials({
      roomName: CALL_ID,
      userId: 31,
      displayName: 'Jane Smith',
      hasVideo: type === 'VIDEO',
    });

  it('names the server and the room of that call', async () => {
    expect(await credentials('AUDIO')).toMatchObject({ url: livekit.url, roomName: CALL_ID });
  });

  it.each([
    ['AUDIO', ['microphone']],
    ['VIDEO', ['microphone', 'camera']],
  ] as const)(
    'lets one person into one room, to send and to hear %s and nothing else',
    async (type, sources) => {
      const { token } = await credentials(type);
      expect(readToken(token)).toEqual({
        iss: livekit.settings['LIVEKIT_API_KEY'],
        nbf: expect.any(Number) as number,
        exp: expect.any(Number) as number,
        sub: '31',
        name: 'Jane Smith',
        video: {
          room: CALL_ID,
          roomJoin: true,
          canPublish: true,
          canPublishSources: sources,
          canPublishData: false,
          canSubscribe: true,
        },
      });
    },
  );

  it('is good for five minutes', async () => {
    const { nbf, exp } = readToken((await credentials('AUDIO')).token);
    expect(exp - nbf).toBe(300);
    expect(Math.abs(nbf - Date.now() / 1000)).toBeLessThan(60);
  });

  it('opens no other room, and none for somebody else', async () => {
    await media.openRoom(CALL_ID);
    await livekit.enter((await credentials('AUDIO')).token);
    expect([...livekit.rooms]).toEqual([[CALL_ID, new Set(['31'])]]);
    const { token } = await media.credentials({
      roomName: 'another',
      userId: 31,
      displayName: 'Jane Smith',
      hasVideo: false,
    });
    await livekit.enter(token);
    expect(livekit.rooms.get(CALL_ID)).toEqual(new Set(['31']));
  });
});

describe('[CA14] a room', () => {
  it('is made for two at most, and goes away a minute after the last has left', async () => {
    expect(media.hasRooms).toBe(true);
    expect(await media.openRoom(CALL_ID)).toBe(true);
    expect(livekit.received).toEqual([
      {
        method: 'CreateRoom',
        body: { name: CALL_ID, maxParticipants: 2, emptyTimeout: 60, departureTimeout: 60 },
      },
    ]);
  });

  it('may be made again', async () => {
    await media.openRoom(CALL_ID);
    expect(await media.openRoom(CALL_ID)).toBe(true);
    expect([...livekit.rooms.keys()]).toEqual([CALL_ID]);
  });

  it.each([500, 503, 404, 400, 429, 'hang-up'] as const)(
    'is not made when the server answers %s, and the log says so without a secret',
    async (answer) => {
      livekit.answers(answer);
      expect(await media.openRoom(CALL_ID)).toBe(false);
      const fault = answer === 'hang-up' ? 'cannot be reached: UND_ERR_SOCKET' : `answered ${answer}`;
      expect(log.lines).toEqual([
        { level: 'warn', message: 'the media server has made no room', fields: { callId: CALL_ID, fault } },
      ]);
    },
  );

  it('is not made, closed or looked into while the server is down', async () => {
    await livekit.stop();
    expect(await media.openRoom(CALL_ID)).toBe(false);
    expect(await media.closeRoom(CALL_ID)).toEqual({
      kind: 'retry',
      error: 'the media server cannot be reached: ECONNREFUSED',
    });
    expect(await media.participants(CALL_ID)).toBeNull();
    await livekit.start();
    expect(await media.openRoom(CALL_ID)).toBe(true);
  });

  it('is waited for three seconds', async () => {
    livekit.answers('never');
    const all = Promise.all([media.openRoom(CALL_ID), media.closeRoom(CALL_ID), media.participants(CALL_ID)]);
    const late = 'the media server did not answer within 3 s';
    expect(await all).toEqual([false, { kind: 'retry', error: late }, null]);
  });

  it('is closed, and is closed already where there is none', async () => {
    await media.openRoom(CALL_ID);
    expect(await media.closeRoom(CALL_ID)).toEqual({ kind: 'sent' });
    expect(livekit.rooms.size).toBe(0);
    expect(await media.closeRoom(CALL_ID)).toEqual({ kind: 'sent' });
    expect(livekit.received.map(({ method }) => method)).toEqual(['CreateRoom', 'DeleteRoom', 'DeleteRoom']);
  });

  it.each([
    [500, 'retry'],
    [503, 'retry'],
    [429, 'retry'],
    [408, 'retry'],
    [400, 'rejected'],
    [401, 'rejected'],
    [403, 'rejected'],
  ] as const)('that cannot be closed because of %i: %s', async (status, kind) => {
    livekit.answers(status);
    expect(await media.closeRoom(CALL_ID)).toEqual({ kind, error: `the media server answered ${status}` });
  });

  it('is refused to those who sign with another secret', async () => {
    const stranger = opened({ ...livekit.settings, LIVEKIT_API_SECRET: 'a secret of somebody else' });
    expect(await stranger.openRoom(CALL_ID)).toBe(false);
    expect(await stranger.closeRoom(CALL_ID)).toMatchObject({ kind: 'rejected' });
    expect(await stranger.participants(CALL_ID)).toBeNull();
    expect(livekit.received).toEqual([]);
  });

  it('says who is in it, users only', async () => {
    expect(await media.participants(CALL_ID)).toEqual([]);
    await media.openRoom(CALL_ID);
    expect(await media.participants(CALL_ID)).toEqual([]);
    for (const id of [9, 31]) {
      const { token } = await media.credentials({
        roomName: CALL_ID,
        userId: id,
        displayName: `user ${id}`,
        hasVideo: false,
      });
      await livekit.enter(token);
    }
    expect(await media.participants(CALL_ID)).toEqual([9, 31]);
    livekit.leave(CALL_ID, 9);
    expect(await media.participants(CALL_ID)).toEqual([31]);
  });

  it('that the server does not speak of is logged once, until it speaks again', async () => {
    for (const answer of [500, 500, 'well', 500] as const) {
      livekit.answers(answer);
      await media.participants(CALL_ID);
    }
    expect(log.messages('warn')).toEqual(Array(2).fill('the media server does not say who is in a room'));
  });
});

describe('[CA15] news of the media server', () => {
  const room = { name: CALL_ID };
  const read = (event: object) => {
    const { body, authorization } = livekit.news(event);
    return eventIn(media, body, authorization);
  };

  it.each([
    ['participant_joined', { kind: 'joined', roomName: CALL_ID, userId: 31 }],
    ['participant_left', { kind: 'left', roomName: CALL_ID, userId: 31 }],
    ['room_finished', { kind: 'finished', roomName: CALL_ID }],
    ['participant_connection_aborted', { kind: 'other' }],
    ['room_started', { kind: 'other' }],
    ['track_published', { kind: 'other' }],
    ['something_new', { kind: 'other' }],
  ])('is read: %s', async (event, news) => {
    expect(await read({ event, room, participant: { identity: '31', state: 'ACTIVE' } })).toEqual(news);
  });

  it.each([
    ['a recorder', { event: 'participant_left', room, participant: { identity: 'EG_recorder' } }],
    ['a number that no user has', { event: 'participant_left', room, participant: { identity: '007' } }],
    ['nobody', { event: 'participant_joined', room }],
    ['no room', { event: 'room_finished' }],
  ])('of %s does not matter', async (_what, event) => {
    expect(await read(event)).toEqual({ kind: 'other' });
  });

  it('may hold what is not known yet', async () => {
    expect(await read({ event: 'room_finished', room: { ...room, mood: 'good' }, weather: [1] })).toEqual({
      kind: 'finished',
      roomName: CALL_ID,
    });
  });

  it('counts only as it was signed', async () => {
    const { body, authorization } = livekit.news({ event: 'room_finished', room });
    const other = livekit.news({ event: 'room_finished', room: { name: 'another' } });
    const { token } = await media.credentials({
      roomName: CALL_ID,
      userId: 31,
      displayName: 'Jane Smith',
      hasVideo: false,
    });
    expect(await eventIn(media, body, authorization)).not.toBeNull();
    for (const signature of ['', 'nonsense', other.authorization, token, `${authorization}x`]) {
      expect(await eventIn(media, body, signature), signature).toBeNull();
    }
    expect(await eventIn(media, `${body} `, authorization)).toBeNull();
    const stranger = opened({ ...livekit.settings, LIVEKIT_API_SECRET: 'a secret of somebody else' });
    expect(await eventIn(stranger, body, authorization)).toBeNull();
  });

  it.each([{ event: 'room_finished', room: 7 }, { event: { no: 'event' } }, { room: { name: [] } }])(
    'is nothing when it is malformed, although it is signed: %o',
    async (event) => {
      expect(await read(event)).toBeNull();
    },
  );
});

describe('what calls stand on', () => {
  it('[CA14] is the development key of LiveKit in development, and its tokens only', async () => {
    const local = opened({});
    expect(local.hasRooms).toBe(false);
    const entry = { roomName: CALL_ID, userId: 31, displayName: 'Jane Smith', hasVideo: false };
    const { token, url, roomName } = await local.credentials(entry);
    expect({ url, roomName }).toEqual({ url: 'ws://localhost:7880', roomName: CALL_ID });
    expect(payloadOf(token)).toMatchObject({ iss: 'devkey', sub: '31', video: { room: CALL_ID } });
    expect(await local.openRoom(CALL_ID)).toBe(true);
    expect(await local.closeRoom(CALL_ID)).toEqual({ kind: 'sent' });
    expect(await local.participants(CALL_ID)).toEqual([]);
  });

  it('[CA15] believes no news that is signed with a key that everybody knows', async () => {
    const { body, authorization } = livekit.news({ event: 'room_finished', room: { name: CALL_ID } });
    expect(await eventIn(opened({}), body, authorization)).toBeNull();
  });

  it('[CA14] is nothing in production without a media server', () => {
    expect(open(PRODUCTION)).toBeNull();
    expect(open({ ...PRODUCTION, ...livekit.settings })).not.toBeNull();
  });

  it('[CA14] is said in one line, where there is no media server', () => {
    expect(mediaNotice(readConfig(PRODUCTION))).toBe('calls are off: LIVEKIT_URL is not set');
    expect(mediaNotice(readConfig({}))).toContain('development key');
    expect(mediaNotice(readConfig(livekit.settings))).toBeNull();
  });

  it.each([
    ['LIVEKIT_URL', { LIVEKIT_URL: 'https://media.example' }],
    ['LIVEKIT_URL', { LIVEKIT_URL: 'wss://key:hidden@media.example' }],
    ['LIVEKIT_API_KEY', { LIVEKIT_URL: 'wss://media.example', LIVEKIT_API_SECRET: 'hidden' }],
    ['LIVEKIT_API_SECRET', { LIVEKIT_URL: 'wss://media.example', LIVEKIT_API_KEY: 'key' }],
    ['LIVEKIT_URL', { LIVEKIT_API_KEY: 'key', LIVEKIT_API_SECRET: 'hidden' }],
    ['CALL_AUDIO_COINS_PER_MINUTE', { CALL_AUDIO_COINS_PER_MINUTE: '-1' }],
    ['CALL_VIDEO_COINS_PER_MINUTE', { CALL_VIDEO_COINS_PER_MINUTE: '1.5' }],
  ])('[CM3] is refused by name at the start: %s', (name, environment) => {
    expect(() => readConfig(environment)).toThrow(ConfigError);
    expect(() => readConfig(environment)).toThrow(new RegExp(`^${name}: `));
    expect(() => readConfig(environment)).not.toThrow('hidden');
  });

  it('[CA10] costs what the settings say', () => {
    expect(readConfig({}).callRates).toEqual({ AUDIO: 10, VIDEO: 20 });
    const free = { CALL_AUDIO_COINS_PER_MINUTE: '0', CALL_VIDEO_COINS_PER_MINUTE: '7' };
    expect(readConfig(free).callRates).toEqual({ AUDIO: 0, VIDEO: 7 });
  });
});
