import { Deliveries } from './deliveries.ts';
import { connectLive } from './liveSockets.ts';
import type { Load } from './load.ts';
import { type Faults, inParallel } from './patience.ts';
import type { ChatPlan } from './plan.ts';

/** Everybody who is there is told of everybody who comes: more at once make that no faster. */
const JOINING_AT_ONCE = 10;
const COMMENT = 'How much does it weigh, and does it come in silver as well?';

/** Prepares the plan. Units are deliveries; latency is from the comment to its last viewer. */
export async function chat(plan: ChatPlan, faults: Faults): Promise<Load> {
  const { target, protocol, saleId, hostToken, viewers, tokens, commentsPerSecond } = plan;
  const deliveries = new Deliveries(viewers, () => undefined);
  const host = await connectLive(protocol, target.port, hostToken, faults, () => undefined);
  // Refused when it is live already.
  await host.ask('startLiveAuction', saleId);
  await host.ask(
    'changeCuurentProduct',
    saleId,
    ',"product":"A ring","minBidPrice":1,"bidPrice":1,"actualPrice":1',
  );
  const [speaker] = await inParallel(viewers, JOINING_AT_ONCE, async (index) => {
    let heard = 0;
    const viewer = await connectLive(protocol, target.port, tokens[index] ?? '', faults, () => {
      deliveries.heard(heard);
      heard += 1;
    });
    if (!(await viewer.ask('joinAuction', saleId))) throw new Error('a viewer could not join');
    return viewer;
  });

  let speaking: NodeJS.Timeout | undefined;
  return {
    latencies: deliveries.latencies,
    start: () => {
      speaking = setInterval(() => {
        deliveries.send();
        speaker?.tell('comment', saleId, `,"comment":"${COMMENT}"`);
      }, 1000 / commentsPerSecond);
    },
    rest: () => {
      clearInterval(speaking);
      return faults.until(() => deliveries.complete === deliveries.sent);
    },
    counts: () => ({ units: deliveries.count, others: { comments: deliveries.complete } }),
    toldAccepted: () => null,
  };
}
