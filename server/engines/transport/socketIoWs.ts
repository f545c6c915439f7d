import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { type ServerOptions, WebSocketServer } from 'ws';
import type { Frame, SocketIoApplication, TransportLimits, TurnedDown } from '../../ports/transport.ts';
import { detailJson, refusalHeaders } from './answers.ts';
import { SocketIo, SOCKET_IO_PATH } from './socketIo.ts';
import { ownRooms } from './socketIoRooms.ts';
import { CLOSE_TIMEOUT, readUpgrade, turnDown } from './wsUpgrades.ts';

/** Socket.IO on Node's own server, which hands over what is meant for it. */
export class WsSocketIo {
  readonly #socketIo: SocketIo;
  /** Socket.IO takes a server over with all its listeners, so it gets one of its own, which never listens. */
  readonly #front = createServer();
  readonly #natives: WebSocketServer[] = [];

  constructor(application: SocketIoApplication, limits: TransportLimits) {
    const natives = this.#natives;
    class Natives extends WebSocketServer {
      constructor(options: ServerOptions) {
        super({ ...options, clientTracking: true, ...CLOSE_TIMEOUT });
        natives.push(this);
      }
    }
    this.#socketIo = new SocketIo(application, limits, ownRooms, { wsEngine: Natives });
    this.#socketIo.server.attach(this.#front, { destroyUpgrade: false });
  }

  /** Whether a request is for Socket.IO. */
  isMeant({ url = '' }: IncomingMessage): boolean {
    return url.startsWith(SOCKET_IO_PATH);
  }

  request(request: IncomingMessage, response: ServerResponse): void {
    const refusal = this.#turnDown(request, false);
    if (refusal === null) this.#front.emit('request', request, response);
    else response.writeHead(refusal.status, refusalHeaders(refusal)).end(detailJson(refusal.detail));
  }

  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const refusal = this.#turnDown(request, true);
    if (refusal === null) this.#front.emit('upgrade', request, socket, head);
    else turnDown(socket, refusal);
  }

  publish(topic: string, frame: Frame): number {
    return this.#socketIo.publish(topic, frame);
  }

  stop(): void {
    this.#socketIo.stop();
  }

  async close(): Promise<void> {
    await this.#socketIo.close();
    for (const { clients } of this.#natives) for (const native of clients) native.terminate();
  }

  #turnDown(native: IncomingMessage, isUpgrade: boolean): TurnedDown | null {
    const { method = '' } = native;
    return this.#socketIo.turnDown(native, { request: readUpgrade(native), method, isUpgrade });
  }
}
