import { auctions500, auctions500x2 } from './auctions.ts';
import { bidders100, bidders100x8 } from './bidders.ts';
import type { BenchCase } from './case.ts';
import { chat, socketIo } from './chat.ts';
import { idle, storm } from './connections.ts';
import { fanOut1000, fanOut5000 } from './fanOut.ts';
import { letters } from './letters.ts';
import { loneBid } from './loneBid.ts';

/** Everything that can be measured, in the order in which it is. */
export const CASES: readonly BenchCase[] = [
  loneBid,
  fanOut1000,
  fanOut5000,
  bidders100,
  bidders100x8,
  auctions500,
  auctions500x2,
  storm,
  idle,
  chat,
  socketIo,
  letters,
];
