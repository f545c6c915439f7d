import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { auction } from '../../shared/contracts/auction.ts';
import { until } from '../support/processes.ts';
import { startTestServer, type TestServer } from '../support/server.ts';
import { type BrowserPage, findBrowser, openBrowser } from './browser.ts';

const program = findBrowser();

describe.skipIf(program === null)('[RE9] the demo page in a browser', () => {
  let server: TestServer;
  let page: BrowserPage;

  beforeAll(async () => {
    [server, page] = await Promise.all([startTestServer(), openBrowser(program ?? '')]);
  });
  afterAll(() => Promise.all([page.close(), server.stop()]));

  const textOf = (id: string) => page.evaluate(`document.getElementById('${id}')?.innerText ?? ''`);
  const shows = (id: string, text: string) =>
    until(async () => expect(await textOf(id)).toEqual(expect.stringContaining(text)));
  const bid = (amount: string) =>
    page.evaluate(
      `document.getElementById('amount').value = '${amount}'; document.getElementById('bid').requestSubmit()`,
    );

  it('watches the auction of its address, bids, and tells what happens', async () => {
    await page.open(`${server.http}/?auction=1`);
    await shows('name', 'Handwoven Pashmina Shawl');
    await shows('price', '2500.00');
    await shows('left', 'left');
    expect(await page.evaluate(`document.getElementById('auction').value`)).toBe('1');

    await bid('2600');
    await shows('bids', 'buyer1 bid 2600.00');
    await shows('price', '2600.00');

    const rival = await server.watch(1, 'buyer2');
    rival.send({ type: 'place_bid', amount: 2700 });
    await shows('bids', 'buyer2 bid 2700.00');
    await shows('messages', 'You have been outbid. Someone placed a higher bid of Rs. 2700.00');

    await bid('2700');
    await shows('messages', 'Bid must be higher than current price of 2700.00');

    expect((await ask('/api/auctions/1/end/', {})).status).toBe(200);
    await shows('status', 'ended, won by buyer2');
    expect(await page.evaluate(`document.getElementById('bid').hidden`)).toBe(true);
    expect(page.complaints).toEqual([]);
  });

  it('shows the names of things as they are written', async () => {
    const hostile = '<img src=x onerror="document.title=1">';
    const made = await ask('/api/auctions/', {
      name: hostile,
      description: hostile,
      condition: 'new',
      category: hostile,
      starting_price: 5,
      start_time: new Date().toISOString(),
      end_time: new Date(Date.now() + 3_600_000).toISOString(),
    });
    expect(made.status).toBe(201);
    const { auction_id: id } = auction.parse(await made.json());
    await page.open(`${server.http}/?auction=${id}`);
    await shows('name', hostile);
    await shows('auction', `${id} ${hostile}`);
    expect(await page.evaluate(`document.querySelectorAll('img').length`)).toBe(0);
    expect(page.complaints).toEqual([]);
  });

  const ask = async (path: string, body: unknown) =>
    fetch(`${server.http}${path}`, {
      method: 'POST',
      headers: {
        Authorization: `Token ${await server.token('kashmiri_crafts')}`,
        'Content-Type': 'application/json',
      },
      body: JSON.stringify(body),
    });
});
