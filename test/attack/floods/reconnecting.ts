import { LIMITS } from '../../../server/limits.ts';
import type { Attack } from '../attacker/attack.ts';
import { answerIn } from '../attacker/tally.ts';
import { PLACE } from '../place.ts';
import type { Flood } from './flood.ts';

const LANES = 20;
/** What a new connection may send at once. */
const BURST = 20;
/** Each address may connect ten times a second. */
const ADDRESSES = 20;
const PER_SECOND_EACH = 5;
/** Attackers and server do not begin at the same moment. */
const TOLERANCE = 1.2;
/** What is counted though no message was dealt with. */
const NO_WORK = /^(?:rate_limited|told|close .*|HTTP .*|cut)$/;

/** One account connects, sends its burst and connects again: its rate must not begin anew each time. */
export const reconnecting: Flood = {
  name: 'reconnecting',
  title: `one account that connects, sends ${BURST} messages and connects again, ${LANES * PER_SECOND_EACH} times a second`,
  run: async (attack) => {
    const perSecond = attack.scaled(LANES) * PER_SECOND_EACH;
    let count = 0;
    await attack.pace(perSecond, () => {
      count += 1;
      burst(attack, count % ADDRESSES);
      return true;
    });
  },
  breaches: (answers, seconds) => {
    const answered = Object.entries(answers).reduce(
      (sum, [name, count]) => (NO_WORK.test(name) ? sum : sum + count),
      0,
    );
    const { userMessageBurst, userMessagesPerSecond } = LIMITS;
    const permitted = userMessageBurst.value + seconds * userMessagesPerSecond.value;
    if (answered <= permitted * TOLERANCE) return [];
    return [`${Math.round(answered / seconds)} messages a second of one user were dealt with`];
  },
};

function burst(attack: Attack, address: number): void {
  const { account, auction } = PLACE.attack;
  let answered = 0;
  attack.openAs(account, '/ws/', address, {
    opened: (socket) => {
      for (let id = 1; id <= BURST; id += 1) {
        socket.send(`{"type":"placeBid","id":${id},"data":{"auctionId":${auction},"amount":0.01}}`);
      }
    },
    read: (bytes, start, end, socket) => {
      const answer = answerIn(bytes, start, end);
      if (answer !== 'told') answered += 1;
      if (answered >= BURST) socket.drop();
      return answer;
    },
  });
}
