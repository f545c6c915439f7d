import { connect, type Socket } from 'node:net';
import type { Attack } from '../attacker/attack.ts';
import { addressHeaders } from '../place.ts';
import { type Flood, given } from './flood.ts';

const SLOW_CLIENTS = 500;
const SLOW_OPENS_PER_SECOND = 250;
const DRIP_EVERY_MS = 1_000;
/** Of each kind. */
const PER_SECOND = 50;
const PATIENCE_MS = 5_000;
/** The server looks every few seconds. */
const LONGEST_MS = 15_000;
const ADDRESSES = 100;
const STATUS = /^HTTP\/1\.1 (\d+)/;

const POST = 'POST /auth/otp HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n';
const GET = 'GET /healthz HTTP/1.1\r\nHost: localhost\r\n';

/** Requests whose length is in doubt. What follows would be the beginning of a second request. */
const AMBIGUOUS = [
  `${GET}Content-Length: 2\r\nContent-Length: 4\r\n\r\n{}GE`,
  `${POST}Content-Length: 2\r\nContent-Length: 4\r\n\r\n{}GE`,
  `${GET}Content-Length: 2, 4\r\n\r\n{}GE`,
  `${GET}Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
  `${POST}Transfer-Encoding: chunked\r\nContent-Length: 0\r\n\r\n2\r\n{}\r\n0\r\n\r\n`,
  `${GET}Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n0\r\n\r\n`,
] as const;

/** Requests that are simply wrong. */
const MALFORMED = [
  `${POST}Transfer-Encoding: gzip, chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n`,
  `${POST}Transfer-Encoding: chunked\r\n\r\nffffffffffffffff\r\n{}`,
  `${POST}Transfer-Encoding: chunked\r\n\r\n-2\r\n{}\r\n0\r\n\r\n`,
  `${POST}Transfer-Encoding: chunked\r\n\r\n2;x="\r\n{}\r\n0\r\nX: y\r\n\r\n`,
  `${POST}Content-Length: -1\r\n\r\n{}`,
  `${POST}Content-Length: 99999999999999999999\r\n\r\n{}`,
  `${GET}Bad Header: 1\r\n\r\n`,
  `${GET}X: ${'y'.repeat(20_000)}\r\n\r\n`,
  'GET /healthz\r\n\r\n',
  'BREW /healthz HTTP/9.9\r\n\r\n',
  `GET /${'%00'.repeat(50)} HTTP/1.1\r\nHost: a b\r\n\r\n`,
  'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n',
] as const;

const KINDS = [
  { name: 'ambiguous', requests: AMBIGUOUS },
  { name: 'malformed', requests: MALFORMED },
] as const;

/** What is counted of a request that was not finished and still has its connection after the server's ten seconds. */
const TOO_LONG = 'unfinished for over 10 s';

/** Requests that are ambiguous, malformed or never finished. */
export const http: Flood = {
  name: 'http',
  title: `two lengths, length and chunks, odd chunks; ${SLOW_CLIENTS} requests that are never finished`,
  run: async (attack) => {
    await Promise.all([wrong(attack), unfinished(attack)]);
  },
  breaches: (answers) => given(answers, 'ambiguous HTTP 200', 'malformed HTTP 500', TOO_LONG),
};

function wrong(attack: Attack): Promise<void> {
  let count = 0;
  return attack.pace(attack.scaled(PER_SECOND), () => {
    count += 1;
    for (const { name, requests } of KINDS) {
      const socket = openPlain(attack, name);
      send(socket, requests[count % requests.length] ?? GET, count % ADDRESSES);
      // What is neither answered nor closed by then is let go of.
      socket.setTimeout(PATIENCE_MS, () => {
        attack.tally.add(`${name} no answer`);
        socket.destroy();
      });
    }
    return true;
  });
}

/** Each sends a little more of its request every second. */
async function unfinished(attack: Attack): Promise<void> {
  const openedAtMs = new Map<Socket, number>();
  const most = attack.scaled(SLOW_CLIENTS);
  await attack.pace(SLOW_OPENS_PER_SECOND, () => {
    const socket = openPlain(attack, 'unfinished');
    const isBody = openedAtMs.size % 2 === 0;
    send(socket, isBody ? `${POST}Content-Length: 4000\r\n\r\n{` : GET, openedAtMs.size);
    openedAtMs.set(socket, performance.now());
    return openedAtMs.size < most;
  });
  await attack.repeat(DRIP_EVERY_MS, async () => {
    for (const [index, socket] of [...openedAtMs.keys()].entries()) {
      if (socket.writable) socket.write(index % 2 === 0 ? ' ' : 'X-Slow: 1\r\n');
    }
  });
  for (const [socket, atMs] of openedAtMs) {
    if (!socket.destroyed && performance.now() - atMs > LONGEST_MS) attack.tally.add(TOO_LONG);
  }
}

function openPlain({ port, tally }: Attack, name: string): Socket {
  const socket = connect({ port, host: '127.0.0.1' });
  socket.on('data', (chunk) => {
    const status = STATUS.exec(chunk.toString('latin1'))?.[1];
    if (status !== undefined) tally.add(`${name} HTTP ${status}`);
  });
  // A reset is an end like any other.
  socket.on('error', () => undefined);
  return socket;
}

/** Sends a request, or its beginning, as from that address. */
function send(socket: Socket, request: string, address: number): void {
  const [[name, value] = []] = Object.entries(addressHeaders(address));
  socket.write(request.replace('\r\n', `\r\n${name}: ${value}\r\n`));
}
