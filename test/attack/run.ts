import { setTimeout as pause } from 'node:timers/promises';
import { Child, COLLECT_SIGNAL } from '../bench/child.ts';
import type { ServerProcess } from '../support/serverProcess.ts';
import type { Arena } from './arena.ts';
import type { AttackAnswer, AttackPlan } from './attacker/plan.ts';
import type { Flood } from './floods/flood.ts';
import type { Phases } from './options.ts';
import { residentBytesIfAlive, ServerWatch } from './serverWatch.ts';
import { type Row, summaryOf } from './verdict.ts';

const PATIENCE_MS = 60_000;
/** Clearing memory stops the server for a moment: nothing is measured before that has passed. */
const COLLECTING_MS = 400;

/** Runs floods one after the other against the same server, while it lives. */
export class Run {
  readonly #arena: Arena;
  readonly #scale: number;
  readonly #tell: (line: string) => void;
  /** What honest bids took in all quiet times of this run. */
  readonly #quietMs: number[] = [];
  #attackers: Child<unknown> | null = null;

  constructor(arena: Arena, scale: number, tell: (line: string) => void) {
    this.#arena = arena;
    this.#scale = scale;
    this.#tell = tell;
  }

  /** Lets the server get up to speed, with nothing but its honest clients. */
  async warmUp(seconds: number): Promise<void> {
    const { measure } = await this.#arena.stand();
    await measure(seconds);
  }

  /** Measures the quiet, then under the flood, then what is left of it after the calm. */
  async flood({ name, title }: Flood, phases: Phases): Promise<Row> {
    const { server, measure } = await this.#arena.stand();
    this.#tell(`${name}: quiet`);
    const quiet = await measure(phases.quiet);
    this.#quietMs.push(...quiet.latenciesMs);
    const before = await collectedBytes(server);
    if (before === null) throw new Error(`the server ended in the quiet: ${this.#arena.lastWords()}`);
    this.#tell(`${name}: flood`);
    const watch = new ServerWatch(server.pid);
    const [under, attackers] = await Promise.all([
      measure(phases.flood),
      this.#attack({ flood: name, port: server.port, seconds: phases.flood, scale: this.#scale }),
    ]);
    const { peakBytes: peak, cpuShare } = watch.stop();
    this.#tell(`${name}: calm`);
    const calm = server.isRunning ? await measure(phases.calm) : null;
    const memory = {
      before,
      peak,
      calm: residentBytesIfAlive(server.pid),
      collected: await collectedBytes(server),
    };
    if (!server.isRunning) this.#tell(`${name}: the server ended: ${this.#arena.lastWords()}`);
    return {
      name,
      title,
      seconds: phases,
      without: summaryOf(this.#quietMs),
      under: summaryOf(under.latenciesMs),
      honestAnswers: under.answers,
      unanswered: under.unanswered,
      lost: under.lost + (calm?.lost ?? 0),
      memory,
      cpuShare,
      attackers,
      isAlive: server.isRunning,
    };
  }

  /** Ends the attackers, if there are any. */
  async stop(): Promise<void> {
    await this.#attackers?.stop();
  }

  /** Has attackers in a process of their own, who are gone when this resolves. */
  async #attack(plan: AttackPlan): Promise<Readonly<Record<string, number>>> {
    const attackers = await Child.start('../attack/attacker/main.ts');
    this.#attackers = attackers;
    try {
      // What attacker/main.ts answers.
      const answer = (await attackers.ask(plan, plan.seconds * 1000 + PATIENCE_MS)) as AttackAnswer;
      if (answer.kind === 'failed') throw new Error(`${plan.flood}: ${answer.why}`);
      return answer.answers;
    } finally {
      await attackers.stop();
    }
  }
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
