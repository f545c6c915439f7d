import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { getRequestListener } from '@hono/node-server';
import type { Frame, Transport, TransportApplication, TransportLimits } from '../../ports/transport.ts';
import { canonicalAddress } from './address.ts';
import { internalError, malformedRequest } from './answers.ts';
import { cannotListen } from './listening.ts';
import { WsSocketIo } from './socketIoWs.ts';
import { Topics } from './topics.ts';
import type { WsSocket } from './wsSocket.ts';
import { WsUpgrades } from './wsUpgrades.ts';

/** Sockets and HTTP on Node's own server and `ws`, where no native build of uWebSockets.js exists. */
export function createWsTransport(limits: TransportLimits): Transport {
  return new WsTransport(limits);
}

class WsTransport implements Transport {
  readonly name = 'ws';
  readonly #limits: TransportLimits;
  readonly #topics = new Topics<WsSocket>();
  readonly #server = createServer();
  #upgrades: WsUpgrades | null = null;
  #socketIo: WsSocketIo | null = null;
  #ended: Promise<void> | null = null;

  constructor(limits: TransportLimits) {
    this.#limits = limits;
  }

  listen(host: string, port: number, application: TransportApplication): Promise<number> {
    const upgrades = new WsUpgrades(application, this.#limits, this.#topics);
    this.#upgrades = upgrades;
    const socketIo = new WsSocketIo(application.socketIo, this.#limits);
    this.#socketIo = socketIo;
    const answer = httpListener(application);
    this.#server.on('request', (request, response) => {
      if (socketIo.isMeant(request)) socketIo.request(request, response);
      else void answer(request, response);
    });
    this.#server.on('upgrade', (request, socket, head) => {
      if (socketIo.isMeant(request)) socketIo.upgrade(request, socket, head);
      else upgrades.handle(request, socket, head);
    });
    return new Promise((resolve, reject) => {
      this.#server.on('error', (error) => {
        reject(cannotListen(host, port, error.message));
      });
      this.#server.listen(port, host, () => resolve((this.#server.address() as AddressInfo).port));
    });
  }

  publish(topic: string, frame: Frame): number {
    let handedOver = 0;
    if (this.#topics.has(topic)) {
      const bytes = Buffer.from(frame.text);
      for (const socket of this.#topics.subscribers(topic)) {
        socket.write(bytes);
        handedOver += bytes.length;
      }
    }
    return handedOver + (this.#socketIo?.publish(topic, frame) ?? 0);
  }

  stopListening(): void {
    this.#upgrades?.stop();
    this.#socketIo?.stop();
    this.#ended ??= new Promise((resolve) => this.#server.close(() => resolve()));
  }

  async close(): Promise<void> {
    this.stopListening();
    await Promise.all([this.#upgrades?.close(), this.#socketIo?.close()]);
    this.#server.closeAllConnections();
    await this.#ended;
  }
}

function httpListener(application: TransportApplication): ReturnType<typeof getRequestListener> {
  return getRequestListener(
    async (request, { incoming }) => {
      try {
        return await application.http(request, canonicalAddress(incoming.socket.remoteAddress ?? ''));
      } catch {
        return internalError();
      }
    },
    // Handlers' own faults are answered above, so this one only hears of requests that cannot be read.
    { overrideGlobalObjects: false, errorHandler: () => malformedRequest() },
  );
}
