import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { systemClock } from '../../../server/engines/clock/systemClock.ts';
import { createContext } from '../../../server/engines/transport/context.ts';
import { openTransport } from '../../../server/engines/transport/index.ts';
import { listenOnceFree } from '../../../server/engines/transport/listening.ts';
import { EngineUnavailable } from '../../../server/ports/errors.ts';
import { freePort } from '../../support/processes.ts';
import { RecordedLog } from '../../support/recordedLog.ts';
import { hasUws } from '../../support/transports.ts';
import { bufferContract } from './buffers.ts';
import { closingContract } from './closing.ts';
import { faultContract } from './faults.ts';
import { httpContract } from './http.ts';
import { lifecycleContract } from './lifecycle.ts';
import { limitContract } from './limits.ts';
import { messageContract } from './messages.ts';
import { socketIoContract } from './socketIo.ts';
import { socketIoEndContract } from './socketIoEnds.ts';
import { type CreateTransport, HARNESS_LIMITS } from './transportHarness.ts';
import { floodContract } from './floods.ts';
import { smugglingContract } from './smuggling.ts';
import { unfinishedContract } from './unfinished.ts';
import { upgradeContract } from './upgrades.ts';

describe.skipIf(!hasUws)('[PO2] the uws transport', () => {
  transportContract((limits, log = new RecordedLog(), clock = systemClock) =>
    openTransport('uws', limits, log, clock),
  );
});

describe('[PO2] the ws transport', () => {
  const create: CreateTransport = (limits, log = new RecordedLog(), clock = systemClock) =>
    openTransport('ws', limits, log, clock);
  transportContract(create);
  unfinishedContract(create);
});

function transportContract(create: CreateTransport): void {
  upgradeContract(create);
  messageContract(create);
  limitContract(create);
  closingContract(create);
  httpContract(create);
  lifecycleContract(create);
  socketIoContract(create);
  socketIoEndContract(create);
  faultContract(create);
  floodContract(create);
  bufferContract(create);
  smugglingContract(create);
}

describe('a port that is listened on', () => {
  it('[SA21] is refused with a reason when it does not answer', async () => {
    const port = await freePort();
    const context = createContext(HARNESS_LIMITS, new RecordedLog(), systemClock);
    const listening = listenOnceFree('127.0.0.1', port, () => Promise.resolve({ port }), context);
    await expect(listening).rejects.toThrow(EngineUnavailable);
    await expect(listening).rejects.toThrow(
      /^Cannot listen on 127\.0\.0\.1:\d+: it cannot be reached there: .*ECONNREFUSED/,
    );
  });
});

describe('[PO2] the choice of a transport', () => {
  it.runIf(hasUws)('falls on uWebSockets.js by itself where it has a native build', async () => {
    const log = new RecordedLog();
    const transport = await openTransport('auto', HARNESS_LIMITS, log, systemClock);
    expect(transport.name).toBe('uws');
    expect(log.lines).toEqual([]);
    await transport.close();
  });

  it.runIf(!hasUws)('falls on ws by itself where there is no native build, and says so once', async () => {
    const log = new RecordedLog();
    const transport = await openTransport('auto', HARNESS_LIMITS, log, systemClock);
    expect(transport.name).toBe('ws');
    expect(log.messages('warn')).toEqual([
      expect.stringMatching(/^uWebSockets.js has no native build .*ws$/),
    ]);
    expect(log.lines).toHaveLength(1);
    await expect(openTransport('uws', HARNESS_LIMITS, log, systemClock)).rejects.toThrow(EngineUnavailable);
  });

  it('never falls on the stand-in that the package may load instead of its native build', async () => {
    const index = new URL('../../../server/engines/transport/index.ts', import.meta.url);
    const script = `
      import { openTransport } from ${JSON.stringify(index.href)};
      const log = { warn: (message) => console.error(message) };
      const limits = ${JSON.stringify(HARNESS_LIMITS)};
      console.error((await openTransport('auto', limits, log)).name);
      await openTransport('uws', limits, log).catch((error) => console.error(String(error)));
    `;
    const { stderr } = await promisify(execFile)(
      process.execPath,
      ['--import', 'tsx', '--input-type=module', '--eval', script],
      { env: { ...process.env, UWS_USE_FALLBACK: '1' } },
    );
    const [warning, name, refusal, ...rest] = stderr.trim().split('\n');
    expect(warning).toMatch(/^uWebSockets.js has no native build for Node .*: serving through ws$/);
    expect(name).toBe('ws');
    expect(refusal).toMatch(/^EngineUnavailable: uWebSockets.js has no native build .* use TRANSPORT=ws/);
    expect(rest).toEqual([]);
  });
});
