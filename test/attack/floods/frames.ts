import type { AttackSocket } from '../attacker/attackSocket.ts';
import { frameOf, OPCODE } from '../attacker/frames.ts';
import { Random } from '../attacker/random.ts';
import { openSocketIo } from '../attacker/socketIo.ts';
import { PLACE } from '../place.ts';
import { type Flood, given } from './flood.ts';

const SOCKETS = 60;
const ADDRESSES = 60;
const OPENS_PER_SECOND = 60;
const REOPENS_PER_SECOND = 60;
const PER_SECOND_EACH = 10;
const SEED = 20_240_501;

const { account, auction, ring } = PLACE.attack;
const PATHS = [
  `/ws/auction/${auction}/`,
  '/ws/',
  `/ws/ring/${ring}/`,
  '/ws/user/',
  '/ws/telecaller/',
  '/ws/auction/999999999999999999999/',
] as const;
const TYPES = [
  'place_bid',
  'placeBid',
  'comment',
  'joinAuction',
  'join',
  'call:initiate',
  '__proto__',
] as const;
const VALUES = [
  '1e309',
  '-1',
  '99999999999999999999999999',
  '0.001',
  '"1,000"',
  'null',
  '[]',
  '{}',
  '{"toString":1}',
  '"\\u0000\\u001b[2J"',
  '"\\ud800"',
  'true',
] as const;
const CLOSE_CODES = [0, 999, 1000, 1004, 1005, 1006, 1012, 1015, 2999, 3000, 4401, 5000, 65_535] as const;

/** Frames that no client of good faith sends, on every path. */
export const frames: Flood = {
  name: 'frames',
  title: 'random hostile frames on all paths: bad JSON, binary, wrong types, huge numbers, odd close codes',
  run: async (attack) => {
    const random = new Random(SEED);
    const crowd = attack.crowd({
      count: attack.scaled(SOCKETS),
      opensPerSecond: OPENS_PER_SECOND,
      reopensPerSecond: REOPENS_PER_SECOND,
      open: (index) => {
        const path = PATHS[index % (PATHS.length + 1)];
        if (path !== undefined) return attack.openAs(account + (index % 20), path, index % ADDRESSES);
        return openSocketIo(attack, index % ADDRESSES, (socket) =>
          socket.send(`40{"token":"${attack.tokenOf(account + (index % 20))}"}`),
        );
      },
    });
    void crowd.gather().then(() => crowd.stay());
    await crowd.speak(PER_SECOND_EACH, (socket, index) => sendHostile(socket, index, random));
  },
  breaches: (answers) => given(answers, 'internal_error', 'close 1011'),
};

function sendHostile(socket: AttackSocket, index: number, random: Random): void {
  const isSocketIo = index % (PATHS.length + 1) === PATHS.length;
  socket.sendBytes(isSocketIo && random.below(2) === 0 ? hostilePacket(random) : hostileFrame(random));
}

/** One in ten ends the connection by the rules; the others should be answered by an error. */
function hostileFrame(random: Random): Buffer {
  switch (random.below(20)) {
    case 0:
      return frameOf(OPCODE.close, closePayload(random));
    case 1:
      // A length that lies, a reserved opcode, a reserved bit or a fragmented ping.
      return random.pick([
        Buffer.from([0x81, 0xff, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff]),
        frameOf(random.pick([3, 7, 11, 15]), 'x'),
        frameOf(OPCODE.text | 0x40, 'x'),
        frameOf(OPCODE.ping, 'x', false),
        Buffer.from([0x81, 0x02, 0x7b, 0x7d]),
        frameOf(OPCODE.text, 'x'.repeat(20_000)),
      ]);
    case 2:
    case 3:
    case 4:
      return frameOf(OPCODE.binary, random.bytes(random.below(200)));
    case 5:
      return frameOf(OPCODE.text, random.bytes(random.below(60)));
    case 6:
    case 7:
      return frameOf(random.pick([OPCODE.ping, OPCODE.pong]), random.bytes(random.below(125)));
    case 8:
    case 9:
    case 10:
      return frameOf(OPCODE.text, hostileMessage(random).slice(random.below(40)));
    default:
      return frameOf(OPCODE.text, hostileMessage(random));
  }
}

function hostileMessage(random: Random): string {
  const value = () => random.pick(VALUES);
  const type = random.below(8) === 0 ? value() : `"${random.pick(TYPES)}"`;
  return `{"type":${type},"id":${value()},"amount":${value()},"data":{"auctionId":${value()},"comment":${value()}}}`;
}

function hostilePacket(random: Random): Buffer {
  const value = () => random.pick(VALUES);
  const text = random.pick([
    `42["${random.pick(TYPES)}",${value()}]`,
    `42${random.below(1e9)}[${value()},${value()}]`,
    `42["error",${value()}]`,
    `45${random.below(9)}-["x",{"_placeholder":true,"num":${value()}}]`,
    '41',
    '40/user,{"token":1}',
    '4',
    '9999',
    'b!!!!',
  ]);
  return frameOf(OPCODE.text, text);
}

function closePayload(random: Random): Buffer {
  const code = Buffer.alloc(2);
  code.writeUInt16BE(random.pick(CLOSE_CODES));
  return random.pick([Buffer.alloc(0), Buffer.from([3]), code, Buffer.concat([code, random.bytes(50)])]);
}
