import { LightSocket } from './lightSocket.ts';
import { newMessageId } from './messageId.ts';
import type { Faults } from './patience.ts';

/** How the live sales' gateway is spoken to: JSON over a WebSocket, or Socket.IO over one. */
export type LiveProtocol = 'gateway' | 'socket.io';

/** A connection to the gateway in one of the two. */
export interface LiveSocket {
  /** Sends an event without waiting for its answer. `fields` follow the sale's id. */
  tell(name: string, saleId: number, fields?: string): void;
  /** Sends an event; resolves with whether it was carried out. */
  ask(name: string, saleId: number, fields?: string): Promise<boolean>;
}

/** Connects with a token; `newComment` is called for each that comes. */
export function connectLive(
  protocol: LiveProtocol,
  port: number,
  token: string,
  faults: Faults,
  newComment: () => void,
): Promise<LiveSocket> {
  const connecting =
    protocol === 'gateway'
      ? connectGateway(port, token, faults, newComment)
      : connectSocketIo(port, token, faults, newComment);
  return faults.unless(connecting);
}

/** How much of a message says what it is. */
const HEAD_BYTES = 24;

function connectGateway(
  port: number,
  token: string,
  faults: Faults,
  newComment: () => void,
): Promise<LiveSocket> {
  return new Promise((resolve) => {
    const answers = new Answers(faults);
    const write = (name: string, saleId: number, fields = '') =>
      socket.send(`{"type":"${name}","id":${newMessageId()},"data":{"auctionId":${saleId}${fields}}}`);
    const socket = new LightSocket(port, `/ws/?token=${token}`, {
      opened: () =>
        resolve({
          tell: write,
          ask: (name, saleId, fields) => answers.after(() => write(name, saleId, fields)),
        }),
      message: (bytes, start, end) => {
        const head = bytes.toString('latin1', start, Math.min(end, start + HEAD_BYTES));
        if (head.startsWith('{"type":"newComment"')) newComment();
        else if (head.startsWith('{"type":"ack"')) answers.come(true);
        else if (head.startsWith('{"type":"error"')) answers.come(false);
      },
      closed: (why) => faults.report(`a socket of the gateway: ${why}`),
    });
  });
}

/** The few packets of Engine.IO 4 and Socket.IO 5 that there are on a WebSocket. */
function connectSocketIo(
  port: number,
  token: string,
  faults: Faults,
  newComment: () => void,
): Promise<LiveSocket> {
  return new Promise((resolve) => {
    const answers = new Answers(faults);
    const write = (id: number | '', name: string, saleId: number, fields = '') =>
      socket.send(`42${id}["${name}",{"auctionId":${saleId}${fields}}]`);
    const socket = new LightSocket(port, '/socket.io/?EIO=4&transport=websocket', {
      message: (bytes, start, end) => {
        const head = bytes.toString('latin1', start, Math.min(end, start + HEAD_BYTES));
        if (head.startsWith('42["newComment"')) newComment();
        else if (head.startsWith('2')) socket.send('3');
        else if (head.startsWith('43')) answers.come(!bytes.toString('latin1', start, end).includes('false'));
        else if (head.startsWith('0{')) socket.send(`40{"token":"${token}"}`);
        else if (head.startsWith('44')) faults.report('a Socket.IO client was refused');
        else if (head.startsWith('40'))
          resolve({
            tell: (name, saleId, fields) => write('', name, saleId, fields),
            ask: (name, saleId, fields) => answers.after(() => write(newMessageId(), name, saleId, fields)),
          });
      },
      closed: (why) => faults.report(`a Socket.IO client: ${why}`),
    });
  });
}

/** One question at a time, and its answer. */
class Answers {
  readonly #faults: Faults;
  #resolve: (isCarriedOut: boolean) => void = () => undefined;

  constructor(faults: Faults) {
    this.#faults = faults;
  }

  after(ask: () => void): Promise<boolean> {
    const answer = new Promise<boolean>((resolve) => {
      this.#resolve = resolve;
    });
    ask();
    return this.#faults.unless(answer);
  }

  come(isCarriedOut: boolean): void {
    this.#resolve(isCarriedOut);
  }
}
