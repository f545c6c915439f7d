import type { Sample } from '../sample.ts';
import { Deliveries } from './deliveries.ts';
import { LightSocket } from './lightSocket.ts';
import { newMessageId } from './messageId.ts';
import { Faults, inParallel } from './patience.ts';
import type { ChatPlan } from './plan.ts';
import { timed } from './timed.ts';

/** Everybody who is there is told of everybody who comes: more at once make that no faster. */
const JOINING_AT_ONCE = 10;
const COMMENT = 'How much does it weigh, and does it come in silver as well?';

/** Carries out the plan. Units are deliveries; latency is from the comment to its last viewer. */
export async function chat(plan: ChatPlan): Promise<Sample> {
  const { target, saleId, hostToken, viewers, tokens, commentsPerSecond } = plan;
  const faults = new Faults();
  const deliveries = new Deliveries(viewers, () => undefined);
  const host = await GatewaySocket.connect(target.port, hostToken, faults, () => undefined);
  // Refused when it is live already.
  await host.ask('startLiveAuction', saleId);
  await host.ask(
    'changeCuurentProduct',
    saleId,
    ',"product":"A ring","minBidPrice":1,"bidPrice":1,"actualPrice":1',
  );
  const [speaker] = await inParallel(viewers, JOINING_AT_ONCE, async (index) => {
    let heard = 0;
    const viewer = await GatewaySocket.connect(target.port, tokens[index] ?? '', faults, () => {
      deliveries.heard(heard);
      heard += 1;
    });
    if (!(await viewer.ask('joinAuction', saleId))) throw new Error('a viewer could not join');
    return viewer;
  });

  const speaking = setInterval(() => {
    deliveries.send();
    speaker?.tell('comment', saleId, `,"comment":"${COMMENT}"`);
  }, 1000 / commentsPerSecond);
  const counters = () => ({ deliveries: deliveries.count, comments: deliveries.complete });
  const { counted, ...measured } = await timed(
    plan,
    target.pid,
    faults,
    deliveries.latencies,
    counters,
  ).finally(() => clearInterval(speaking));
  await faults.until(() => deliveries.complete === deliveries.sent);
  return {
    ...measured,
    units: counted.deliveries,
    bytesPerConnection: null,
    toldAccepted: null,
    details: { commentsPerSecond: counted.comments / measured.seconds },
  };
}

/** A connection to the gateway. */
class GatewaySocket {
  readonly #socket: LightSocket;
  #answered: (isCarriedOut: boolean) => void = () => undefined;
  readonly #faults: Faults;

  private constructor(socket: LightSocket, faults: Faults) {
    this.#socket = socket;
    this.#faults = faults;
  }

  /** `newComment` is called for each that comes. */
  static connect(
    port: number,
    token: string,
    faults: Faults,
    newComment: () => void,
  ): Promise<GatewaySocket> {
    return faults.unless(
      new Promise((resolve) => {
        const socket = new LightSocket(port, `/ws/?token=${token}`, {
          opened: () => resolve(gateway),
          message: (bytes, start, end) => {
            const type = bytes.toString('latin1', start, Math.min(end, start + 24));
            if (type.startsWith('{"type":"newComment"')) newComment();
            else if (type.startsWith('{"type":"ack"')) gateway.#answered(true);
            else if (type.startsWith('{"type":"error"')) gateway.#answered(false);
          },
          closed: (why) => faults.report(`a socket of the gateway: ${why}`),
        });
        const gateway = new GatewaySocket(socket, faults);
      }),
    );
  }

  /** Sends an event without waiting for its answer. `fields` follow the sale's id. */
  tell(type: string, saleId: number, fields = ''): void {
    this.#socket.send(`{"type":"${type}","id":${newMessageId()},"data":{"auctionId":${saleId}${fields}}}`);
  }

  /** Sends an event; resolves with whether it was carried out. */
  async ask(type: string, saleId: number, fields = ''): Promise<boolean> {
    const answer = new Promise<boolean>((resolve) => {
      this.#answered = resolve;
    });
    this.tell(type, saleId, fields);
    return this.#faults.unless(answer);
  }
}
