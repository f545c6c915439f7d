import { once } from 'node:events';
import { createServer, type RequestListener, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { getRequestListener } from '@hono/node-server';
import type { Frame, Transport, TransportApplication } from '../../ports/transport.ts';
import { canonicalAddress } from './address.ts';
import { detailJson, internalError, MALFORMED_REQUEST, malformedRequest, refusalHeaders } from './answers.ts';
import type { TransportContext } from './context.ts';
import type { Faults } from './faults.ts';
import { type Attempt, cannotListen, isTaken, listenOnceFree, messageOf } from './listening.ts';
import { WsSocketIo } from './socketIoWs.ts';
import { Topics } from './topics.ts';
import type { WsSocket } from './wsSocket.ts';
import { RequestCheck } from './wsRequestCheck.ts';
import { turnDown, WsUpgrades } from './wsUpgrades.ts';

/** Requests that take too long are looked for that often, or more often where they may take less. */
const LONGEST_BETWEEN_LOOKS_MS = 1_000;

/** Sockets and HTTP on Node's own server and `ws`, where no native build of uWebSockets.js exists. */
export function createWsTransport(context: TransportContext): Transport {
  return new WsTransport(context);
}

class WsTransport implements Transport {
  readonly name = 'ws';
  readonly #context: TransportContext;
  readonly #topics = new Topics<WsSocket>();
  readonly #server;
  #upgrades: WsUpgrades | null = null;
  #socketIo: WsSocketIo | null = null;
  #ended: Promise<void> | null = null;

  constructor(context: TransportContext) {
    const { requestTimeoutMs } = context.limits;
    this.#context = context;
    this.#server = createServer({
      headersTimeout: requestTimeoutMs,
      requestTimeout: requestTimeoutMs,
      connectionsCheckingInterval: Math.min(requestTimeoutMs || Infinity, LONGEST_BETWEEN_LOOKS_MS),
    });
  }

  async listen(host: string, port: number, application: TransportApplication): Promise<number> {
    this.#serve(application);
    try {
      return await listenOnceFree(host, port, () => this.#tryToListen(host, port), this.#context);
    } catch (error) {
      this.stopListening();
      throw error;
    }
  }

  publish(topic: string, frame: Frame): number {
    let handedOver = 0;
    if (this.#topics.has(topic)) {
      const bytes = Buffer.from(frame.text);
      for (const socket of this.#topics.subscribers(topic)) {
        if (socket.write(bytes)) handedOver += bytes.length;
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

  #serve(application: TransportApplication): void {
    const upgrades = new WsUpgrades(application, this.#context, this.#topics);
    this.#upgrades = upgrades;
    const socketIo = new WsSocketIo(application.socketIo, this.#context);
    this.#socketIo = socketIo;
    const answer = httpListener(application, this.#context.faults);
    const check = new RequestCheck();
    this.#server.on('request', (request, response) => {
      const verdict = check.of(request);
      if (verdict === 'ambiguous') refuse(response);
      else if (verdict === 'ignored') return;
      else if (socketIo.isMeant(request)) socketIo.request(request, response);
      else answer(request, response);
    });
    this.#server.on('upgrade', (request, socket, head) => {
      const verdict = check.of(request);
      if (verdict === 'ambiguous') turnDown(socket, MALFORMED_REQUEST);
      else if (verdict === 'ignored') socket.destroy();
      else if (socketIo.isMeant(request)) socketIo.upgrade(request, socket, head);
      else upgrades.handle(request, socket, head);
    });
  }

  async #tryToListen(host: string, port: number): Promise<Attempt> {
    this.#server.listen(port, host);
    try {
      await once(this.#server, 'listening');
    } catch (error) {
      if (isTaken(error)) return 'taken';
      throw cannotListen(host, port, messageOf(error));
    }
    this.#server.on('error', (error) => {
      this.#context.log.error('a connection could not be accepted', { error });
    });
    return { port: (this.#server.address() as AddressInfo).port };
  }
}

/** Answers a request that cannot be understood, and ends its connection. */
function refuse(response: ServerResponse): void {
  const { status, detail } = MALFORMED_REQUEST;
  const headers = { ...refusalHeaders(MALFORMED_REQUEST), Connection: 'close' };
  response.writeHead(status, headers).end(detailJson(detail));
}

function httpListener(application: TransportApplication, faults: Faults): RequestListener {
  const listener = getRequestListener(
    async (request, { incoming }) => {
      try {
        const remoteAddress = canonicalAddress(incoming.socket.remoteAddress ?? '');
        return await application.http(genuine(request), remoteAddress);
      } catch (error) {
        // A client that goes away is no fault of the handler.
        if (!incoming.destroyed) faults.report(error);
        return internalError();
      }
    },
    // Handlers' own faults are answered above, so this one only hears of requests that cannot be read.
    { overrideGlobalObjects: false, errorHandler: () => malformedRequest() },
  );
  return (request, response) => void listener(request, response);
}

/** A request with a body that another one can be made of, which the listener's own kind is not. */
function genuine(request: Request): Request {
  const { url, method, headers, body, signal } = request;
  return body === null ? request : new Request(url, { method, headers, body, signal, duplex: 'half' });
}
