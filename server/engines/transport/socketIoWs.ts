import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { type ServerOptions, WebSocketServer } from 'ws';
import type { Frame, SocketIoApplication, TurnedDown } from '../../ports/transport.ts';
import { detailJson, refusalHeaders } from './answers.ts';
import type { TransportContext } from './context.ts';
import type { Faults } from './faults.ts';
import { SocketIo, SOCKET_IO_PATH } from './socketIo.ts';
import { ownRooms } from './socketIoRooms.ts';
import { MessageDeadline, partLimits } from './wsMessages.ts';
import { CLOSE_TIMEOUT, readUpgrade, turnDown } from './wsUpgrades.ts';

/** Socket.IO on Node's own server, which hands over what is meant for it. */
export class WsSocketIo {
  readonly #socketIo: SocketIo;
  /** Socket.IO takes a server over with all its listeners, so it gets one of its own, which never listens. */
  readonly #front = createServer();
  readonly #natives: WebSocketServer[] = [];
  readonly #faults: Faults;
  readonly #deadline: MessageDeadline;

  constructor(application: SocketIoApplication, context: TransportContext) {
    this.#faults = context.faults;
    const natives = this.#natives;
    class Natives extends WebSocketServer {
      constructor(options: ServerOptions) {
        super({
          ...options,
          ...CLOSE_TIMEOUT,
          ...partLimits(context.limits.maxFrameBytes),
          clientTracking: true,
        });
        natives.push(this);
      }
    }
    this.#socketIo = new SocketIo(application, context, ownRooms, { wsEngine: Natives });
    this.#socketIo.server.attach(this.#front, { destroyUpgrade: false });
    this.#socketIo.attached();
    this.#deadline = new MessageDeadline(
      context,
      () => natives.flatMap(({ clients }) => [...clients]),
      (native, code, reason) => native.close(code, reason),
    );
    this.#deadline.start();
  }

  /** Whether a request is for Socket.IO. */
  isMeant({ url = '' }: IncomingMessage): boolean {
    return url.startsWith(SOCKET_IO_PATH);
  }

  request(request: IncomingMessage, response: ServerResponse): void {
    const refusal = this.#turnDown(request, false);
    if (refusal === null) {
      const handle = () => this.#front.emit('request', request, response);
      this.#faults.contain(handle, () => response.destroy());
    } else response.writeHead(refusal.status, refusalHeaders(refusal)).end(detailJson(refusal.detail));
  }

  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const refusal = this.#turnDown(request, true);
    if (refusal === null) {
      const handle = () => this.#front.emit('upgrade', request, socket, head);
      this.#faults.contain(handle, () => socket.destroy());
    } else turnDown(socket, refusal);
  }

  publish(topic: string, frame: Frame): number {
    return this.#socketIo.publish(topic, frame);
  }

  stop(): void {
    this.#socketIo.stop();
  }

  async close(): Promise<void> {
    this.#deadline.stop();
    await this.#socketIo.close();
    for (const { clients } of this.#natives) for (const native of clients) native.terminate();
  }

  #turnDown(native: IncomingMessage, isUpgrade: boolean): TurnedDown | null {
    const { method = '' } = native;
    return this.#socketIo.turnDown(native, { request: readUpgrade(native), method, isUpgrade });
  }
}
