import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import { EngineUnavailable } from '../../ports/engineUnavailable.ts';

/** Stops the start-up: the port cannot be listened on. */
export function cannotListen(host: string, port: number, cause: string): EngineUnavailable {
  return new EngineUnavailable(`Cannot listen on ${host}:${port}: ${cause}`);
}

/** Whether somebody answers there. */
export async function hasListener(host: string, port: number): Promise<boolean> {
  if (port === 0) return false;
  const probe = connect(port, host);
  try {
    await once(probe, 'connect');
    return true;
  } catch {
    return false;
  } finally {
    probe.destroy();
  }
}

/** Node's words for what uWebSockets.js only calls a failure. */
export async function whyNotListen(host: string, port: number): Promise<string> {
  const probe = createServer();
  try {
    probe.listen(port, host);
    await once(probe, 'listening');
    probe.close();
    return 'the native server gives no reason';
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
