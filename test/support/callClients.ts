import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect } from 'vitest';
import type { TestClient } from './client.ts';
import { until } from './processes.ts';
import { startTestServer, type TestServer } from './server.ts';
import { NO_RATES } from './limits.ts';

/** The demo's telecallers, as the document writes them. */
export const JANE = { _id: '15', name: 'Jane Smith', profile: 'avatar-3' };
export const SANA = { _id: '16', name: 'Sana Noor', profile: 'avatar-7' };
/** One of the demo's buyers. */
export const AYESHA = { _id: '1', name: 'Ayesha Khan', profile: 'avatar-1' };

/** A server with connections for calls. */
export interface CallServer extends TestServer {
  /** Where the database is, for what is to be done past the server. */
  readonly databaseUrl: string;
  /** A user who hears of telecallers from now on. */
  user(username: string): Promise<TestClient>;
  /** A telecaller who can be called from now on. */
  telecaller(username: string): Promise<TestClient>;
}

/** Starts a server under these settings, without the limits that tests would reach by chance. */
export async function startCallServer(settings: Record<string, string> = {}): Promise<CallServer> {
  const folder = await mkdtemp(join(tmpdir(), 'ringside-calls-'));
  const databaseUrl = pathToFileURL(join(folder, 'ringside.sqlite')).href;
  const server = await startTestServer({
    DATABASE_URL: databaseUrl,
    ...NO_RATES,
    LIMIT_CALL_CONNECTIONS_PER_MINUTE: '0',
    LIMIT_CALL_INITIATES_PER_MINUTE: '0',
    ...settings,
  });
  const connect = async (path: string, username: string) => {
    const client = await server.connect(`${path}?token=${await server.token(username)}`);
    await client.settle();
    return client;
  };
  return {
    ...server,
    databaseUrl,
    stop: async () => {
      await server.stop();
      await rm(folder, { recursive: true, force: true });
    },
    user: (username) => connect('/ws/user/', username),
    telecaller: async (username) => {
      const client = await connect('/ws/telecaller/', username);
      const { accounts, calls } = server.engines.store;
      const account = await accounts.byUsername(username);
      await until(async () => {
        const telecaller = await calls.telecaller(account?.id ?? 0);
        expect(telecaller?.presence).not.toBe('OFFLINE');
      });
      return client;
    },
  };
}

/** Sends an event as the document has it. */
export function emit(client: TestClient, type: string, data: object, id?: string): void {
  client.send({ type, data, ...(id === undefined ? {} : { id }) });
}

/** The user calls the telecaller of that id; resolves with the call's id once it rings at the user's. */
export async function call(user: TestClient, telecallerId: string, callType = 'AUDIO'): Promise<string> {
  emit(user, 'call:initiate', { telecallerId, callType });
  const { data } = await user.nextOf('call:ringing');
  return String(data?.['callId']);
}

/** The names of what a connection was told of calls, in order. */
export function toldOfCalls(client: TestClient): string[] {
  return client.frames.map(({ type }) => type).filter((type) => type.startsWith('call:'));
}
