import { PLACE } from '../place.ts';
import type { Flood } from './flood.ts';

const SOCKETS = 200;
const ADDRESSES = 5;
const OPENS_PER_SECOND = 40;
const REOPENS_PER_SECOND = 20;
const PERMITTED_PER_SECOND = 10;

/** Guests come to a ring and go, and everyone there is told of each. */
export const flapping: Flood = {
  name: 'flapping',
  title: `${SOCKETS} guests of a ring who join and leave, from ${ADDRESSES} addresses`,
  run: async (attack) => {
    const crowd = attack.crowd({
      count: attack.scaled(SOCKETS),
      opensPerSecond: OPENS_PER_SECOND,
      reopensPerSecond: REOPENS_PER_SECOND,
      open: (index) => attack.open(`/ws/ring/${PLACE.attack.ring}/`, index % ADDRESSES),
    });
    const isThere: boolean[] = [];
    void crowd.gather().then(() => crowd.stay());
    await crowd.speak(PERMITTED_PER_SECOND, (socket, index) => {
      isThere[index] = isThere[index] === false;
      socket.send(isThere[index] ? '{"type":"join","id":1}' : '{"type":"leave","id":1}');
    });
  },
};
