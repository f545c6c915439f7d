import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { session } from '../../shared/contracts/auth.ts';
import { invalidFields } from '../../shared/contracts/rest.ts';
import { type HttpBench, openBench } from './bench.ts';
import { testLimits } from '../support/limits.ts';

const NUMBER = '+923005550102';

let bench: HttpBench;

beforeAll(async () => {
  const unbounded = { otpPerMinute: 0, otpMessagesPerHour: 0, otpMessagesPerDay: 0, smsPerMinute: 0 };
  bench = await openBench({ limits: testLimits(unbounded) });
});
afterAll(() => bench.close());

const refresh = (refreshToken: string) => bench.ask('/auth/refresh', { json: { refreshToken } });

async function login(number: string) {
  await bench.clock.advance(30_000);
  await bench.ask('/auth/otp', { json: { number } });
  const { json } = await bench.ask('/auth/otp', { json: { number, otpCode: bench.phone.codeOf(number) } });
  return session.parse(json);
}

describe('[TK7] logging out', () => {
  const logout = (json: unknown, path = '/auth/logout') => bench.ask(path, { json });

  it.each(['/auth/logout', '/auth/logout/'])(
    'ends that session, and is answered the same again: %s',
    async (path) => {
      const [first, other] = [await login(NUMBER), await login(NUMBER)];
      const { refreshToken } = session.parse((await refresh(first.refreshToken)).json);
      for (let times = 0; times < 2; times += 1) {
        const { status, text } = await logout({ refreshToken }, path);
        expect([status, text]).toEqual([204, '']);
      }
      expect((await refresh(refreshToken)).status).toBe(401);
      expect((await refresh(other.refreshToken)).status).toBe(200);
    },
  );

  it('with an older refresh token of a session ends that', async () => {
    const first = await login(NUMBER);
    const second = session.parse((await refresh(first.refreshToken)).json);
    expect((await logout({ refreshToken: first.refreshToken })).status).toBe(204);
    expect((await refresh(second.refreshToken)).status).toBe(401);
  });

  it('with no such token is answered the same', async () => {
    expect((await logout({ refreshToken: 'nonsense' })).status).toBe(204);
  });

  it.each([
    [{}, 'is required'],
    [{ refreshToken: 5 }, 'must be a string'],
  ])('refuses %j by name', async (json, sentence) => {
    const answer = await logout(json);
    expect(answer.status).toBe(400);
    expect(invalidFields.parse(answer.json).errors).toEqual({ refreshToken: [sentence] });
  });
});
