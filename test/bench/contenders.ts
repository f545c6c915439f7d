import { NO_RATES } from '../support/limits.ts';
import { program, ServerHome } from '../support/serverProcess.ts';
import { Child, COLLECTING } from './child.ts';
import type { BenchEnvironment } from './environment.ts';

/** The servers there are: `ringside-bull` is Ringside with Bull on Redis, `socket.io` Socket.IO as most use it. */
export type ServerName = 'ringside' | 'ringside-bull' | 'bare' | 'plain' | 'socket.io';

/** Who can take part; `raw` is the database without any server. */
export type ContenderName = ServerName | 'raw';

/** A server that runs. */
export interface Contender {
  readonly pid: number;
  readonly port: number;
  /** Its database; `null` when it has none. */
  readonly databaseUrl: string | null;
  /** The last that it logged. */
  lastWords(): string;
  stop(): Promise<void>;
}

const LAST_CHARACTERS = 4_000;

/** Ringside as it is for real load, without the limits that would stop this one. */
const RINGSIDE = {
  NODE_ENV: 'production',
  LOG_LEVEL: 'warn',
  TRANSPORT: 'uws',
  ...NO_RATES,
  LIMIT_LANE_COMMANDS: '0',
};

/** Starts a server in a process of its own; with a profile of its processor time where a folder is given. */
export async function startContender(
  environment: BenchEnvironment,
  name: ServerName,
  profileFolder: string | null,
): Promise<Contender> {
  switch (name) {
    case 'ringside':
      return startRingside(environment, {}, profileFolder);
    case 'ringside-bull':
      return startRingside(environment, { REDIS_URL: await environment.redisUrl() }, profileFolder);
    case 'bare': {
      const settings = { startingPrice: environment.startingPrice };
      return ofChild(await Child.start('servers/bare.ts', settings), null);
    }
    case 'plain': {
      const settings = { databaseUrl: environment.plainUrl, secret: environment.secret };
      return ofChild(await Child.start('servers/plain.ts', settings), environment.plainUrl);
    }
    case 'socket.io':
      return ofChild(await Child.start('servers/socketIo.ts'), null);
  }
}

async function startRingside(
  environment: BenchEnvironment,
  settings: Readonly<Record<string, string>>,
  profileFolder: string | null,
): Promise<Contender> {
  const databaseUrl = environment.ringsideUrl;
  const home = await ServerHome.open({
    ...RINGSIDE,
    DATABASE_URL: databaseUrl,
    SMTP_URL: environment.smtpUrl,
    ...settings,
  });
  const { words, folder } = program('main');
  const profiling = profileFolder === null ? [] : ['--cpu-prof', `--cpu-prof-dir=${profileFolder}`];
  try {
    const server = await home.start({}, { words: [...COLLECTING, ...profiling, ...words], folder });
    return {
      pid: server.pid,
      port: server.port,
      databaseUrl,
      lastWords: () => `${server.output.stdout}${server.output.stderr}`.slice(-LAST_CHARACTERS),
      stop: async () => {
        // A profile is written at an orderly end only.
        if (profileFolder !== null && server.isRunning) await server.stop();
        await home.remove();
      },
    };
  } catch (error) {
    await home.remove();
    throw error;
  }
}

function ofChild(child: Child<{ readonly port: number }>, databaseUrl: string | null): Contender {
  const { pid, ready } = child;
  // It shares our standard error.
  return { pid, port: ready.port, databaseUrl, lastWords: () => '', stop: () => child.stop() };
}
