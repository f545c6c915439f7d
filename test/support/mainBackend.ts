import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A request as the backend got it. */
export interface BackendRequest {
  readonly path: string | undefined;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** How a backend answers; it may also hang up or say nothing. */
export type BackendAnswer = (response: ServerResponse, request: BackendRequest) => void;

/** A house's main backend on loopback, which answers as a test tells it to. */
export interface MainBackend {
  readonly url: string;
  readonly received: readonly BackendRequest[];
  /** From now on. */
  answers(answer: BackendAnswer): void;
  stop(): Promise<void>;
}

/** Starts a backend; without a word from the test it answers 204. */
export async function startMainBackend(answer: BackendAnswer = status(204)): Promise<MainBackend> {
  const received: BackendRequest[] = [];
  let current = answer;
  const server = createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8').on('data', (part: string) => {
      body += part;
    });
    request.on('end', () => {
      const got = { path: request.url, headers: request.headers, body };
      received.push(got);
      current(response, got);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/told?by=ringside`,
    received,
    answers: (next) => {
      current = next;
    },
    stop: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** An answer with that status and body. */
export function status(code: number, body = ''): BackendAnswer {
  return (response) => response.writeHead(code).end(body);
}

/** An answer of 200 with that JSON. */
export function json(value: unknown): BackendAnswer {
  return status(200, JSON.stringify(value));
}
