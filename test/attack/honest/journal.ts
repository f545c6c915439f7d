import { setTimeout as pause } from 'node:timers/promises';
import type { HonestReport } from './request.ts';

/** A bid without an answer by then, counted from the end of the measurement, has none. */
const PATIENCE_MS = 5_000;
const LOOK_EVERY_MS = 5;

/** Every bid that was sent, when, and what it was answered. */
export class Journal {
  readonly #pending = new Map<number, { readonly atMs: number; readonly isMeasured: boolean }>();
  #latenciesMs: number[] = [];
  #answers = new Map<string, number>();
  #isMeasuring = false;
  #lost = 0;

  sent(id: number): void {
    this.#pending.set(id, { atMs: performance.now(), isMeasured: this.#isMeasuring });
  }

  /** `answer`: `accepted`, or the code of a refusal. An answer to nothing is left out. */
  answered(id: number, answer: string): void {
    const bid = this.#pending.get(id);
    if (bid === undefined) return;
    this.#pending.delete(id);
    if (!bid.isMeasured) return;
    this.#latenciesMs.push(performance.now() - bid.atMs);
    this.#answers.set(answer, (this.#answers.get(answer) ?? 0) + 1);
  }

  lost(): void {
    this.#lost += 1;
  }

  /** Lets so much time pass and reports what happened in it. */
  async measure(seconds: number): Promise<HonestReport> {
    this.#latenciesMs = [];
    this.#answers = new Map();
    this.#isMeasuring = true;
    await pause(seconds * 1000);
    this.#isMeasuring = false;
    const untilMs = performance.now() + PATIENCE_MS;
    while (this.#measuredPending().length > 0 && performance.now() < untilMs) await pause(LOOK_EVERY_MS);
    const unanswered = this.#measuredPending();
    this.#pending.clear();
    const lost = this.#lost;
    this.#lost = 0;
    return {
      latenciesMs: [...this.#latenciesMs, ...unanswered.map((atMs) => performance.now() - atMs)],
      answers: Object.fromEntries(this.#answers),
      unanswered: unanswered.length,
      lost,
    };
  }

  /** When those bids were sent that count and have no answer. */
  #measuredPending(): number[] {
    return [...this.#pending.values()].flatMap(({ atMs, isMeasured }) => (isMeasured ? [atMs] : []));
  }
}
