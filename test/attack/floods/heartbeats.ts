import { openSocketIo } from '../attacker/socketIo.ts';
import { PLACE } from '../place.ts';
import type { Flood } from './flood.ts';

const SOCKETS = 50;
const OPENS_PER_SECOND = 50;
const REOPENS_PER_SECOND = 25;
const PER_SECOND_EACH = 200;
const ADDRESSES = 10;

/** Packets that carry no message, and so may count as none. */
export const heartbeats: Flood = {
  name: 'heartbeats',
  title: `${SOCKETS} Socket.IO clients with ${PER_SECOND_EACH} pongs, unknown namespaces and stray acks a second each`,
  run: async (attack) => {
    const token = attack.tokenOf(PLACE.attack.account);
    const crowd = attack.crowd({
      count: attack.scaled(SOCKETS),
      opensPerSecond: OPENS_PER_SECOND,
      reopensPerSecond: REOPENS_PER_SECOND,
      open: (index) =>
        openSocketIo(attack, index % ADDRESSES, (socket) => socket.send(`40{"token":"${token}"}`)),
    });
    void crowd.gather().then(() => crowd.stay());
    let count = 0;
    await crowd.speak(PER_SECOND_EACH, (socket) => {
      count += 1;
      if (count % 3 === 0) socket.send('3');
      else if (count % 3 === 1) socket.send(`40/nowhere-${count},{}`);
      else socket.send(`43${count}[]`);
    });
  },
};
