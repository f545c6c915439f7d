import { LightSocket } from './lightSocket.ts';
import { newMessageId } from './messageId.ts';
import type { Faults } from './patience.ts';
import type { Target } from './plan.ts';

/** What an auction's socket is told after its snapshot; each with the text of the message where it is needed. */
export interface AuctionListener {
  /** The bytes of a `new_bid` that everybody is told. */
  newBid(bytes: Buffer, start: number, end: number): void;
  /** A private `bid_accepted`, or an `error`. */
  answer(isAccepted: boolean, text: string): void;
  /** The snapshot, which comes first. */
  snapshot?(text: string): void;
}

/** Connects to an auction; resolves when the snapshot is there. */
export function openAuction(
  { port }: Target,
  auctionId: number,
  token: string,
  faults: Faults,
  listener: AuctionListener,
): Promise<LightSocket> {
  return faults.unless(
    new Promise((resolve) => {
      const socket = new LightSocket(port, `/ws/auction/${auctionId}/?token=${token}`, {
        message: (bytes, start, end) => {
          switch (kindOf(bytes, start)) {
            case 'new_bid':
              return listener.newBid(bytes, start, end);
            case 'bid_accepted':
              return listener.answer(true, bytes.toString('latin1', start, end));
            case 'error':
              return listener.answer(false, bytes.toString('latin1', start, end));
            case 'auction_status':
              listener.snapshot?.(bytes.toString('latin1', start, end));
              resolve(socket);
              return;
            case 'notification':
              return;
          }
        },
        closed: (why) => faults.report(`a socket of auction ${auctionId}: ${why}`),
      });
    }),
  );
}

type Kind = 'new_bid' | 'notification' | 'bid_accepted' | 'error' | 'auction_status';

const KINDS: Readonly<Record<string, Kind>> = {
  ne: 'new_bid',
  no: 'notification',
  bi: 'bid_accepted',
  er: 'error',
  au: 'auction_status',
};
/** `{"type":"` comes first in every message. */
const TYPE_AT = 9;

const byLetters = new Map(
  Object.entries(KINDS).map(([letters, kind]) => [Buffer.from(letters).readUInt16BE(), kind]),
);

/** Tells messages apart by two letters, which is much cheaper than reading them. */
function kindOf(bytes: Buffer, start: number): Kind {
  const kind = byLetters.get(bytes.readUInt16BE(start + TYPE_AT));
  if (kind === undefined)
    throw new Error(`an unknown message: ${bytes.toString('latin1', start, start + 80)}`);
  return kind;
}

/** Sends a bid of so many whole units; gives the id under which it is answered. */
export function placeBid(socket: LightSocket, amount: number): number {
  const id = newMessageId();
  socket.send(`{"type":"place_bid","amount":${amount},"id":${id}}`);
  return id;
}

/** The number that follows a text, `NaN` where there is none. Amounts are whole units with two decimals. */
export function numberAfter(text: string, name: string): number {
  const at = text.lastIndexOf(name);
  return at < 0 ? NaN : Number.parseInt(text.slice(at + name.length), 10);
}
