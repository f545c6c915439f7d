import type { ServerName } from '../contenders.ts';
import type { LiveProtocol } from '../load/liveSockets.ts';
import { AUCTION_IDS } from '../seed.ts';
import type { BenchCase } from './case.ts';

const VIEWERS = 1_000;
/** Fewer than are gathered: each comment is a message of its own. */
const COMMENTS_PER_SECOND = 15;
/** The list of comments that each message holds is full after that. */
const WARM_UP_SECONDS = 2;

/** A live sale in which much is said. Every message holds the newest hundred comments, as the document wants it. */
export const chat = chatCase('chat', 'gateway', AUCTION_IDS.chat, ['ringside', 'bare']);

/** The same to viewers who use Socket.IO. */
export const socketIo = chatCase('socket-io', 'socket.io', AUCTION_IDS.socketIo, ['ringside', 'socket.io']);

function chatCase(
  name: string,
  protocol: LiveProtocol,
  saleId: number,
  servers: readonly ServerName[],
): BenchCase {
  const to = protocol === 'gateway' ? 'viewers' : 'Socket.IO viewers';
  return {
    name,
    title: `${COMMENTS_PER_SECOND} comments/s to ${VIEWERS} ${to} of a live sale`,
    unit: { one: 'delivery', many: 'deliveries' },
    servers,
    measuring: {
      kind: 'in turns',
      load: (runner) => {
        const viewers = runner.scaled(VIEWERS);
        const load = {
          ...runner.inTurns(WARM_UP_SECONDS),
          protocol,
          saleId,
          hostToken: runner.environment.hostToken,
          viewers,
          commentsPerSecond: COMMENTS_PER_SECOND,
          tokens: runner.environment.tokens(viewers),
        };
        return { auctionIds: [saleId], planFor: (base) => ({ ...base, ...load, kind: 'chat' }) };
      },
    },
    targets: [],
  };
}
