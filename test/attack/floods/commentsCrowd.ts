import { PLACE } from '../place.ts';
import { commenting } from './commenting.ts';
import type { Flood } from './flood.ts';

/** Many accounts fill the list of comments, each within its own rate. */
export const commentsCrowd: Flood = {
  name: 'comments-crowd',
  title: `comments of full length from ${PLACE.attack.crowd.length} accounts, to 200 viewers of a live sale`,
  run: (attack) => commenting(attack, PLACE.attack.crowdSale, PLACE.attack.crowd),
};
