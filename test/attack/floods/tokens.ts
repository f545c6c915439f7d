import { createHmac } from 'node:crypto';
import { SECRET } from '../../support/serverProcess.ts';
import type { Attack } from '../attacker/attack.ts';
import { HttpClient } from '../attacker/http.ts';
import { Random } from '../attacker/random.ts';
import { openSocketIo } from '../attacker/socketIo.ts';
import { PLACE } from '../place.ts';
import { type Flood, given } from './flood.ts';

const CONNECTS_PER_SECOND = 150;
const REST_CLIENTS = 4;
const REST_EVERY_MS = 5;
const ADDRESSES = 100;
const SEED = 7;

/** Tokens that are wrong in every way there is, by sockets, Socket.IO and REST. */
export const tokens: Flood = {
  name: 'tokens',
  title: 'forged, expired and malformed JWTs and random opaque tokens, at connect and on REST',
  run: async (attack) => {
    const random = new Random(SEED);
    await Promise.all([connecting(attack, random), asking(attack, random)]);
  },
  breaches: (answers) => given(answers, 'HTTP 200', 'HTTP 500', 'internal_error', 'close 1011'),
};

function connecting(attack: Attack, random: Random): Promise<void> {
  const paths = ['/ws/', `/ws/auction/${PLACE.attack.auction}/`, `/ws/ring/${PLACE.attack.ring}/`] as const;
  let count = 0;
  return attack.pace(attack.scaled(CONNECTS_PER_SECOND), () => {
    count += 1;
    const token = badToken(random);
    if (count % 4 === 0) {
      const auth = JSON.stringify({ token: count % 8 === 0 ? token : { token } });
      openSocketIo(attack, count % ADDRESSES, (socket) => socket.send(`40${auth}`));
    } else {
      const path = random.pick(paths);
      attack.open(`${path}?token=${encodeURIComponent(token)}`, count % ADDRESSES);
    }
    return true;
  });
}

async function asking(attack: Attack, random: Random): Promise<void> {
  const clients = Array.from(
    { length: attack.scaled(REST_CLIENTS) },
    (_, index) => new HttpClient(attack, ADDRESSES + index),
  );
  const ask = (client: HttpClient) =>
    attack.repeat(REST_EVERY_MS, async () => {
      await client.ask('/api/notifications/', { headers: { Authorization: `Bearer ${badToken(random)}` } });
    });
  await Promise.all(clients.map(ask));
  for (const client of clients) client.close();
}

function badToken(random: Random): string {
  const hex = () => random.bytes(20).toString('hex');
  const inAnHour = Math.floor(Date.now() / 1000) + 3_600;
  const claims = { sub: String(PLACE.attack.account), exp: inAnHour };
  const ways: readonly [() => string, ...(() => string)[]] = [
    () => hex(),
    () => signed(claims, 'another secret than that of the server'),
    () => signed({ ...claims, exp: inAnHour - 7_200 }),
    () => signed({ ...claims, exp: 'tomorrow' }),
    () => signed({ ...claims, nbf: inAnHour }),
    () => signed({ ...claims, sub: '999999999' }),
    () => signed({ ...claims, sub: random.below(2) === 0 ? { $gt: 0 } : '1 OR 1=1' }),
    () => signed(null),
    () => signed(random.pick<unknown>([7, true, 'text', [], {}])),
    () => `${part({ alg: 'none' })}.${part(claims)}.`,
    () => `${part({ alg: 'HS256' })}.${part(null)}.${hex()}`,
    () => `${part({ alg: 'RS256' })}.${part(claims)}.${hex()}`,
    () => `${part(null)}.${part(null)}.${part(null)}`,
    () => 'a.b.c',
    () => '.'.repeat(random.below(50)),
    () => hex().repeat(40),
  ];
  return random.pick(ways)();
}

/** A JWT with any payload at all, which the libraries would not make. */
function signed(payload: unknown, secret = SECRET): string {
  const text = `${part({ alg: 'HS256', typ: 'JWT' })}.${part(payload)}`;
  return `${text}.${createHmac('sha256', secret).update(text).digest('base64url')}`;
}

function part(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}
