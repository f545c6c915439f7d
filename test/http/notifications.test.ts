import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fault, notificationPage, readAllNotifications, unreadCount } from '../../shared/contracts/rest.ts';
import { type HttpBench, openBench, ORIGIN } from './bench.ts';

let bench: HttpBench;

/** buyer1 has been outbid 25 times, buyer2 24 times. */
beforeAll(async () => {
  bench = await openBench();
  for (let turn = 1; turn <= 50; turn += 1) {
    await bench.bid(1, turn % 2 === 1 ? 'buyer1' : 'buyer2', 250_000 + turn * 1_000);
  }
});
afterAll(() => bench.close());

const list = async (as: string, query = '') =>
  notificationPage.parse((await bench.ask(`/api/notifications/${query}`, { as })).json);
const unread = async (as: string) =>
  unreadCount.parse((await bench.ask('/api/notifications/unread_count/', { as })).json).unread_count;
const markRead = (id: number | string, as: string) =>
  bench.ask(`/api/notifications/${id}/read/`, { method: 'POST', as });

describe('[RE1] the notices of a user', () => {
  it('are listed as the document shows them, newest first, twenty a page', async () => {
    const page = await list('buyer1');
    expect(page).toMatchObject({
      count: 25,
      next: `${ORIGIN}/api/notifications/?page=2`,
      previous: null,
    });
    expect(page.results).toHaveLength(20);
    expect(page.results[0]).toEqual({
      id: expect.any(Number) as number,
      notification_type: 'bid_outbid',
      title: 'You have been outbid',
      message: 'Someone placed a higher bid of Rs. 3000.00 on Handwoven Pashmina Shawl',
      is_read: false,
      auction: { id: 1, product_name: 'Handwoven Pashmina Shawl', current_price: '3000.00' },
      created_at: '2025-11-04T18:45:00Z',
    });
    const second = await list('buyer1', '?page=2');
    expect(second).toMatchObject({ next: null, previous: `${ORIGIN}/api/notifications/` });
    const ids = [...page.results, ...second.results].map(({ id }) => id);
    expect(ids).toHaveLength(25);
    expect(ids).toEqual([...ids].sort((one, other) => other - one));
  });

  it('are nobody else’s', async () => {
    const mine = (await list('buyer1', '?page=last')).results.map(({ id }) => id);
    const theirs = (await list('buyer2', '?page=last')).results.map(({ id }) => id);
    expect(mine.filter((id) => theirs.includes(id))).toEqual([]);
    expect(await list('buyer3')).toEqual({ count: 0, next: null, previous: null, results: [] });
  });

  it.each(['0', '-1', '3', 'abc'])('have no page %s', async (page) => {
    const { status, json } = await bench.ask(`/api/notifications/?page=${page}`, { as: 'buyer1' });
    expect(status).toBe(404);
    expect(json).toEqual({ detail: 'Invalid page.' });
  });

  it('are never cached', async () => {
    const { headers } = await bench.ask('/api/notifications/', { as: 'buyer1' });
    expect(headers.get('cache-control')).toBe('no-store');
  });

  it('need a token on every route', async () => {
    for (const [method, path] of [
      ['GET', '/api/notifications/'],
      ['GET', '/api/notifications/unread_count/'],
      ['POST', '/api/notifications/read_all/'],
      ['POST', '/api/notifications/1/read/'],
    ] as const) {
      expect((await bench.ask(path, { method })).status, path).toBe(401);
    }
  });
});

describe('[RE2] reading notices', () => {
  it('one by one counts them down, and again changes nothing', async () => {
    const [first] = (await list('buyer1')).results;
    const id = first?.id ?? 0;
    const before = await unread('buyer1');
    for (const path of [`/api/notifications/${id}/read/`, `/api/notifications/${id}/read`]) {
      const { status, json } = await bench.ask(path, { method: 'POST', as: 'buyer1' });
      expect(status).toBe(200);
      expect(json).toEqual({ id, is_read: true });
    }
    expect(await unread('buyer1')).toBe(before - 1);
    expect((await list('buyer1')).results[0]).toMatchObject({ id, is_read: true });
  });

  it('of somebody else finds none, and leaves them unread', async () => {
    const [theirs] = (await list('buyer2')).results;
    const { status, json } = await markRead(theirs?.id ?? 0, 'buyer1');
    expect(status).toBe(404);
    expect(fault.parse(json).detail).toBe('Notification not found');
    expect((await list('buyer2')).results[0]).toMatchObject({ id: theirs?.id, is_read: false });
  });

  it.each(['999999', '0', '-1', 'x', '1e3'])('finds none under %s', async (id) => {
    expect((await markRead(id, 'buyer1')).status).toBe(404);
  });

  it('all at once tells how many were unread, and touches nobody else’s', async () => {
    const before = await unread('buyer2');
    const others = await unread('buyer1');
    const answer = await bench.ask('/api/notifications/read_all/', { method: 'POST', as: 'buyer2' });
    expect(answer.status).toBe(200);
    expect(readAllNotifications.parse(answer.json)).toEqual({ updated: before });
    expect(await unread('buyer2')).toBe(0);
    expect(await unread('buyer1')).toBe(others);
    const again = await bench.ask('/api/notifications/read_all/', { method: 'POST', as: 'buyer2' });
    expect(again.json).toEqual({ updated: 0 });
  });
});
