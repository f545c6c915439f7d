import { afterEach, describe, expect, it } from 'vitest';
import { BidSocket } from '../support/bidSocket.ts';
import { until } from '../support/processes.ts';
import { program, ServerHome, tokenOf } from '../support/serverProcess.ts';
import { TestClient } from '../support/client.ts';

let home: ServerHome;
afterEach(() => home.remove());

const block = (...words: string[]) => home.run(program('cli/block', ...words));

describe('npm run block', { timeout: 60_000 }, () => {
  it('[CM5] [TK6] refuses the bids of a user in a server that runs, closes their call sockets, and is undone', async () => {
    home = await ServerHome.open({ LIMIT_CALL_CONNECTIONS_PER_MINUTE: '0' });
    const server = await home.start();
    const bidder = await BidSocket.connect(server, 1, 1);
    const caller = await TestClient.connect(`ws://127.0.0.1:${server.port}/ws/user/?token=${tokenOf(1)}`);
    await caller.settle();
    let bids = 0;
    const outcome = () => {
      bids += 1;
      const bid = { id: `bid ${bids}`, auctionId: 1, bidderId: 1, amount: `${5_000 + bids}.00` };
      return bidder.place(bid);
    };
    expect(await outcome()).toMatchObject({ seq: expect.any(Number) as number });

    expect(await block('buyer1')).toEqual({ code: 0, stdout: 'buyer1 (1) is blocked.\n', stderr: '' });
    await until(async () => expect(JSON.stringify(await outcome())).toContain('account_blocked'));
    expect(await caller.nextOf('error')).toMatchObject({ code: 'account_suspended' });
    expect((await caller.closing).code).toBe(4403);

    const undone = { code: 0, stdout: 'buyer1 (1) is not blocked.\n', stderr: '' };
    expect(await block('1', '--undo')).toEqual(undone);
    await until(async () => expect(await outcome()).toMatchObject({ seq: expect.any(Number) as number }));
    await bidder.close();
  });

  it('[CM5] says in one line what it does not know', async () => {
    home = await ServerHome.open();
    expect(await block('stranger')).toEqual({ code: 1, stdout: '', stderr: 'There is no user stranger.\n' });
    for (const words of [[], ['a', 'b'], ['a', '--until', 'tomorrow']]) {
      expect(await block(...words)).toEqual({
        code: 1,
        stdout: '',
        stderr: 'usage: npm run block -- USER [--undo] (USER is an id or a username)\n',
      });
    }
  });
});
