import type { Sample } from '../sample.ts';
import type { LiveProtocol } from './liveSockets.ts';

/** A server under load. */
export interface Target {
  readonly port: number;
  readonly pid: number;
}

/** What every plan for a server says. Ids of users are their place in `tokens`, counted from 1. */
interface Common {
  readonly target: Target;
  readonly databasePid: number;
  readonly tokens: readonly string[];
}

/** What is measured in turns. */
export interface InTurns {
  /** How long each turn is measured. */
  readonly seconds: number;
  /** How long the first of them goes on before it is. */
  readonly warmUpSeconds: number;
}

/** Bids on other auctions before anything is measured, so that the server runs on code that has been compiled well. */
export interface Heat {
  readonly auctionIds: readonly number[];
  /** One bidder for each auction. */
  readonly tokens: readonly string[];
  readonly seconds: number;
}

/** Many watch one auction; one bids again when the last of them has heard of the bid before. */
export interface FanOutPlan extends Common, InTurns {
  readonly kind: 'fan-out';
  readonly heat: Heat;
  readonly auctionId: number;
  readonly watchers: number;
}

/** Every auction has its bidders, who bid again at once when they are answered. */
export interface BiddingPlan extends Common, InTurns {
  readonly kind: 'bidding';
  readonly heat: Heat;
  readonly auctionIds: readonly number[];
  readonly biddersPerAuction: number;
  /** How many unanswered bids each bidder has. */
  readonly inFlight: number;
}

/** Everybody connects to one auction at once; each is there when it has its snapshot. */
export interface StormPlan extends Common {
  readonly kind: 'storm';
  readonly auctionId: number;
  readonly connects: number;
  /** So many connect, and go again, before anything is measured. */
  readonly warmUpConnects: number;
}

/** Sockets that only are there. What the first of them cost, with the server's start, is not counted; the others come in steps. */
export interface IdlePlan extends Common {
  readonly kind: 'idle';
  readonly auctionId: number;
  readonly sockets: number;
  readonly notCounted: number;
  readonly steps: number;
  /** How long to look at what they cost while they only are there. */
  readonly seconds: number;
}

/** A live sale with its viewers, in which somebody speaks so many times a second. */
export interface ChatPlan extends Common, InTurns {
  readonly kind: 'chat';
  readonly protocol: LiveProtocol;
  readonly saleId: number;
  readonly hostToken: string;
  readonly viewers: number;
  readonly commentsPerSecond: number;
}

interface RawPlan extends InTurns {
  /** There is no server. */
  readonly target: null;
  readonly databaseUrl: string;
  readonly databasePid: number;
}

/** One bid after the other, each a transaction, by the same statements as a bid of Ringside's, without any server. */
export interface RawTransactionsPlan extends RawPlan {
  readonly kind: 'raw-transactions';
  readonly auctionId: number;
}

/** The same rows as bids on many auctions, in transactions of many rows, without any server. */
export interface RawBatchesPlan extends RawPlan {
  readonly kind: 'raw-batches';
  readonly auctionIds: readonly number[];
  readonly connections: number;
}

/** Load that rests between its turns. */
export type TurnsPlan = FanOutPlan | BiddingPlan | ChatPlan | RawTransactionsPlan | RawBatchesPlan;

/** Load that is over when it has been measured. */
export type OncePlan = StormPlan | IdlePlan;

/** What the load client is told to do: one plan, and then the turns of those that have them. */
export type Request = TurnsPlan | OncePlan | { readonly kind: 'turn' } | { readonly kind: 'finish' };

/** What it answers, to each; `done` to a plan that is over, and at the finish. */
export type Answer =
  | { readonly kind: 'ready' }
  | { readonly kind: 'done'; readonly sample: Sample }
  | { readonly kind: 'failed'; readonly why: string };
