import { createHmac } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ConfigError, readConfig } from '../../server/config.ts';
import { systemClock } from '../../server/engines/clock/systemClock.ts';
import { openSms } from '../../server/engines/sms/index.ts';
import { createPrintedSms } from '../../server/engines/sms/printed.ts';
import { createWebhookSms } from '../../server/engines/sms/webhook.ts';
import { freePort } from '../support/processes.ts';

const NUMBER = '+923001234567';
const TEXT = '012345 is your “MadeInPK” code.';
const SECRET = 'a secret that two sides know';

interface Received {
  readonly method: string | undefined;
  readonly url: string | undefined;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

describe('[AU3] text messages in development', () => {
  it('are printed, each in one line', async () => {
    const lines: string[] = [];
    const sms = createPrintedSms((line) => lines.push(line));
    expect(await sms.send(NUMBER, TEXT)).toEqual({ kind: 'sent' });
    expect(lines).toEqual([`SMS to ${NUMBER}: ${TEXT}\n`]);
  });
});

describe('[AU3] what sends text messages', () => {
  const open = (environment: Record<string, string>) => openSms(readConfig(environment), systemClock);
  const PRODUCTION = { NODE_ENV: 'production', JWT_SECRET: 'sixteen characters' };
  const WEBHOOK = { SMS_WEBHOOK_URL: 'https://sms.example/send' };

  it('is nothing in production without a webhook, and something everywhere else', () => {
    expect(open(PRODUCTION)).toBeNull();
    for (const environment of [{}, WEBHOOK, { ...PRODUCTION, ...WEBHOOK }]) {
      expect(open(environment)).not.toBeNull();
    }
  });

  it.each([
    ['SMS_WEBHOOK_URL', 'nowhere'],
    ['SMS_WEBHOOK_URL', 'ftp://sms.example/'],
    ['SMS_WEBHOOK_URL', 'https://user:password@sms.example/'],
    ['SMS_WEBHOOK_SECRET', 'too short'],
  ])('[CM3] is refused by name at the start: %s %s', (name, value) => {
    expect(() => readConfig({ [name]: value })).toThrow(ConfigError);
    expect(() => readConfig({ [name]: value })).toThrow(name);
    expect(() => readConfig({ [name]: value })).not.toThrow('password');
  });
});

describe('[AU3] text messages through a webhook', () => {
  let server: Server;
  let url: string;
  let received: Received[];
  let answer: (response: ServerResponse) => void;

  beforeEach(async () => {
    received = [];
    answer = (response) => response.writeHead(204).end();
    server = createServer((request, response) => {
      let body = '';
      request.setEncoding('utf8').on('data', (part: string) => {
        body += part;
      });
      request.on('end', () => {
        const { method, url: path, headers } = request;
        received.push({ method, url: path, headers, body });
        answer(response);
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/send?account=7`;
  });
  afterEach(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });

  const send = (secret: string | null = null, timeoutMs = 5_000) =>
    createWebhookSms({ url, secret, timeoutMs }, systemClock).send(NUMBER, TEXT);
  const failed = (error: string) => ({ kind: 'failed', error });

  it('are posted as JSON', async () => {
    expect(await send()).toEqual({ kind: 'sent' });
    expect(received).toHaveLength(1);
    expect(received[0]).toMatchObject({
      method: 'POST',
      url: '/send?account=7',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ to: NUMBER, text: TEXT }),
    });
    expect(received[0]?.headers).not.toHaveProperty('x-ringside-signature');
  });

  it('are signed where there is a secret', async () => {
    await send(SECRET);
    const [posted] = received;
    const digits = createHmac('sha256', SECRET)
      .update(posted?.body ?? '')
      .digest('hex');
    expect(posted?.headers['x-ringside-signature']).toBe(`sha256=${digits}`);
  });

  it.each([200, 201, 202])('are sent when it answers %i', async (status) => {
    answer = (response) => response.writeHead(status).end('{"id":"x"}'.repeat(10_000));
    expect(await send()).toEqual({ kind: 'sent' });
  });

  it.each([400, 401, 404, 429, 500, 503])('are not when it answers %i', async (status) => {
    answer = (response) => response.writeHead(status).end(`what is ${NUMBER}?`);
    expect(await send()).toEqual(failed(`the SMS webhook answered ${status}`));
  });

  it('do not follow it anywhere else', async () => {
    answer = (response) => response.writeHead(307, { Location: '/elsewhere' }).end();
    expect(await send(SECRET)).toEqual(failed('the SMS webhook answered 307'));
    expect(received).toHaveLength(1);
  });

  it('have failed when it says nothing in time', async () => {
    answer = () => undefined;
    expect(await send(null, 100)).toEqual(
      failed('the SMS webhook cannot be reached: no answer within 100 ms'),
    );
  });

  it('have failed when it hangs up', async () => {
    answer = (response) => response.destroy();
    expect(await send()).toEqual(failed('the SMS webhook cannot be reached: UND_ERR_SOCKET'));
  });

  it('have failed when nobody is there', async () => {
    url = `http://127.0.0.1:${await freePort()}/`;
    expect(await send()).toEqual(failed('the SMS webhook cannot be reached: ECONNREFUSED'));
  });
});
