import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { EngineUnavailable } from '../../ports/errors.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Log } from '../../ports/log.ts';
import type { Transport, TransportLimits } from '../../ports/transport.ts';
import { createContext } from './context.ts';
import { createWsTransport } from './ws.ts';

/**
 * The transport that is wanted; `auto` takes uWebSockets.js where it has a native build for this Node, and
 * else says in one line that `ws` serves. What handlers throw goes to `log`. Throws {@link EngineUnavailable} when `uws` is wanted and absent.
 */
export async function openTransport(
  wanted: 'auto' | 'uws' | 'ws',
  limits: TransportLimits,
  log: Log,
  clock: Clock,
): Promise<Transport> {
  const context = createContext(limits, log, clock);
  if (wanted === 'ws') return createWsTransport(context);
  if (await hasUws()) {
    const { createUwsTransport } = await import('./uws.ts');
    return createUwsTransport(context);
  }
  const absent = `uWebSockets.js has no native build for Node ${process.versions.node} on this machine`;
  if (wanted === 'uws') throw new EngineUnavailable(`${absent}: use TRANSPORT=ws or TRANSPORT=auto`);
  log.warn(`${absent}: serving through ws`);
  return createWsTransport(context);
}

/** Without a native build the package loads a stand-in that cannot serve, and says so at length. */
async function hasUws(): Promise<boolean> {
  if (!hasNativeFile()) return false;
  const { default: uWS } = await import('uWebSockets.js');
  return typeof uWS.SSLApp === 'function';
}

/** Looks where this package and the original one keep their builds. */
function hasNativeFile(): boolean {
  const { platform, arch, versions } = process;
  const file = `uws_${platform}_${arch}_${versions.modules}.node`;
  const folder = dirname(createRequire(import.meta.url).resolve('uWebSockets.js'));
  return existsSync(join(folder, '..', 'binaries', file)) || existsSync(join(folder, file));
}
