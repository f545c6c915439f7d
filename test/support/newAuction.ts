import { type ServerProcess, tokenOf } from './serverProcess.ts';

/** The user id of a seller of the demo. */
export const DEMO_SELLER = 11;

/** Has the demo's seller make an auction that starts at once, at 10.00; gives its id and its end. */
export async function newAuction(
  server: ServerProcess,
  endsInMs: number,
): Promise<{ readonly id: number; readonly endsAtMs: number }> {
  const endsAtMs = Date.now() + endsInMs;
  const response = await fetch(`${server.http}/api/auctions/`, {
    method: 'POST',
    headers: { authorization: `Token ${tokenOf(DEMO_SELLER)}`, 'content-type': 'application/json' },
    body: JSON.stringify({
      name: 'Brass Lamp',
      description: 'A lamp of brass.',
      condition: 'good',
      category: 'Home',
      images: [],
      starting_price: '10.00',
      start_time: new Date(endsAtMs - 60_000).toISOString(),
      end_time: new Date(endsAtMs).toISOString(),
    }),
  });
  if (response.status !== 201) throw new Error(`the auction was not made: ${await response.text()}`);
  return { id: ((await response.json()) as { auction_id: number }).auction_id, endsAtMs };
}
