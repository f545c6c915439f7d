import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import jwt from 'jsonwebtoken';
import { z } from 'zod';
import { freePort } from './processes.ts';

const KEY = 'APItestsOnly';
const SECRET = 'what the media server of these tests signs with';

/** What a token lets its bearer do. */
const claims = z.strictObject({
  iss: z.literal(KEY),
  sub: z.string().optional(),
  name: z.string().optional(),
  nbf: z.number(),
  exp: z.number(),
  video: z.record(z.string(), z.unknown()),
});
const roomRequest = z.looseObject({
  name: z.string().optional(),
  room: z.string().optional(),
  maxParticipants: z.int().optional(),
});

/** A call of the room API that was signed well, as it came. */
export interface RoomRequest {
  readonly method: string;
  readonly body: z.infer<typeof roomRequest>;
}

/** How calls are answered: as LiveKit does, with that status instead, not at all, or by hanging up. */
export type RoomAnswer = 'well' | number | 'never' | 'hang-up';

/** A LiveKit server on loopback, as far as its room API, its tokens and its webhooks go: nobody talks in it. */
export interface TestLiveKit {
  readonly url: string;
  /** What a server needs to use it: `LIVEKIT_URL` and what goes with it. */
  readonly settings: Readonly<Record<string, string>>;
  readonly received: readonly RoomRequest[];
  /** Who is in each room that there is. */
  readonly rooms: ReadonlyMap<string, ReadonlySet<string>>;
  answers(answer: RoomAnswer): void;
  /**
   * Enters the room that the token names, which is made where there is none, as LiveKit does it. Rejects when the token does
   * not let its bearer in, and when the room is full.
   */
  enter(token: string): Promise<void>;
  leave(callId: string, identity: number | string): void;
  /** A webhook's body and its `Authorization`, signed; with an id of its own unless the event has one. */
  news(event: object, validFor?: '5m' | '1d'): { readonly body: string; readonly authorization: string };
  /** Cuts every connection and listens no more; rooms stay. */
  stop(): Promise<void>;
  /** Listens again on the same port. */
  start(): Promise<void>;
}

/** Starts such a server without rooms. */
export async function startLiveKit(): Promise<TestLiveKit> {
  const livekit = new RunningLiveKit(await freePort());
  await livekit.start();
  return livekit;
}

/** What a token says, checked as the media server would. */
export function readToken(token: string): z.infer<typeof claims> {
  return claims.parse(jwt.verify(token, SECRET, { algorithms: ['HS256'] }));
}

class RunningLiveKit implements TestLiveKit {
  readonly url: string;
  readonly settings: Readonly<Record<string, string>>;
  readonly received: RoomRequest[] = [];
  readonly rooms = new Map<string, Set<string>>();
  /** The most participants of each room that has such a limit. */
  readonly #places = new Map<string, number>();
  readonly #port: number;
  #answer: RoomAnswer = 'well';
  #lastEvent = 0;
  #server: Server | null = null;

  constructor(port: number) {
    this.#port = port;
    this.url = `ws://127.0.0.1:${port}`;
    this.settings = { LIVEKIT_URL: this.url, LIVEKIT_API_KEY: KEY, LIVEKIT_API_SECRET: SECRET };
  }

  answers(answer: RoomAnswer): void {
    this.#answer = answer;
  }

  async enter(token: string): Promise<void> {
    const { sub = '', video } = readToken(token);
    const room = String(video['room']);
    const there = this.rooms.get(room) ?? new Set();
    const isFull = !there.has(sub) && there.size >= (this.#places.get(room) ?? Infinity);
    if (sub === '' || video['roomJoin'] !== true || isFull) throw new Error('not let in');
    this.rooms.set(room, there.add(sub));
  }

  leave(callId: string, identity: number | string): void {
    this.rooms.get(callId)?.delete(String(identity));
  }

  news(event: object, validFor: '5m' | '1d' = '5m'): { body: string; authorization: string } {
    this.#lastEvent += 1;
    const body = JSON.stringify({ id: `EV_${this.#lastEvent}`, createdAt: '1700000000', ...event });
    const sha256 = createHash('sha256').update(body).digest('base64');
    return { body, authorization: jwt.sign({ sha256 }, SECRET, { issuer: KEY, expiresIn: validFor }) };
  }

  async start(): Promise<void> {
    const server = createServer((request, response) => {
      let body = '';
      request.setEncoding('utf8').on('data', (part: string) => {
        body += part;
      });
      request.on('end', () => this.#take(request, body, response));
    });
    this.#server = server;
    await new Promise<void>((resolve) => server.listen(this.#port, '127.0.0.1', resolve));
  }

  async stop(): Promise<void> {
    const server = this.#server;
    this.#server = null;
    if (server === null) return;
    const closed = new Promise((resolve) => server.close(resolve));
    server.closeAllConnections();
    await closed;
  }

  #take({ url = '', headers, method: verb }: IncomingMessage, text: string, response: ServerResponse): void {
    const [, method = ''] = /^\/twirp\/livekit\.RoomService\/(\w+)$/.exec(url) ?? [];
    const body = roomRequest.parse(JSON.parse(text));
    if (verb !== 'POST' || !isAllowed(method, body, headers.authorization)) {
      return fail(response, 401, 'unauthenticated');
    }
    this.received.push({ method, body });
    switch (this.#answer) {
      case 'well':
        return this.#carryOut(method, body, response);
      case 'never':
        return;
      case 'hang-up':
        response.destroy();
        return;
      default:
        return fail(response, this.#answer, this.#answer === 404 ? 'not_found' : 'internal');
    }
  }

  #carryOut(
    method: string,
    { name = '', room = '', maxParticipants }: RoomRequest['body'],
    response: ServerResponse,
  ): void {
    switch (method) {
      case 'CreateRoom':
        if (!this.rooms.has(name)) this.rooms.set(name, new Set());
        if (maxParticipants !== undefined) this.#places.set(name, maxParticipants);
        return succeed(response, {
          sid: `RM_${name}`,
          name,
          creation_time: '1700000000',
          num_participants: 0,
        });
      case 'DeleteRoom':
        this.#places.delete(room);
        return this.rooms.delete(room) ? succeed(response, {}) : fail(response, 404, 'not_found');
      case 'ListParticipants': {
        const there = [...(this.rooms.get(room) ?? [])];
        const participants = there.map((identity) => ({ sid: `PA_${identity}`, identity, state: 'ACTIVE' }));
        return succeed(response, { participants });
      }
      default:
        return fail(response, 404, 'bad_route');
    }
  }
}

/** Signed for this very call, and for a few minutes only. */
function isAllowed(method: string, { room }: RoomRequest['body'], authorization = ''): boolean {
  try {
    const { video, exp, nbf } = readToken(authorization.replace(/^Bearer /, ''));
    if (exp - nbf > 600) return false;
    return method === 'ListParticipants'
      ? video['roomAdmin'] === true && video['room'] === room
      : video['roomCreate'] === true;
  } catch {
    return false;
  }
}

function succeed(response: ServerResponse, value: object): void {
  response.writeHead(200, { 'Content-Type': 'application/json' }).end(JSON.stringify(value));
}

/** A fault as Twirp writes it. */
function fail(response: ServerResponse, status: number, code: string): void {
  const body = JSON.stringify({ code, msg: `what is ${SECRET}?` });
  response.writeHead(status, { 'Content-Type': 'application/json' }).end(body);
}
