import { connect, type Socket } from 'node:net';
import type { Attack } from '../attacker/attack.ts';
import { addressHeaders } from '../place.ts';
import type { Flood } from './flood.ts';

const SLOW_CLIENTS = 500;
const SLOW_OPENS_PER_SECOND = 250;
const DRIP_EVERY_MS = 1_000;
const PER_SECOND = 100;
const ADDRESSES = 100;
const STATUS = /^HTTP\/1\.1 (\d+)/;

const POST = 'POST /auth/otp HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n';
const GET = 'GET /healthz HTTP/1.1\r\nHost: localhost\r\n';

/** Requests whose length is in doubt, and some that are simply wrong. What follows would be a second request. */
const REQUESTS = [
  `${POST}Content-Length: 2\r\nContent-Length: 4\r\n\r\n{}GET`,
  `${POST}Content-Length: 2, 4\r\n\r\n{}GET`,
  `${POST}Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
  `${POST}Transfer-Encoding: chunked\r\nContent-Length: 0\r\n\r\n2\r\n{}\r\n0\r\n\r\n`,
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

/** Requests that are ambiguous, broken or never finished. */
export const http: Flood = {
  name: 'http',
  title: `two lengths, length and chunks, odd chunks; ${SLOW_CLIENTS} requests that are never finished`,
  run: async (attack) => {
    await Promise.all([ambiguous(attack), unfinished(attack)]);
  },
};

function ambiguous(attack: Attack): Promise<void> {
  let count = 0;
  return attack.pace(attack.scaled(PER_SECOND), () => {
    count += 1;
    const socket = openPlain(attack);
    const request = REQUESTS[count % REQUESTS.length] ?? GET;
    socket.write(request.replace('\r\n', forwardedFor(count % ADDRESSES)));
    // What is neither answered nor closed by then is let go of.
    socket.setTimeout(DRIP_EVERY_MS * 5, () => {
      attack.tally.add('no answer');
      socket.destroy();
    });
    return true;
  });
}

/** Each sends a little more of its request every second. */
async function unfinished(attack: Attack): Promise<void> {
  const sockets: Socket[] = [];
  const most = attack.scaled(SLOW_CLIENTS);
  await attack.pace(SLOW_OPENS_PER_SECOND, () => {
    const socket = openPlain(attack);
    const isBody = sockets.length % 2 === 0;
    socket.write(
      (isBody ? `${POST}Content-Length: 4000\r\n\r\n{` : GET).replace('\r\n', forwardedFor(sockets.length)),
    );
    sockets.push(socket);
    return sockets.length < most;
  });
  await attack.repeat(DRIP_EVERY_MS, async () => {
    for (const [index, socket] of sockets.entries()) {
      if (socket.writable) socket.write(index % 2 === 0 ? ' ' : 'X-Slow: 1\r\n');
    }
  });
  const alive = sockets.filter(({ destroyed }) => !destroyed).length;
  if (alive > 0) attack.tally.add('still unfinished', alive);
}

function openPlain({ port, tally }: Attack): Socket {
  const socket = connect({ port, host: '127.0.0.1' });
  socket.on('data', (chunk) => tally.add(`HTTP ${STATUS.exec(chunk.toString('latin1'))?.[1] ?? 'more'}`));
  // A reset is an end like any other.
  socket.on('error', () => undefined);
  socket.on('close', () => tally.add('ended'));
  return socket;
}

function forwardedFor(address: number): string {
  const [[name, value] = []] = Object.entries(addressHeaders(address));
  return `\r\n${name}: ${value}\r\n`;
}
