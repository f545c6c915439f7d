import { afterEach, describe, expect, it } from 'vitest';
import { bidPage, commentPage } from '../../shared/contracts/rest.ts';
import { NO_RATES } from '../support/limits.ts';
import { newSale } from '../support/newSale.ts';
import { startTestServer, type TestServer } from '../support/server.ts';

const PRICES = { minBidPrice: 1, bidPrice: 1, actualPrice: 1 };

describe('the lists of a live sale', () => {
  let server: TestServer;
  afterEach(() => server.stop());

  const connect = async (username: string) => server.connect(`/ws/?token=${await server.token(username)}`);
  /** A sale in which that many bids and comments have come in its second round, and one of each in its first. */
  const busySale = async (lines: number) => {
    const auctionId = await newSale(server);
    const [host, viewer] = [await connect('baraka_host'), await connect('buyer1')];
    host.send({ type: 'startLiveAuction', auctionId });
    host.send({ type: 'joinAuction', auctionId });
    await host.nextOf('auctionState');
    const step = async (amount: number) => {
      viewer.send({ type: 'placeBid', auctionId, amount });
      viewer.send({ type: 'comment', auctionId, comment: `${amount}` });
      await host.nextOf('newComment');
    };
    await step(500);
    host.send({ type: 'changeCuurentProduct', auctionId, product: 'Chain', ...PRICES });
    await host.nextOf('auction_change_product');
    for (let amount = 1; amount <= lines; amount += 1) await step(amount);
    return { auctionId, host };
  };
  /** What a viewer who joins now is shown, and what everyone was told last. */
  const shown = async ({ auctionId, host }: Awaited<ReturnType<typeof busySale>>) => {
    const late = await connect('buyer2');
    late.send({ type: 'joinAuction', auctionId });
    const { data: state } = await late.nextOf('auctionState');
    const told = (type: string) => host.frames.findLast((frame) => frame.type === type)?.data;
    const bidsOf = (lines: unknown) => (lines as { bid: number }[]).map(({ bid }) => bid);
    const commentsOf = (lines: unknown) => (lines as { comment: string }[]).map(({ comment }) => comment);
    expect(bidsOf(state?.['auctionBids'])).toEqual(bidsOf(told('newBid')?.['auctionBids']));
    expect(commentsOf(state?.['comments'])).toEqual(commentsOf(told('newComment')?.['comments']));
    return { bids: bidsOf(state?.['auctionBids']), comments: commentsOf(state?.['comments']) };
  };

  it.each([
    ['1', 1],
    ['3', 3],
    ['0', 12],
  ])('[LI9] hold the newest lines of the round: %s of them', async (items, length) => {
    server = await startTestServer({ ...NO_RATES, LIMIT_LIST_ITEMS: items, LIMIT_LIST_BYTES: '0' });
    const newest = Array.from({ length }, (_, index) => 12 - index);
    expect(await shown(await busySale(12))).toEqual({
      bids: newest,
      comments: newest.toReversed().map(String),
    });
  });

  it('[RE14] are listed whole over REST, of the sale or of one round, in pages', async () => {
    server = await startTestServer({ ...NO_RATES, LIMIT_LIST_ITEMS: '3' });
    const { auctionId } = await busySale(25);
    const ask = async (path: string) => (await fetch(new URL(path, server.http))).json();
    const address = `/api/auctions/${auctionId}`;
    const bids = bidPage.parse(await ask(`${address}/bids/?round=2`));
    expect(bids.results).toHaveLength(20);
    expect(bids.results[0]).toMatchObject({ bidder: 'buyer1', amount: '25.00', round: 2 });
    const older = bidPage.parse(await ask(bids.next ?? ''));
    expect(older.results.map(({ amount }) => amount)).toEqual(['5.00', '4.00', '3.00', '2.00', '1.00']);
    expect(older.next).toBeNull();
    expect(bidPage.parse(await ask(older.previous ?? '')).results).toEqual(bids.results);
    expect(bidPage.parse(await ask(`${address}/bids/?round=1`))).toMatchObject({
      next: null,
      previous: null,
      results: [{ amount: '500.00', round: 1 }],
    });
    const comments = commentPage.parse(await ask(`${address}/comments/?round=2`));
    expect(comments.results).toHaveLength(20);
    expect(comments.results[0]).toMatchObject({ user: 'buyer1', comment: '25', round: 2 });
    const rest = commentPage.parse(await ask(comments.next ?? ''));
    expect(rest.results.map(({ comment }) => comment)).toEqual(['5', '4', '3', '2', '1']);
    expect(rest.next).toBeNull();
    const all = commentPage.parse(await ask(`${address}/comments/?before=9`));
    expect(all.results.map(({ comment, round }) => [comment, round])).toEqual([
      ['1', 2],
      ['500', 1],
    ]);
    for (const list of ['bids', 'comments']) {
      expect(await ask(`${address}/${list}/?round=3`)).toEqual({ next: null, previous: null, results: [] });
      expect(await ask(`/api/auctions/4711/${list}/?round=1`)).toMatchObject({ code: 'auction_not_found' });
      expect(await ask(`${address}/${list}/?round=x`)).toMatchObject({
        errors: { round: ['must be the number of a round, a whole number from 1'] },
      });
    }
  });
});
