import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { findProgram, freePort, PrivateProgram } from './processes.ts';

const KEY = 'APItestsOnly';
const SECRET = 'what the media server of these tests signs with';

/** A webhook as the media server posted it. */
export interface Delivery {
  readonly body: string;
  readonly authorization: string;
  /** Its name and the identity it is about, such as `participant_joined 15`; the room's events have a name only. */
  readonly about: string;
}

/** A real `livekit-server` of one's own on loopback. */
export interface LiveKitProgram {
  readonly url: string;
  /** What a server needs to use it: `LIVEKIT_URL` and what goes with it. */
  readonly settings: Readonly<Record<string, string>>;
  /** The webhooks of a room so far, in order. */
  deliveriesOf(room: string): readonly Delivery[];
  /** Hands webhooks on to the server at that address from now on; `null`: to none. */
  handOnTo(http: string | null): void;
  stop(): Promise<void>;
}

/** Where `livekit-server` is; `null` when the machine has none. */
export function findLiveKit(): string | null {
  return findProgram('livekit-server');
}

/** Starts one without rooms. */
export async function startLiveKitProgram(program: string): Promise<LiveKitProgram> {
  const hooks = new Webhooks();
  const hooksUrl = await hooks.listen();
  const [port, tcpPort, udpPort] = [await freePort(), await freePort(), await freePort()];
  const config = {
    port,
    keys: { [KEY]: SECRET },
    rtc: {
      tcp_port: tcpPort,
      udp_port: udpPort,
      node_ip: '127.0.0.1',
      use_external_ip: false,
      enable_loopback_candidate: true,
      interfaces: { includes: ['lo'] },
    },
    webhook: { api_key: KEY, urls: [hooksUrl] },
  };
  const words = ['--dev', '--bind', '127.0.0.1', '--config-body', JSON.stringify(config)];
  const server = new PrivateProgram(program, words, async () => {
    await fetch(`http://127.0.0.1:${port}`);
  });
  await server.start();
  const url = `ws://127.0.0.1:${port}`;
  return {
    url,
    settings: { LIVEKIT_URL: url, LIVEKIT_API_KEY: KEY, LIVEKIT_API_SECRET: SECRET },
    deliveriesOf: (room) => hooks.deliveries.get(room) ?? [],
    handOnTo: (http) => {
      hooks.target = http;
    },
    stop: async () => {
      // It would wait for participants.
      await server.stop('SIGKILL');
      await hooks.close();
    },
  };
}

/** Keeps what is posted and hands it on: the media server must know the address before there is a server to test. */
class Webhooks {
  readonly deliveries = new Map<string, Delivery[]>();
  target: string | null = null;
  readonly #server: Server = createServer((request, response) => {
    void this.#take(request).then((status) => response.writeHead(status).end());
  });

  async listen(): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    const { port } = this.#server.address() as AddressInfo;
    return `http://127.0.0.1:${port}/`;
  }

  async close(): Promise<void> {
    const closed = new Promise((resolve) => this.#server.close(resolve));
    this.#server.closeAllConnections();
    await closed;
  }

  async #take(request: IncomingMessage): Promise<number> {
    let body = '';
    for await (const part of request.setEncoding('utf8')) body += String(part);
    const { authorization = '' } = request.headers;
    const event = JSON.parse(body) as {
      readonly event: string;
      readonly room?: { readonly name: string };
      readonly participant?: { readonly identity: string };
    };
    const about = [event.event, event.participant?.identity ?? []].flat().join(' ');
    const room = event.room?.name ?? '';
    const status = this.target === null ? 200 : await this.#handOn(this.target, body, request);
    this.deliveries.set(room, [...(this.deliveries.get(room) ?? []), { body, authorization, about }]);
    return status;
  }

  async #handOn(target: string, body: string, { headers }: IncomingMessage): Promise<number> {
    const answer = await fetch(`${target}/livekit/webhook`, {
      method: 'POST',
      headers: {
        'Content-Type': headers['content-type'] ?? '',
        Authorization: headers.authorization ?? '',
      },
      body,
    });
    return answer.status;
  }
}
