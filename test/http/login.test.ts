import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Limits } from '../../server/limits.ts';
import { otpSent, session } from '../../shared/contracts/auth.ts';
import { fault, invalidFields } from '../../shared/contracts/rest.ts';
import { testLimits } from '../support/limits.ts';
import { RecordedPhone } from '../support/phone.ts';
import { startTestServer } from '../support/server.ts';
import { type Answer, type HttpBench, openBench } from './bench.ts';

const NUMBER = '+923005550102';
const WRONG = '999999';
/** Most of these tests ask for one number again and again. */
const UNBOUNDED = { otpPerMinute: 0, otpMessagesPerHour: 0, otpMessagesPerDay: 0, smsPerMinute: 0 };

let bench: HttpBench;

beforeAll(async () => {
  bench = await openBench({ limits: testLimits(UNBOUNDED) });
});
afterAll(() => bench.close());

const otp = (json: unknown, path = '/auth/otp') => bench.ask(path, { json });
const refresh = (refreshToken: unknown) => bench.ask('/auth/refresh', { json: { refreshToken } });

/** Asks for a code after the pause that a number has to make. */
async function codeFor(number: string): Promise<string> {
  await bench.clock.advance(30_000);
  expect((await otp({ number })).status).toBe(200);
  return bench.phone.codeOf(number);
}

async function login(number: string) {
  const { status, json, text } = await otp({ number, otpCode: await codeFor(number) });
  expect(status, text).toBe(200);
  return session.parse(json);
}

describe('[AU1] asking for a code', () => {
  it.each(['/auth/otp', '/auth/otp/'])(
    'is answered the same for numbers known and unknown: %s',
    async (path) => {
      await bench.clock.advance(30_000);
      const known = await otp({ number: NUMBER }, path);
      const unknown = await otp({ number: '+15550100200' }, path);
      for (const { status, json } of [known, unknown]) {
        expect(status).toBe(200);
        expect(otpSent.parse(json)).toEqual({ message: 'A code was sent to this number.' });
      }
    },
  );

  it.each(['+92 300 555 0102', '+92-300-5550102', ' +923005550102 ', '+92\u00a03005550102'])(
    'takes a number as people write it: %j',
    async (number) => {
      await bench.clock.advance(30_000);
      await otp({ number });
      expect(bench.phone.messages.at(-1)?.number).toBe(NUMBER);
    },
  );

  it('again within thirty seconds is told to wait', async () => {
    await codeFor(NUMBER);
    const { status, headers, json } = await otp({ number: NUMBER });
    expect(status).toBe(429);
    expect(headers.get('retry-after')).toBe('30');
    expect(fault.parse(json)).toEqual({
      detail: 'A code was sent to this number just now. Please wait.',
      code: 'too_many_requests',
    });
  });

  it('that cannot be sent is told so', async () => {
    await bench.clock.advance(30_000);
    bench.phone.outcome = { kind: 'failed', error: 'the SMS webhook answered 500' };
    const { status, headers, json } = await otp({ number: NUMBER });
    bench.phone.outcome = { kind: 'sent' };
    expect(status).toBe(503);
    expect(headers.get('retry-after')).toBe('30');
    expect(fault.parse(json).detail).toBe('The code could not be sent. Please try again later.');
  });

  it.each([
    [{}, 'number', 'is required'],
    [{ number: 923005550102 }, 'number', 'must be a string'],
    [{ number: null }, 'number', 'must be a string'],
    ...[
      '',
      '03005550102',
      '923005550102',
      '+0923005550102',
      '+1234567',
      '+1234567890123456',
      '+92300x550102',
    ].map((number) => [{ number }, 'number', 'must be a plus and 8 to 15 digits, without a leading zero']),
    [{ number: '+'.padEnd(41, '9') }, 'number', 'must have at most 40 characters'],
    ...['', '12345', '1234567', '12345x', '１２３４５６', 123456, null].map((otpCode) => [
      { number: NUMBER, otpCode },
      'otpCode',
      'must be a string of 6 digits',
    ]),
    [{ number: NUMBER, userId: 1 }, 'userId', 'is not a field of this request'],
  ] as [unknown, string, string][])('refuses %j: %s %s', async (body, field, sentence) => {
    const { status, json } = await otp(body);
    expect(status).toBe(400);
    expect(invalidFields.parse(json).errors).toMatchObject({ [field]: [sentence] });
  });

  it.each([null, [], 'number', 5])('refuses a body that is no object: %j', async (body) => {
    const { status, json } = await otp(body);
    expect(status).toBe(400);
    expect(fault.parse(json).detail).toBe('The body must be a JSON object');
  });
});

describe('[AU1] logging in with a code', () => {
  it('gives the tokens and the user as the document names them', async () => {
    const { user, accessToken, refreshToken, expiresIn } = await login(NUMBER);
    expect(user).toEqual({
      id: 2,
      name: expect.any(String) as string,
      type: 'Normal',
      number: NUMBER,
      username: 'buyer2',
    });
    expect({ expiresIn, length: refreshToken.length }).toEqual({ expiresIn: 3600, length: 64 });
    const { status } = await bench.ask('/api/notifications/', {
      headers: { Authorization: `Bearer ${accessToken}` },
    });
    expect(status).toBe(200);
  });

  it('makes a user of a new number', async () => {
    const { user } = await login('+15550100300');
    expect(user).toMatchObject({ number: '+15550100300', type: 'Normal' });
    expect((await login('+15550100300')).user.id).toBe(user.id);
  });

  it('with a wrong code, or without having asked for one, is refused', async () => {
    await codeFor(NUMBER);
    const wrong = await otp({ number: NUMBER, otpCode: WRONG });
    expect(wrong.status).toBe(401);
    expect(wrong.headers.has('www-authenticate')).toBe(true);
    expect(fault.parse(wrong.json)).toEqual({ detail: 'This code is wrong.', code: 'code_wrong' });
    const unasked = await otp({ number: '+15550100400', otpCode: WRONG });
    expect(unasked.status).toBe(401);
    expect(fault.parse(unasked.json)).toEqual({
      detail: 'There is no code that can still be used. Please ask for a new one.',
      code: 'code_expired',
    });
  });

  it('leaves neither number nor code nor token in the log', async () => {
    const first = await login('+15550100500');
    const second = session.parse((await refresh(first.refreshToken)).json);
    await refresh(first.refreshToken);
    bench.phone.outcome = { kind: 'failed', error: 'the SMS webhook answered 500' };
    await bench.clock.advance(30_000);
    await otp({ number: '+15550100500' });
    bench.phone.outcome = { kind: 'sent' };
    const lines = JSON.stringify(bench.log.lines);
    const code = bench.phone.codeOf('+15550100500');
    for (const secret of ['15550100500', `${code} is`, first.refreshToken, second.accessToken]) {
      expect(lines).not.toContain(secret);
    }
    expect(bench.log.messages('error')).toEqual([]);
  });
});

describe('[AU1] the limit of one address', () => {
  let limited: HttpBench;

  beforeEach(async () => {
    limited = await openBench({ limits: testLimits({ otpPerMinute: 4 }), trustProxyHops: 1 });
  });

  it('[LI4] counts codes asked for and tried, whatever their numbers, and lets up with time', async () => {
    const from = (address: string, json: unknown) =>
      limited.ask('/auth/otp', { json, headers: { 'X-Forwarded-For': address } });
    for (const turn of [1, 2]) {
      expect((await from('192.0.2.1', { number: `+1555010060${turn}` })).status).toBe(200);
      expect((await from('192.0.2.1', { number: '+15550100609', otpCode: WRONG })).status).toBe(401);
    }
    const { status, headers, json } = await from('192.0.2.1', { number: '+15550100603' });
    expect(status).toBe(429);
    expect(headers.get('retry-after')).toBe('15');
    expect(fault.parse(json).detail).toBe('Too many requests. Please wait.');
    expect((await from('192.0.2.2', { number: '+15550100603' })).status).toBe(200);
    await limited.clock.advance(15_000);
    expect((await from('192.0.2.1', { number: '+15550100604' })).status).toBe(200);
    await limited.close();
  });
});

describe('the limits of a number and of all', () => {
  const NEW_NUMBER = '+15550100700';
  const over = async (limits: Partial<Limits>, use: (limited: HttpBench) => Promise<void>) => {
    const limited = await openBench({ limits: testLimits({ ...UNBOUNDED, ...limits }) });
    try {
      await use(limited);
    } finally {
      await limited.close();
    }
  };
  const refused = ({ status, headers, json }: Answer) => ({
    status,
    retryAfter: headers.get('retry-after'),
    ...fault.parse(json),
  });

  it('[SA24] answer 429 to a code that is asked for or tried while the number is locked', () =>
    over({}, async (limited) => {
      const asked = (json: object) => limited.ask('/auth/otp', { json: { number: NEW_NUMBER, ...json } });
      await asked({});
      for (let tries = 0; tries < 5; tries += 1) expect((await asked({ otpCode: WRONG })).status).toBe(401);
      const locked = {
        status: 429,
        detail: 'Too many wrong codes were tried for this number. Please wait.',
        code: 'number_locked',
      };
      expect(refused(await asked({ otpCode: limited.phone.codeOf(NEW_NUMBER) }))).toEqual({
        ...locked,
        retryAfter: '60',
      });
      await limited.clock.advance(30_001);
      expect(refused(await asked({}))).toEqual({ ...locked, retryAfter: '30' });
      await limited.clock.advance(29_999);
      expect((await asked({})).status).toBe(200);
      expect(limited.phone.messages.at(-1)?.text).toContain(
        'Wrong codes tried for your number since the last message: 5.',
      );
    }));

  it('[SA25] bound the messages to a number by the hour', () =>
    over({ otpMessagesPerHour: 2 }, async (limited) => {
      const asked = () => limited.ask('/auth/otp', { json: { number: NEW_NUMBER } });
      for (let times = 0; times < 2; times += 1) {
        expect((await asked()).status).toBe(200);
        await limited.clock.advance(30_000);
      }
      const answer = {
        status: 429,
        detail: 'Too many codes were sent to this number. Please wait.',
        code: 'too_many_requests',
      };
      expect(refused(await asked())).toEqual({ ...answer, retryAfter: '3540' });
      await limited.clock.advance(3_540_000);
      expect((await asked()).status).toBe(200);
    }));

  it('[SA25] bound the messages to everyone by the minute', () =>
    over({ smsPerMinute: 1 }, async (limited) => {
      const asked = (number: string) => limited.ask('/auth/otp', { json: { number } });
      expect((await asked(NEW_NUMBER)).status).toBe(200);
      const answer = {
        status: 429,
        retryAfter: '60',
        detail: 'Too many codes are being sent. Please wait.',
        code: 'too_many_requests',
      };
      expect(refused(await asked('+15550100701'))).toEqual(answer);
      await limited.clock.advance(60_000);
      expect((await asked('+15550100701')).status).toBe(200);
    }));

  it('[SA25] hold over a restart of the whole server', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'ringside-login-'));
    const settings = {
      DATABASE_URL: pathToFileURL(join(folder, 'ringside.sqlite')).href,
      LIMIT_OTP_MESSAGES_PER_HOUR: '1',
    };
    const statuses: number[] = [];
    for (let start = 0; start < 2; start += 1) {
      const server = await startTestServer(settings);
      const answer = await fetch(`${server.http}/auth/otp`, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json' },
        body: JSON.stringify({ number: NEW_NUMBER }),
      });
      statuses.push(answer.status);
      if (answer.status === 429)
        expect(await answer.text()).toContain('Too many codes were sent to this number');
      await server.stop();
    }
    await rm(folder, { recursive: true });
    expect(statuses).toEqual([200, 429]);
  });
});

describe('[AU2] refreshing', () => {
  it.each(['/auth/refresh', '/auth/refresh/'])('gives a new pair: %s', async (path) => {
    const first = await login(NUMBER);
    await bench.clock.advance(3_600_000);
    const stale = { headers: { Authorization: `Bearer ${first.accessToken}` } };
    expect((await bench.ask('/api/notifications/', stale)).status).toBe(401);
    const { status, json } = await bench.ask(path, { json: { refreshToken: first.refreshToken } });
    expect(status).toBe(200);
    const { accessToken, user } = session.parse(json);
    expect(user).toEqual(first.user);
    const fresh = { headers: { Authorization: `Bearer ${accessToken}` } };
    expect((await bench.ask('/api/notifications/', fresh)).status).toBe(200);
  });

  it('twice with one token is refused and ends the session', async () => {
    const first = await login(NUMBER);
    const second = session.parse((await refresh(first.refreshToken)).json);
    for (const token of [first.refreshToken, second.refreshToken]) {
      const { status, headers, json } = await refresh(token);
      expect(status).toBe(401);
      expect(headers.has('www-authenticate')).toBe(true);
      expect(fault.parse(json).code).toBe('refresh_token_invalid');
    }
  });

  it.each(['', 'nonsense', '0'.repeat(64)])('with no such token is refused: %j', async (token) => {
    expect((await refresh(token)).status).toBe(401);
  });

  it.each([
    [undefined, 'is required'],
    [null, 'must be a string'],
    [5, 'must be a string'],
  ])('refuses the token %j by name', async (token, sentence) => {
    const { status, json } = await refresh(token);
    expect(status).toBe(400);
    expect(invalidFields.parse(json).errors).toEqual({ refreshToken: [sentence] });
  });
});

describe('[AU3] a whole server', () => {
  const PRODUCTION = { NODE_ENV: 'production', JWT_SECRET: 'a secret of sixteen characters' };
  const ask = (server: { readonly http: string }, json: unknown) =>
    fetch(`${server.http}/auth/otp`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify(json),
    });

  it('in production without a webhook says clearly that it can send nothing', async () => {
    const server = await startTestServer(PRODUCTION);
    const answer = await ask(server, { number: NUMBER });
    expect(answer.status).toBe(503);
    expect(fault.parse(await answer.json()).code).toBe('unavailable');
    await server.stop();
  });

  it('hands codes to the webhook, and its access tokens open sockets', async () => {
    const phone = new RecordedPhone();
    const webhook = await startWebhook(phone);
    const server = await startTestServer({ ...PRODUCTION, SMS_WEBHOOK_URL: webhook.url });
    expect((await ask(server, { number: NUMBER })).status).toBe(200);
    const answer = await ask(server, { number: NUMBER, otpCode: phone.codeOf(NUMBER) });
    const { accessToken } = session.parse(await answer.json());
    const client = await server.connect(`/ws/auction/1/?token=${accessToken}`);
    await client.nextOf('auction_status');
    await server.stop();
    await webhook.stop();
  });
});

/** A webhook on loopback that puts what it gets on that phone. */
async function startWebhook(phone: RecordedPhone) {
  const server: Server = createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8').on('data', (part: string) => {
      body += part;
    });
    request.on('end', () => {
      phone.messages.push(parseMessage(body));
      response.writeHead(204).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    stop: () => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(resolve));
    },
  };
}

function parseMessage(body: string): { number: string; text: string } {
  const { to: number, text } = JSON.parse(body) as { to: string; text: string };
  return { number, text };
}
