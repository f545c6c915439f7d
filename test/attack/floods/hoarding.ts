import { PLACE } from '../place.ts';
import type { Flood } from './flood.ts';

const SOCKETS = 5_000;
const ADDRESSES = 20;
const OPENS_PER_SECOND = 1_000;
const BIDS_PER_SECOND = 8;

/** One account holds thousands of sockets, and is then outbid again and again: each is told each time. */
export const hoarding: Flood = {
  name: 'hoarding',
  title: `${SOCKETS} sockets of one account, which is outbid ${BIDS_PER_SECOND / 2} times a second`,
  run: async (attack) => {
    const { account, accomplice, auction } = PLACE.attack;
    const crowd = attack.crowd({
      count: attack.scaled(SOCKETS),
      opensPerSecond: OPENS_PER_SECOND,
      reopensPerSecond: 0,
      open: (index) => attack.openAs(account, '/ws/', index % ADDRESSES),
    });
    await crowd.gather();
    // Above whatever was bid in a flood before.
    let amount = Math.floor(Date.now() / 1000);
    const path = `/ws/auction/${auction}/`;
    const bidders = [account, accomplice].map((userId) => attack.openAs(userId, path, ADDRESSES));
    await attack.pace(BIDS_PER_SECOND, () => {
      amount += 1;
      for (const [index, userId] of [account, accomplice].entries()) {
        if (bidders[index]?.isGone === true) bidders[index] = attack.openAs(userId, path, ADDRESSES);
      }
      bidders[amount % 2]?.send(`{"type":"place_bid","id":${amount},"amount":${amount}}`);
      return true;
    });
  },
};
