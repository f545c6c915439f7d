import { Child } from './child.ts';
import { type Contender, type ServerName, startContender } from './contenders.ts';
import type { House } from './house.ts';
import type { Answer, Heat, Plan } from './load/plan.ts';
import type { Options } from './options.ts';
import type { Sample } from './sample.ts';
import { AUCTION_IDS } from './seed.ts';

/** A load client that says nothing for so long beyond its plan is given up. */
const PATIENCE_MS = 120_000;

/** With less the compiler is still at work while it is measured, most of all where bids are few. */
const HEAT_SECONDS = 5;

/** Where a case is played: starts what it needs, and lets it go whatever happens. */
export class Stage {
  readonly house: House;
  readonly seconds: number;
  readonly #options: Options;

  constructor(house: House, options: Options) {
    this.house = house;
    this.seconds = options.seconds;
    this.#options = options;
  }

  /** How many of `count` there are in this run. */
  scaled(count: number): number {
    return Math.max(1, Math.round(count * this.#options.scale));
  }

  /** Has a server for as long as `work` takes. */
  async withServer<Result>(name: ServerName, work: (server: Contender) => Promise<Result>): Promise<Result> {
    const starting = startContender(this.house, name, this.#options.profileFolder);
    return this.house.with(starting, async (server) => {
      try {
        return await work(server);
      } catch (error) {
        throw new Error(`${name}: ${String(error)}\n${server.lastWords()}`, { cause: error });
      }
    });
  }

  /** Has a plan carried out by a load client of its own. */
  async load(plan: Plan): Promise<Sample> {
    return this.house.with(Child.start('load/main.ts'), async (client) => {
      // What load/main.ts answers.
      const answer = (await client.ask(plan, plan.seconds * 1000 + PATIENCE_MS)) as Answer;
      if (answer.kind === 'failed') throw new Error(`${plan.kind}: ${answer.why}`);
      return answer.sample;
    });
  }

  /**
   * Measures one contender under bids, or under less; rejects unless every bid on these auctions that a client
   * was told is accepted is in the database.
   */
  async measure(
    name: ServerName,
    auctionIds: readonly number[],
    planFor: (common: PlanBase) => Plan,
  ): Promise<Sample> {
    return this.withServer(name, async ({ pid, port, databaseUrl }) => {
      const stored = () =>
        databaseUrl === null
          ? Promise.resolve(0)
          : this.house.count(databaseUrl, 'SELECT COUNT(*) FROM bids WHERE auction_id IN (?)', [auctionIds]);
      const before = await stored();
      const sample = await this.load(
        planFor({
          target: { pid, port },
          databasePid: this.house.databasePid,
          seconds: this.seconds,
          warmUpSeconds: Math.min(1, this.seconds),
        }),
      );
      const added = (await stored()) - before;
      if (databaseUrl !== null && sample.toldAccepted !== null && sample.toldAccepted !== added) {
        throw new Error(`${name} accepted ${sample.toldAccepted} bids and stored ${added}`);
      }
      return sample;
    });
  }

  /** What brings a server to the speed that it keeps. */
  get heat(): Heat {
    const { heat: auctionIds } = AUCTION_IDS;
    const seconds = Math.min(HEAT_SECONDS, this.seconds);
    return { auctionIds, tokens: this.house.tokens(auctionIds.length), seconds };
  }

  /** The same without a server. */
  get rawBase(): {
    readonly databaseUrl: string;
    readonly databasePid: number;
    readonly seconds: number;
    readonly warmUpSeconds: number;
  } {
    const { ringsideUrl: databaseUrl, databasePid } = this.house;
    return { databaseUrl, databasePid, seconds: this.seconds, warmUpSeconds: Math.min(1, this.seconds) };
  }
}

/** What every plan for a server says. */
export interface PlanBase {
  readonly target: { readonly pid: number; readonly port: number };
  readonly databasePid: number;
  readonly seconds: number;
  readonly warmUpSeconds: number;
}
