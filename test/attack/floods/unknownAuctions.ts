import { PLACE } from '../place.ts';
import type { Flood } from './flood.ts';

const SOCKETS = 580;
const ADDRESSES = 4;
const OPENS_PER_SECOND = 300;
const REOPENS_PER_SECOND = 20;
const PERMITTED_PER_SECOND = 10;
const FIRST_ID = 1_000_000;

/** One account asks for auctions that are not there, each of which the server has to look up. */
export const unknownAuctions: Flood = {
  name: 'unknown-auctions',
  title: `one account, ${SOCKETS} sockets: bids and joins on auctions that do not exist, each another`,
  run: async (attack) => {
    const crowd = attack.crowd({
      count: attack.scaled(SOCKETS),
      opensPerSecond: OPENS_PER_SECOND,
      reopensPerSecond: REOPENS_PER_SECOND,
      open: (index) => attack.openAs(PLACE.attack.account, '/ws/', index % ADDRESSES),
    });
    let auctionId = FIRST_ID;
    await crowd.gather();
    await Promise.all([
      crowd.stay(),
      crowd.speak(PERMITTED_PER_SECOND, (socket) => {
        auctionId += 1;
        socket.send(
          auctionId % 2 === 0
            ? `{"type":"placeBid","id":${auctionId},"data":{"auctionId":${auctionId},"amount":5}}`
            : `{"type":"joinAuction","id":${auctionId},"data":{"auctionId":${auctionId}}}`,
        );
      }),
    ]);
  },
};
