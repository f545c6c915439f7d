import { COLLECT_SIGNAL } from '../child.ts';
import { median, type Sample } from '../sample.ts';
import { residentBytesOf } from '../usage.ts';
import { openAuction } from './auctionSocket.ts';
import { Faults, inParallel } from './patience.ts';
import type { IdlePlan } from './plan.ts';
import { Window } from './window.ts';

const CONNECTING_AT_ONCE = 100;
/** What is on its way when the last has connected has arrived after that, and what is to be cleared is cleared. */
const SETTLE_SECONDS = 0.25;

/** Carries out the plan. Nothing is done, so there are no units. */
export async function idle(plan: IdlePlan): Promise<Sample> {
  const { target, databasePid, sockets, notCounted, steps, seconds } = plan;
  const faults = new Faults();
  const step = Math.ceil((sockets - notCounted) / steps);
  const growths: number[] = [];
  await connect(plan, 0, notCounted, faults);
  let resident = await residentBytesWhenClear(target.pid, faults);
  for (let count = notCounted; count < sockets; count += step) {
    const next = Math.min(count + step, sockets);
    await connect(plan, count, next, faults);
    const before = resident;
    resident = await residentBytesWhenClear(target.pid, faults);
    growths.push((resident - before) / (next - count));
  }
  const window = new Window(target.pid, databasePid);
  await faults.during(seconds);
  const measured = window.close();
  return {
    ...measured,
    units: null,
    latencyMs: null,
    // Whatever else a process takes or gives back meanwhile falls into one of the steps.
    bytesPerConnection: median(growths),
    toldAccepted: null,
    details: { residentMegabytes: resident / 1e6, cpuPercentWhileIdle: measured.cpuMs.server / seconds / 10 },
  };
}

/** Twice: what the first clearing lets go of may hold what the second can give back. */
async function residentBytesWhenClear(pid: number, faults: Faults): Promise<number> {
  for (let time = 0; time < 2; time += 1) {
    await faults.during(SETTLE_SECONDS);
    process.kill(pid, COLLECT_SIGNAL);
  }
  await faults.during(SETTLE_SECONDS);
  return residentBytesOf(pid);
}

async function connect(
  { target, auctionId, tokens }: IdlePlan,
  first: number,
  end: number,
  faults: Faults,
): Promise<void> {
  await inParallel(end - first, CONNECTING_AT_ONCE, (index) =>
    openAuction(target, auctionId, tokens[first + index] ?? '', faults, {
      newBid: () => undefined,
      answer: (_isAccepted, text) => faults.report(`an idle socket was told ${text}`),
    }),
  );
}
