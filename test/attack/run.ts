import { setTimeout as pause } from 'node:timers/promises';
import { Child, COLLECT_SIGNAL } from '../bench/child.ts';
import type { LatencySummary } from '../bench/latencies.ts';
import { median } from '../bench/sample.ts';
import type { ServerProcess } from '../support/serverProcess.ts';
import type { Arena, Standing } from './arena.ts';
import type { AttackAnswer, AttackPlan } from './attacker/plan.ts';
import type { Answers, Flood } from './floods/flood.ts';
import type { Phases } from './options.ts';
import { residentBytesIfAlive, ServerWatch } from './serverWatch.ts';
import { type Row, summaryOf } from './verdict.ts';

const PATIENCE_MS = 60_000;
/** Clearing memory stops the server for a moment: nothing is measured before that has passed. */
const COLLECTING_MS = 250;

/** Runs floods one after the other against the same server, while it lives. */
export class Run {
  readonly #arena: Arena;
  readonly #scale: number;
  readonly #phases: Phases;
  readonly #tell: (line: string) => void;
  /** What honest bids took in each quiet time so far. */
  readonly #quiets: LatencySummary[] = [];
  #attackers: Child<unknown> | null = null;
  /** The memory of the process that runs now, in its first quiet. */
  #first: { readonly pid: number; readonly bytes: number } | null = null;

  constructor(arena: Arena, scale: number, phases: Phases, tell: (line: string) => void) {
    this.#arena = arena;
    this.#scale = scale;
    this.#phases = phases;
    this.#tell = tell;
  }

  /** Starts the server, lets it get up to speed, and measures honest bids while nothing else goes on. */
  async begin(warmUpSeconds: number): Promise<void> {
    const { measure } = await this.#arena.stand();
    await measure(warmUpSeconds);
    this.#quiets.push(await this.#quiet(measure));
  }

  /** Measures under the flood, what is left of it after the calm, and the quiet after that. */
  async flood(flood: Flood): Promise<Row> {
    const { name, title } = flood;
    const { flood: seconds, calm: calmSeconds } = this.#phases;
    const { server, measure } = await this.#arena.stand();
    const before = await collectedBytes(server);
    if (before === null) throw new Error(`the server ended in the quiet: ${this.#arena.lastWords()}`);
    if (this.#first?.pid !== server.pid) this.#first = { pid: server.pid, bytes: before };
    const first = this.#first.bytes;
    const child = await Child.start('../attack/attacker/main.ts');
    this.#attackers = child;
    this.#tell(`${name}: flood`);
    const watch = new ServerWatch(server.pid);
    const plan = { flood: name, port: server.port, seconds, scale: this.#scale };
    const [under, { answers: attackers, failure }] = await Promise.all([
      measure(seconds),
      attack(child, plan),
    ]);
    const { peakBytes: peak, cpuShare } = watch.stop();
    this.#tell(`${name}: calm`);
    const calm = server.isRunning ? await measure(calmSeconds) : null;
    const left = residentBytesIfAlive(server.pid);
    const memory = { first, before, peak, calm: left, collected: await collectedBytes(server) };
    const without = middleOf(this.#quiets);
    const after = server.isRunning ? await this.#quiet(measure) : null;
    if (after !== null) this.#quiets.push(after);
    const isAlive = server.isRunning;
    if (!isAlive) this.#tell(`${name}: the server ended: ${this.#arena.lastWords()}`);
    return {
      name,
      title,
      seconds: this.#phases,
      without,
      under: summaryOf(under.latenciesMs),
      after,
      honestAnswers: under.answers,
      unanswered: under.unanswered,
      lost: under.lost + (calm?.lost ?? 0),
      memory,
      cpuShare,
      attackers,
      wrongAnswers: [...(flood.breaches?.(attackers, seconds) ?? []), ...(failure === null ? [] : [failure])],
      isAlive,
    };
  }

  /** Ends the attackers, if there are any. */
  async stop(): Promise<void> {
    await this.#attackers?.stop();
  }

  async #quiet(measure: Standing['measure']): Promise<LatencySummary> {
    this.#tell('quiet');
    return summaryOf((await measure(this.#phases.quiet)).latenciesMs);
  }
}

/** What came of a flood; `failure`: why it could not go on, such as a server that does not let its host in. */
interface Attacked {
  readonly answers: Answers;
  readonly failure: string | null;
}

/** Has the attackers carry out a plan; they are gone when this resolves. */
async function attack(child: Child<unknown>, plan: AttackPlan): Promise<Attacked> {
  try {
    // What attacker/main.ts answers.
    const answer = (await child.ask(plan, plan.seconds * 1000 + PATIENCE_MS)) as AttackAnswer;
    if (answer.kind === 'done') return { answers: answer.answers, failure: null };
    return { answers: {}, failure: `the flood could not go on: ${answer.why}` };
  } finally {
    await child.stop();
  }
}

/** The medians of what was measured: a quiet in which the server still suffered from a flood counts for little. */
function middleOf(quiets: readonly LatencySummary[]): LatencySummary {
  const of = (read: (quiet: LatencySummary) => number) => median(quiets.map(read));
  return {
    p50: of(({ p50 }) => p50),
    p99: of(({ p99 }) => p99),
    max: of(({ max }) => max),
    count: quiets.length,
  };
}

/** The resident memory of the server once it has cleared up; `null` when it is gone. */
async function collectedBytes({ pid, isRunning }: ServerProcess): Promise<number | null> {
  if (!isRunning) return null;
  // What the first clearing lets go of may hold what the second can give back.
  for (let time = 0; time < 2; time += 1) {
    process.kill(pid, COLLECT_SIGNAL);
    await pause(COLLECTING_MS);
  }
  return residentBytesIfAlive(pid);
}
