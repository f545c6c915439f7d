import { PLACE } from '../place.ts';
import type { Flood } from './flood.ts';

const SOCKETS = 590;
const ADDRESSES = 4;
const OPENS_PER_SECOND = 300;
const REOPENS_PER_SECOND = 20;
/** What the server permits each socket, and half as much again. */
const PERMITTED_PER_SECOND = 10;
const EXCESS_PER_SECOND = 15;
/** As long as an id may be. */
const ID_CHARACTERS = 64;

/** One account has bids refused under ever new ids, each of which the server may want to remember. */
export const receipts: Flood = {
  name: 'receipts',
  title: `one account, ${SOCKETS} sockets: refused bids under fresh ids, as fast as permitted, then faster`,
  run: async (attack) => {
    const { account, auction } = PLACE.attack;
    const crowd = attack.crowd({
      count: attack.scaled(SOCKETS),
      opensPerSecond: OPENS_PER_SECOND,
      reopensPerSecond: REOPENS_PER_SECOND,
      open: (index) => attack.openAs(account, '/ws/', index % ADDRESSES),
    });
    let count = 0;
    const bid = () => {
      count += 1;
      const id = `${count}-`.padEnd(ID_CHARACTERS, 'x');
      return `{"type":"placeBid","id":"${id}","data":{"auctionId":${auction},"amount":0.01}}`;
    };
    await crowd.gather();
    await Promise.all([
      crowd.stay(),
      crowd
        .speak(PERMITTED_PER_SECOND, (socket) => socket.send(bid()), attack.timeAt(0.6))
        .then(() => crowd.speak(EXCESS_PER_SECOND, (socket) => socket.send(bid()))),
    ]);
  },
};
