import { PLACE } from '../place.ts';
import { commenting } from './commenting.ts';
import type { Flood } from './flood.ts';

const SOCKETS = 30;

/** One account fills the list of comments from many sockets. */
export const comments: Flood = {
  name: 'comments',
  title: `comments of full length from ${SOCKETS} sockets of one account, to 200 viewers of a live sale`,
  run: (attack) => {
    const { account, commentSale } = PLACE.attack;
    return commenting(attack, commentSale, new Array<number>(SOCKETS).fill(account));
  },
};
