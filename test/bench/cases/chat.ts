import { AUCTION_IDS } from '../seed.ts';
import type { BenchCase } from './case.ts';

const VIEWERS = 1_000;
const COMMENTS_PER_SECOND = 50;
/** The list of comments that each message holds is full after that. */
const WARM_UP_SECONDS = 2;

/** A live sale in which much is said. Every message holds the newest hundred comments, as the document wants it. */
export const chat: BenchCase = {
  name: 'chat',
  title: `${COMMENTS_PER_SECOND} comments/s to ${VIEWERS} viewers of a live sale`,
  unit: { one: 'delivery', many: 'deliveries' },
  servers: ['ringside', 'bare'],
  measure: (stage, server) => {
    const viewers = stage.scaled(VIEWERS);
    return stage.measure(server, [AUCTION_IDS.chat], (base) => ({
      ...base,
      warmUpSeconds: Math.min(WARM_UP_SECONDS, 2 * base.warmUpSeconds),
      kind: 'chat',
      saleId: AUCTION_IDS.chat,
      hostToken: stage.house.hostToken,
      viewers,
      commentsPerSecond: COMMENTS_PER_SECOND,
      tokens: stage.house.tokens(viewers),
    }));
  },
  targets: [],
};
