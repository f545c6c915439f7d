import { randomUUID } from 'node:crypto';
import type { Cancel, Clock } from '../../ports/clock.ts';

/** The machine's own clock, timers and randomness. Repeated timers do not keep the process alive by themselves. */
export const systemClock: Clock = {
  nowMs: () => Date.now(),
  elapsedMs: () => performance.now(),
  after: (delayMs, run): Cancel => {
    const timer = setTimeout(run, delayMs);
    return () => clearTimeout(timer);
  },
  every: (intervalMs, run): Cancel => {
    const timer = setInterval(run, intervalMs).unref();
    return () => clearInterval(timer);
  },
  soon: (run) => {
    setImmediate(run);
  },
  // Node draws the randomness of many of these at once.
  randomId: () => randomUUID().replaceAll('-', ''),
  random: () => Math.random(),
};
