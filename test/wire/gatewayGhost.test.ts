import { describe, expect, it } from 'vitest';
import { startTestServer } from '../support/server.ts';

describe('a token of a user who is no more', () => {
  it('[GW7] is told "User not found!" when it bids or comments', async () => {
    const ghost = { id: 999_999, username: 'ghost' };
    const identity = () => ({
      identify: () => Promise.resolve({ kind: 'identified' as const, user: ghost, expiresAtMs: null }),
    });
    const server = await startTestServer({}, { identity });
    const client = await server.connect('/ws/?token=T');
    client.send({ type: 'placeBid', data: { auctionId: 7, amount: 5000 } });
    expect(await client.nextOf('error')).toMatchObject({ message: 'User not found!' });
    client.send({ type: 'comment', data: { auctionId: 7, comment: 'Boo' } });
    expect(await client.nextOf('error')).toMatchObject({ message: 'User not found!' });
    await server.stop();
  });
});
