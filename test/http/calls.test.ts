import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { callPage, mediaNewsTaken, telecallerPage } from '../../shared/contracts/calls.ts';
import { fault } from '../../shared/contracts/rest.ts';
import { readConfig } from '../../server/config.ts';
import type { Call } from '../../server/domain/call/call.ts';
import { openMedia } from '../../server/engines/media/index.ts';
import { StoreUnavailable } from '../../server/ports/errors.ts';
import { begun, moved } from '../contract/store/callScripts.ts';
import { startLiveKit, type TestLiveKit } from '../support/livekit.ts';
import { ManualClock } from '../support/manualClock.ts';
import { until } from '../support/processes.ts';
import { RecordedLog } from '../support/recordedLog.ts';
import { startTestServer, type TestServer } from '../support/server.ts';
import { openBench } from './bench.ts';

const AT_MS = Date.UTC(2025, 9, 27, 10);
const JANE = 15;
const SANA = 16;
const USERNAMES = { [JANE]: 'jane_smith', [SANA]: 'sana_noor' } as const;

async function ask(server: TestServer, path: string, username?: string) {
  const headers: Record<string, string> =
    username === undefined ? {} : { Authorization: `Bearer ${await server.token(username)}` };
  const response = await fetch(server.http + path, { headers });
  return { status: response.status, json: await response.json() };
}

const presenceOf = async (server: TestServer, telecallerId: number) =>
  (await server.engines.store.calls.telecaller(telecallerId))?.presence;

/** Both come, and the call rings at the telecaller's. */
async function ring(server: TestServer, caller: string, telecallerId: keyof typeof USERNAMES) {
  const token = await server.token(USERNAMES[telecallerId]);
  const telecaller = await server.connect(`/ws/telecaller/?token=${token}`);
  const user = await server.connect(`/ws/user/?token=${await server.token(caller)}`);
  await until(async () => expect(await presenceOf(server, telecallerId)).toBe('ONLINE'));
  user.send({ type: 'call:initiate', telecallerId: String(telecallerId), callType: 'VIDEO' });
  const callId = String((await telecaller.nextOf('call:incoming')).data?.['callId']);
  return { user, telecaller, callId };
}

/** They talk, and each side has the token for its room. */
async function talk(...asked: Parameters<typeof ring>) {
  const call = await ring(...asked);
  call.telecaller.send({ type: 'call:accept', callId: call.callId });
  const tokens: string[] = [];
  for (const side of [call.user, call.telecaller]) {
    // The document's shape; a token that is none is not let in.
    const { token } = (await side.nextOf('call:accepted')).data?.['livekit'] as { token: string };
    tokens.push(token);
  }
  return { ...call, tokens };
}

describe('[CA16] the list of calls', () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startTestServer();
  });
  afterAll(() => server.stop());

  const callsOf = async (username: string, query = '') => {
    const { status, json } = await ask(server, `/api/calls/${query}`, username);
    expect(status).toBe(200);
    return callPage.parse(json);
  };
  const begin = (callerId: number, telecallerId: number, createdAtMs = AT_MS): Promise<Call> =>
    begun(server.engines.store, callerId, telecallerId, { createdAtMs });

  it('is empty for those who had none, and tells their coins all the same', async () => {
    const nothing = { next: null, previous: null, results: [] };
    expect(await callsOf('buyer9')).toEqual({ ...nothing, coinBalance: 500 });
  });

  it('shows a call to both its sides, with what it cost, and to no one else', async () => {
    const { store } = server.engines;
    const accepted = await moved(store, await begin(1, JANE), 'accept', AT_MS + 5_999);
    await moved(store, accepted, 'end', AT_MS + 70_500);
    const listed = {
      callId: accepted.callId,
      callType: 'AUDIO',
      status: 'COMPLETED',
      caller: { _id: '1', name: 'Ayesha Khan', profile: 'avatar-1' },
      telecaller: { _id: '15', name: 'Jane Smith', profile: 'avatar-3' },
      createdAt: '2025-10-27T10:00:00Z',
      acceptedAt: '2025-10-27T10:00:05Z',
      endedAt: '2025-10-27T10:01:10Z',
      duration: 64,
      coins: 20,
    };
    expect(await callsOf('buyer1')).toMatchObject({ results: [listed], coinBalance: 480 });
    expect(await callsOf('jane_smith')).toMatchObject({ results: [listed], coinBalance: 0 });
    expect(await callsOf('buyer2')).toMatchObject({ results: [], coinBalance: 500 });
  });

  it('shows where a call is, and times only as far as it came', async () => {
    const { store } = server.engines;
    const rejected = await begin(3, SANA);
    const untold = { acceptedAt: null, endedAt: null, duration: 0, coins: 0 };
    expect((await callsOf('buyer3')).results).toMatchObject([{ status: 'RINGING', ...untold }]);
    await moved(store, rejected, 'reject', AT_MS + 1_000);
    const talking = await moved(store, await begin(3, SANA), 'accept', AT_MS + 2_000);
    expect((await callsOf('buyer3')).results).toMatchObject([
      { ...untold, callId: talking.callId, status: 'ACCEPTED', acceptedAt: '2025-10-27T10:00:02Z' },
      { ...untold, callId: rejected.callId, status: 'REJECTED', endedAt: '2025-10-27T10:00:01Z' },
    ]);
    await moved(store, talking, 'end', AT_MS + 3_000);
  });

  it('comes in pages, newest first', async () => {
    const made: string[] = [];
    for (let number = 0; number < 23; number += 1) {
      const call = await begin(4, SANA, AT_MS + number);
      await moved(server.engines.store, call, 'cancel', AT_MS + number);
      made.unshift(call.callId);
    }
    const ids = ({ results }: Awaited<ReturnType<typeof callsOf>>) => results.map(({ callId }) => callId);
    const first = await callsOf('buyer4');
    expect(first).toMatchObject({ previous: null, coinBalance: 500 });
    expect(ids(first)).toEqual(made.slice(0, 20));
    const second = await callsOf('buyer4', new URL(first.next ?? '').search);
    expect(ids(second)).toEqual(made.slice(20));
    expect(second).toMatchObject({ next: null, coinBalance: 500 });
    expect(ids(await callsOf('buyer4', new URL(second.previous ?? '').search))).toEqual(made.slice(0, 20));
    expect((await ask(server, '/api/calls/?page=2', 'buyer4')).status).toBe(400);
  });

  it.each(['/api/calls/', '/api/telecallers/', '/api/calls', '/api/telecallers'])(
    'and that of telecallers need a token: %s',
    async (path) => {
      const { status, json } = await ask(server, path);
      expect(status).toBe(401);
      fault.parse(json);
      expect((await ask(server, path, 'buyer1')).status).toBe(200);
    },
  );
});

describe('[CA16] the list of telecallers', () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startTestServer();
  });
  afterAll(() => server.stop());

  const telecallers = async (query = '') =>
    telecallerPage.parse((await ask(server, `/api/telecallers/${query}`, 'buyer1')).json);

  it('has those who are approved, newest first, and whether they can be called', async () => {
    const jane = {
      _id: '15',
      username: 'jane_smith',
      name: 'Jane Smith',
      profile: 'avatar-3',
      language: 'hindi',
      about: 'Experienced telecaller with 5 years of experience.',
      presence: 'OFFLINE',
    };
    const { results } = await telecallers();
    expect(results[1]).toEqual(jane);
    expect(results.map(({ username }) => username)).toEqual(['sana_noor', 'jane_smith']);

    await server.connect(`/ws/telecaller/?token=${await server.token('jane_smith')}`);
    await until(async () =>
      expect((await telecallers()).results).toMatchObject([{ presence: 'OFFLINE' }, { presence: 'ONLINE' }]),
    );
  });

  it('comes in pages', async () => {
    const older = await telecallers(`?before=${SANA}`);
    expect(older.results.map(({ username }) => username)).toEqual(['jane_smith']);
    expect(older.next).toBeNull();
    expect(new URL(older.previous ?? '').search).toBe(`?after=${JANE}`);
    expect((await ask(server, '/api/telecallers/?page=2', 'buyer1')).status).toBe(400);
  });
});

describe('news of the media server', () => {
  let livekit: TestLiveKit;
  let server: TestServer;
  beforeAll(async () => {
    livekit = await startLiveKit();
    server = await startTestServer({ ...livekit.settings, LIMIT_CALL_CONNECTIONS_PER_MINUTE: '0' });
  });
  beforeEach(() => livekit.answers('well'));
  afterAll(async () => {
    await server.stop();
    await livekit.stop();
  });

  const post = (body: string, authorization?: string) =>
    fetch(`${server.http}/livekit/webhook`, {
      method: 'POST',
      headers: {
        'Content-Type': 'application/webhook+json',
        ...(authorization === undefined ? {} : { Authorization: authorization }),
      },
      body,
    });
  const tell = async (event: object) => {
    const { body, authorization } = livekit.news(event);
    const answer = await post(body, authorization);
    expect(answer.status).toBe(200);
    mediaNewsTaken.parse(await answer.json());
  };
  const told = (event: string, callId: string, userId: number) =>
    tell({ event, room: { name: callId }, participant: { identity: String(userId) } });
  const awaited = async () => {
    const { deadlines } = server.engines.store;
    const all = await deadlines.of(['call_caller_absent', 'call_telecaller_absent']);
    return all.map(({ kind }) => kind).toSorted();
  };

  it('[CA14] [CA15] follows both sides into the room and out of it, and ends the call with it', async () => {
    const { telecaller, user, callId, tokens } = await talk(server, 'buyer1', JANE);
    expect(livekit.rooms.has(callId)).toBe(true);
    expect(await awaited()).toEqual(['call_caller_absent', 'call_telecaller_absent']);
    for (const token of tokens) await livekit.enter(token);
    expect(livekit.rooms.get(callId)).toEqual(new Set(['1', String(JANE)]));

    await told('participant_joined', callId, 1);
    expect(await awaited()).toEqual(['call_telecaller_absent']);
    await told('participant_joined', callId, JANE);
    expect(await awaited()).toEqual([]);
    await told('participant_left', callId, 1);
    expect(await awaited()).toEqual(['call_caller_absent']);

    await tell({ event: 'room_finished', room: { name: callId } });
    expect((await user.nextOf('call:ended')).data).toMatchObject({ callId });
    expect((await telecaller.nextOf('call:ended')).data).toMatchObject({ callId });
    expect(await awaited()).toEqual([]);
    await until(() => expect(livekit.rooms.has(callId)).toBe(false));
    telecaller.socket.terminate();
    await until(async () => expect(await presenceOf(server, JANE)).toBe('OFFLINE'));
  });

  it('[SA26] changes nothing when it is posted again', async () => {
    const { telecaller, user, callId, tokens } = await talk(server, 'buyer4', JANE);
    for (const token of tokens) await livekit.enter(token);
    const left = livekit.news({
      event: 'participant_left',
      room: { name: callId },
      participant: { identity: String(JANE) },
    });
    expect((await post(left.body, left.authorization)).status).toBe(200);
    await told('participant_joined', callId, JANE);
    expect(await awaited()).toEqual(['call_caller_absent']);
    const replay = await post(left.body, left.authorization);
    expect(replay.status).toBe(200);
    mediaNewsTaken.parse(await replay.json());
    expect(await awaited()).toEqual(['call_caller_absent']);
    user.send({ type: 'call:end', callId });
    await telecaller.nextOf('call:ended');
    telecaller.socket.terminate();
    await until(async () => expect(await presenceOf(server, JANE)).toBe('OFFLINE'));
  });

  it('[CA15] does not matter when nobody has signed it', async () => {
    const { telecaller, user, callId } = await talk(server, 'buyer2', SANA);
    const { body, authorization } = livekit.news({ event: 'room_finished', room: { name: callId } });
    for (const signature of [undefined, '', 'nonsense', `Bearer ${await server.token('buyer2')}`]) {
      const answer = await post(body, signature);
      expect(answer.status).toBe(401);
      expect(fault.parse(await answer.json())).toMatchObject({ code: 'invalid_signature' });
    }
    expect((await post(`${body} `, authorization)).status).toBe(401);
    expect((await server.engines.store.calls.byCallId(callId))?.status).toBe('ACCEPTED');
    expect(await awaited()).toEqual(['call_caller_absent', 'call_telecaller_absent']);
    user.send({ type: 'call:end', callId });
    await telecaller.nextOf('call:ended');
  });

  it('[CA15] is taken also where nothing follows from it', async () => {
    await told('participant_left', 'no such call', 1);
    await tell({ event: 'room_finished', room: { name: 'no such call' } });
    await tell({ event: 'egress_started' });
  });

  it('[CA15] may be as long as any other body, and is only posted', async () => {
    const { body, authorization } = livekit.news({ event: 'room_started', padding: 'x'.repeat(70_000) });
    expect((await post(body, authorization)).status).toBe(413);
    const answer = await fetch(`${server.http}/livekit/webhook`);
    expect(answer.status).toBe(405);
    expect(answer.headers.get('allow')).toBe('POST');
  });

  it('[CA14] no call is accepted without its room', async () => {
    livekit.answers(500);
    const { telecaller, user, callId } = await ring(server, 'buyer3', JANE);
    telecaller.send({ type: 'call:accept', callId });
    expect(await telecaller.nextOf('call:error')).toMatchObject({ data: { code: 'room_unavailable' } });
    livekit.answers('well');
    telecaller.send({ type: 'call:accept', callId });
    await telecaller.nextOf('call:accepted');
    user.send({ type: 'call:end', callId });
    await telecaller.nextOf('call:ended');
  });
});

describe('[CA15] news of the media server', () => {
  const event = { event: 'room_finished', room: { name: 'x' } };

  it('[SA26] is to be told again while the store is away, and is taken once when it is back', async () => {
    const livekit = await startLiveKit();
    const heard: unknown[] = [];
    let isAway = true;
    const bench = await openBench({
      media: openMedia(readConfig(livekit.settings), new RecordedLog(), new ManualClock(Date.now())),
      calls: {
        mediaChanged: async (news) => {
          if (isAway) throw new StoreUnavailable('away');
          heard.push(news);
        },
      },
    });
    const { body, authorization } = livekit.news(event);
    const post = () => bench.ask('/livekit/webhook', { headers: { Authorization: authorization }, body });
    const { status, json } = await post();
    expect(status).toBe(503);
    expect(fault.parse(json)).toMatchObject({ code: 'unavailable' });
    isAway = false;
    for (let times = 0; times < 3; times += 1) {
      const again = await post();
      expect(again.status).toBe(200);
      mediaNewsTaken.parse(again.json);
    }
    expect(heard).toEqual([{ kind: 'finished', roomName: 'x' }]);
    await bench.close();
    await livekit.stop();
  });

  it('goes nowhere where calls are off', async () => {
    const bench = await openBench({ media: null, calls: null });
    expect((await bench.ask('/livekit/webhook', { json: event })).status).toBe(404);
    await bench.close();
  });

  it('[CA23] is not needed to end a call to whose room no one came, which costs nothing', async () => {
    const livekit = await startLiveKit();
    const server = await startTestServer({ ...livekit.settings, LIMIT_CALL_ABSENT_MS: '100' });
    const { telecaller, user, callId } = await ring(server, 'buyer1', JANE);
    telecaller.send({ type: 'call:accept', callId });
    expect((await user.nextOf('call:ended')).data).toMatchObject({ callId, coins: 0 });
    expect((await telecaller.nextOf('call:ended')).data).toMatchObject({ callId });
    await until(() => expect(livekit.rooms.size).toBe(0));
    await server.stop();
    await livekit.stop();
  });
});
