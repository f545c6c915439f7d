import type { Attack } from '../attacker/attack.ts';

/** One way to harm others. */
export interface Flood {
  readonly name: string;
  readonly title: string;
  /** Goes on until time is over; rejects when the harness, and not the server, has failed. */
  run(attack: Attack): Promise<void>;
}
