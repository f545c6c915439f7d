import { Latencies } from '../latencies.ts';
import type { Sample } from '../sample.ts';
import { openAuction } from './auctionSocket.ts';
import type { LightSocket } from './lightSocket.ts';
import { Faults, inParallel } from './patience.ts';
import type { StormPlan } from './plan.ts';
import { Window } from './window.ts';

/** As many as may be on their way at a time: enough that the server always has something to do. */
const CONNECTING_AT_ONCE = 200;

/** Carries out the plan. Units are connects; latency is from the first packet to the snapshot. */
export async function storm(plan: StormPlan): Promise<Sample> {
  const { target, databasePid, connects, warmUpConnects } = plan;
  const faults = new Faults();
  const early = await connectAll(plan, 0, warmUpConnects, new Latencies(), faults);
  for (const socket of early) socket.drop();
  await faults.during(0.5);

  const latencies = new Latencies();
  latencies.isCounting = true;
  const window = new Window(target.pid, databasePid);
  const sockets = await connectAll(plan, warmUpConnects, connects, latencies, faults);
  const measured = window.close();
  for (const socket of sockets) socket.drop();
  return {
    ...measured,
    units: connects,
    latencyMs: latencies.summary(),
    bytesPerConnection: null,
    toldAccepted: null,
    details: {},
  };
}

function connectAll(
  { target, auctionId, tokens }: StormPlan,
  firstUser: number,
  count: number,
  latencies: Latencies,
  faults: Faults,
): Promise<LightSocket[]> {
  return inParallel(count, CONNECTING_AT_ONCE, async (index) => {
    const startedAtMs = performance.now();
    const token = tokens[firstUser + index] ?? '';
    const socket = await openAuction(target, auctionId, token, faults, {
      newBid: () => undefined,
      answer: (_isAccepted, text) => faults.report(`somebody who connected was told ${text}`),
    });
    latencies.add(performance.now() - startedAtMs);
    return socket;
  });
}
