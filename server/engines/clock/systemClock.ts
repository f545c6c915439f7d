import { randomUUID } from 'node:crypto';
import type { Cancel, Clock } from '../../ports/clock.ts';

/** What is to run soon: one turn of the event loop does for all of it. */
let soon: (() => void)[] = [];

function runSoon(): void {
  const due = soon;
  soon = [];
  for (const run of due) run();
}

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
    if (soon.length === 0) setImmediate(runSoon);
    soon.push(run);
  },
  // Node draws the randomness of many of these at once.
  randomId: () => randomUUID().replaceAll('-', ''),
  random: () => Math.random(),
};
