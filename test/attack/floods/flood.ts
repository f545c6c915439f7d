import type { Attack } from '../attacker/attack.ts';

/** How often the attackers were answered what; see `Tally`. */
export type Answers = Readonly<Record<string, number>>;

/** One way to harm others. */
export interface Flood {
  readonly name: string;
  readonly title: string;
  /** Goes on until time is over; rejects when it cannot go on. */
  run(attack: Attack): Promise<void>;
  /** What of these answers in so many seconds no server should give, in words. Harm to others is looked for anyway. */
  readonly breaches?: (answers: Answers, seconds: number) => readonly string[];
}

/** Those of the named answers that were given, in words. */
export function given(answers: Answers, ...names: readonly string[]): readonly string[] {
  return names.flatMap((name) =>
    answers[name] === undefined ? [] : [`${name} was answered ${answers[name]} times`],
  );
}
