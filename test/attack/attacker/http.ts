import { Agent, request } from 'node:http';
import { addressHeaders } from '../place.ts';
import type { Attack } from './attack.ts';

/** A request that is not answered by then is given up. */
const PATIENCE_MS = 10_000;

export interface Asking {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** A stranger with one HTTP connection that is kept, and an address. Statuses are counted. */
export class HttpClient {
  readonly #attack: Attack;
  readonly #address: number;
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 1 });

  constructor(attack: Attack, address: number) {
    this.#attack = attack;
    this.#address = address;
  }

  /** Resolves with the body of a good answer; empty for any other, and where there was none. */
  ask(path: string, { method = 'GET', headers = {}, body }: Asking = {}): Promise<string> {
    const { port, tally } = this.#attack;
    return new Promise((resolve) => {
      let isSettled = false;
      const settle = (name: string, text: string) => {
        if (!isSettled) tally.add(name);
        isSettled = true;
        resolve(text);
      };
      const fail = () => settle('cut', '');
      const asking = request(
        {
          host: '127.0.0.1',
          port,
          path,
          method,
          agent: this.#agent,
          timeout: PATIENCE_MS,
          headers: { ...addressHeaders(this.#address), ...headers },
        },
        (response) => {
          const { statusCode = 0 } = response;
          const chunks: Buffer[] = [];
          response.on('data', (chunk: Buffer) => chunks.push(chunk));
          response.on('error', fail);
          response.on('end', () => {
            settle(`HTTP ${statusCode}`, statusCode === 200 ? Buffer.concat(chunks).toString() : '');
          });
        },
      );
      asking.on('timeout', () => asking.destroy());
      asking.on('error', fail);
      asking.end(body);
    });
  }

  close(): void {
    this.#agent.destroy();
  }
}
