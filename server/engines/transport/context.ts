import type { Clock } from '../../ports/clock.ts';
import type { Log } from '../../ports/log.ts';
import type { TransportLimits } from '../../ports/transport.ts';
import { Faults } from './faults.ts';

/** What every part of a transport works with. */
export interface TransportContext {
  readonly limits: TransportLimits;
  readonly log: Log;
  readonly clock: Clock;
  readonly faults: Faults;
}

/** Puts it together. */
export function createContext(limits: TransportLimits, log: Log, clock: Clock): TransportContext {
  return { limits, log, clock, faults: new Faults(log) };
}
