import type { LoadOnServer } from './cases/case.ts';
import { Child } from './child.ts';
import { type Contender, type ServerName, startContender } from './contenders.ts';
import type { BenchEnvironment } from './environment.ts';
import type {
  Answer,
  Heat,
  InTurns,
  OncePlan,
  RawTransactionsPlan,
  Request,
  TurnsPlan,
} from './load/plan.ts';
import type { Options } from './options.ts';
import type { Sample } from './sample.ts';
import { AUCTION_IDS } from './seed.ts';

/** A load client that says nothing for so long beyond its plan is given up. */
const PATIENCE_MS = 120_000;

/** With less the compiler is still at work while it is measured, most of all where bids are few. */
const HEAT_SECONDS = 5;

/** Short enough that a machine which gets slower or faster does so for everybody. */
const TURN_SECONDS = 0.5;
const WARM_UP_SECONDS = 1;

/** Somebody who is there to be measured. */
export interface Entrant {
  /** Measures for one turn; between turns nothing is asked of it. */
  turn(): Promise<void>;
  /** What came of all its turns; rejects when more or less was stored than told. */
  finish(): Promise<Sample>;
}

/** What is done with somebody who is there for that long. */
export type Stay<Somebody> = (somebody: Somebody) => Promise<void>;

/** What every plan for a server says. */
export interface PlanBase {
  readonly target: { readonly pid: number; readonly port: number };
  readonly databasePid: number;
}

/** Runs a case: starts what it needs, and stops that whatever happens. */
export class CaseRunner {
  readonly environment: BenchEnvironment;
  readonly seconds: number;
  /** How many turns these seconds are. */
  readonly turns: number;
  readonly #options: Options;

  constructor(environment: BenchEnvironment, options: Options) {
    this.environment = environment;
    this.seconds = options.seconds;
    this.turns = Math.max(1, Math.round(options.seconds / TURN_SECONDS));
    this.#options = options;
  }

  /** How many of `count` there are in this run. */
  scaled(count: number): number {
    return Math.max(1, Math.round(count * this.#options.scale));
  }

  /** So long a warm-up, or a shorter one in a short run. */
  inTurns(warmUpSeconds = WARM_UP_SECONDS): InTurns {
    const share = Math.min(1, this.seconds / WARM_UP_SECONDS);
    return { seconds: this.seconds / this.turns, warmUpSeconds: warmUpSeconds * share };
  }

  /** What every plan without a server says. */
  get rawBase(): Pick<RawTransactionsPlan, 'target' | 'databaseUrl' | 'databasePid' | keyof InTurns> {
    const { ringsideUrl: databaseUrl, databasePid } = this.environment;
    return { ...this.inTurns(), target: null, databaseUrl, databasePid };
  }

  /** What brings a server to the speed that it keeps. */
  get heat(): Heat {
    const { heat: auctionIds } = AUCTION_IDS;
    const seconds = Math.min(HEAT_SECONDS, this.seconds);
    return { auctionIds, tokens: this.environment.tokens(auctionIds.length), seconds };
  }

  /** Has a server for as long as `work` takes. */
  async withServer<Result>(name: ServerName, work: (server: Contender) => Promise<Result>): Promise<Result> {
    const starting = startContender(this.environment, name, this.#options.profileFolder);
    return this.environment.with(starting, async (server) => {
      try {
        return await work(server);
      } catch (error) {
        throw new Error(`${name}: ${String(error)}\n${server.lastWords()}`, { cause: error });
      }
    });
  }

  /** Has a plan carried out on a server of its own. */
  async once(name: ServerName, planFor: (base: PlanBase) => OncePlan): Promise<Sample> {
    return this.withServer(name, (server) =>
      this.#withClient((client) => client.sample(planFor(this.#baseOf(server)))),
    );
  }

  /** Has a server under load, which is warm and at rest, for as long as `stay` takes. */
  async withLoadedServer(name: ServerName, load: LoadOnServer, stay: Stay<Entrant>): Promise<void> {
    await this.withServer(name, async (server) => {
      const before = await this.#stored(server, load);
      const plan = load.planFor(this.#baseOf(server));
      await this.withLoad(plan, (entrant) =>
        stay({
          turn: () => entrant.turn(),
          finish: async () => {
            const sample = await entrant.finish();
            const added = (await this.#stored(server, load)) - before;
            if (
              server.databaseUrl !== null &&
              sample.toldAccepted !== null &&
              sample.toldAccepted !== added
            ) {
              throw new Error(`${name} accepted ${sample.toldAccepted} bids and stored ${added}`);
            }
            return sample;
          },
        }),
      );
    });
  }

  /** Has a load for as long as `stay` takes. */
  async withLoad(plan: TurnsPlan, stay: Stay<Entrant>): Promise<void> {
    await this.#withClient(async (client) => {
      await client.answer(plan);
      await stay({
        turn: async () => {
          await client.answer({ kind: 'turn' });
        },
        finish: () => client.sample({ kind: 'finish' }),
      });
    });
  }

  #withClient<Result>(work: (client: LoadClient) => Promise<Result>): Promise<Result> {
    return this.environment.with(Child.start('load/main.ts'), (child) =>
      work(new LoadClient(child, this.seconds * 1000 + PATIENCE_MS)),
    );
  }

  #baseOf({ pid, port }: Contender): PlanBase {
    return { target: { pid, port }, databasePid: this.environment.databasePid };
  }

  async #stored({ databaseUrl }: Contender, { auctionIds }: LoadOnServer): Promise<number> {
    if (databaseUrl === null) return 0;
    const sql = 'SELECT COUNT(*) FROM bids WHERE auction_id IN (?)';
    return this.environment.count(databaseUrl, sql, [auctionIds]);
  }
}

/** The process that makes load. */
class LoadClient {
  readonly #child: Child<unknown>;
  readonly #patienceMs: number;

  constructor(child: Child<unknown>, patienceMs: number) {
    this.#child = child;
    this.#patienceMs = patienceMs;
  }

  /** Rejects when it could not do what it was asked for. */
  async answer(request: Request): Promise<Exclude<Answer, { kind: 'failed' }>> {
    // What load/main.ts answers.
    const answer = (await this.#child.ask(request, this.#patienceMs)) as Answer;
    if (answer.kind === 'failed') throw new Error(`${request.kind}: ${answer.why}`);
    return answer;
  }

  /** The answer to what ends in a sample. */
  async sample(request: Request): Promise<Sample> {
    const answer = await this.answer(request);
    if (answer.kind !== 'done') throw new Error(`${request.kind}: not done yet`);
    return answer.sample;
  }
}
