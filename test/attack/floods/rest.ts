import type { Attack } from '../attacker/attack.ts';
import { HttpClient } from '../attacker/http.ts';
import { PLACE } from '../place.ts';
import type { Flood } from './flood.ts';

const STRANGERS = 20;
/** No stranger asks more often. */
const EVERY_MS = 5;
/** How many pages are read from where a stranger begins. */
const PAGES = 5;
/** Keys of bids from which on the oldest are read, and those in the middle. */
const OLDEST_KEY = 0;
const MIDDLE_KEY = 30_000;

/** How many bids the history of this flood has. */
export const HISTORY_BIDS = 60_000;

/** Strangers read whatever is dear to answer, as fast as they get answers. */
export const rest: Flood = {
  name: 'rest',
  title: `${STRANGERS} strangers read the oldest of ${HISTORY_BIDS} bids, /api/docs/, /metrics and /readyz`,
  run: async (attack) => {
    const strangers = Array.from(
      { length: attack.scaled(STRANGERS) },
      (_, index) => new HttpClient(attack, index),
    );
    await Promise.all(strangers.map((stranger, index) => read(attack, stranger, index)));
    for (const stranger of strangers) stranger.close();
  },
};

async function read(attack: Attack, stranger: HttpClient, index: number): Promise<void> {
  const history = `/api/auctions/${PLACE.attack.history}/bids/`;
  // Half of them read history only.
  const others = index % 2 === 0 ? [] : ['/api/docs/', '/api/openapi.json', '/metrics', '/readyz'];
  const starts = [`${history}?after=${OLDEST_KEY}`, `${history}?before=${MIDDLE_KEY}`, ...others];
  let count = 0;
  await attack.repeat(EVERY_MS, async () => {
    count += 1;
    let path = starts[count % starts.length] ?? null;
    const direction = path?.includes('after=') === true ? 'previous' : 'next';
    for (let page = 0; page < PAGES && path !== null && !attack.isOver; page += 1) {
      path = linkIn(await stranger.ask(path), direction);
    }
  });
}

/** Where a page leads in that direction, without its host; `null`: nowhere. */
function linkIn(text: string, direction: 'previous' | 'next'): string | null {
  const link = new RegExp(`"${direction}":"([^"]+)"`).exec(text)?.[1];
  if (link === undefined) return null;
  const { pathname, search } = new URL(link);
  return `${pathname}${search}`;
}
