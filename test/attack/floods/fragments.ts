import type { AttackSocket } from '../attacker/attackSocket.ts';
import { frameOf, OPCODE } from '../attacker/frames.ts';
import { PLACE } from '../place.ts';
import type { Flood } from './flood.ts';

const SOCKETS = 300;
const ADDRESSES = 10;
const OPENS_PER_SECOND = 100;
const REOPENS_PER_SECOND = 30;
const BATCHES_PER_SECOND = 5;
const TINY_A_BATCH = 20;
/** Just below the limit of a frame when they are all there. */
const LARGE_BYTES = 1_000;
const MOST_LARGE = 16;

const pong = frameOf(OPCODE.pong, '');
const begin = frameOf(OPCODE.text, '"', false);
const tiny = Buffer.concat([
  ...new Array<Buffer>(TINY_A_BATCH).fill(frameOf(OPCODE.continuation, 'x', false)),
  pong,
]);
const large = Buffer.concat([frameOf(OPCODE.continuation, 'x'.repeat(LARGE_BYTES), false), pong]);
const empty = Buffer.concat([
  ...new Array<Buffer>(TINY_A_BATCH).fill(frameOf(OPCODE.continuation, '', false)),
  pong,
]);

/** Guests send fragments of a message that never ends, and pongs, so that they are never silent. */
export const fragments: Flood = {
  name: 'fragments',
  title: `${SOCKETS} guests who send fragments of a message for ever, near the limit, with pongs between`,
  run: async (attack) => {
    const batches = new WeakMap<AttackSocket, number>();
    const crowd = attack.crowd({
      count: attack.scaled(SOCKETS),
      opensPerSecond: OPENS_PER_SECOND,
      reopensPerSecond: REOPENS_PER_SECOND,
      open: (index) =>
        attack.open(`/ws/ring/${PLACE.attack.ring}/`, index % ADDRESSES, {
          opened: (socket) => socket.sendBytes(begin),
        }),
    });
    void crowd.gather().then(() => crowd.stay());
    await crowd.speak(BATCHES_PER_SECOND, (socket, index) => {
      const sent = batches.get(socket) ?? 0;
      batches.set(socket, sent + 1);
      if (index % 2 === 0) socket.sendBytes(tiny);
      else socket.sendBytes(sent < MOST_LARGE ? large : empty);
    });
  },
};
