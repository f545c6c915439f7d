import type { Deadline, DeadlineKind } from './deadline.ts';

/** Stored deadlines. Every method rejects with `StoreUnavailable` while the database is away. */
export interface DeadlineStore {
  /** What is due, earliest first. */
  due(nowMs: number, limit: number): Promise<readonly Deadline[]>;
  /** When the earliest is due; `null` when there is none. */
  nextDueAtMs(): Promise<number | null>;
  /** Sets deadlines on their own; one of the same kind and subject is moved. */
  set(deadlines: readonly Deadline[]): Promise<void>;
  /** Takes the deadlines of these kinds away from a subject. */
  clear(kinds: readonly DeadlineKind[], subjectId: number): Promise<void>;
  /** All deadlines of these kinds. */
  of(kinds: readonly DeadlineKind[]): Promise<readonly Deadline[]>;
  /** Brings those of a kind that are due after `latestDueAtMs` forward to it: the clock that dated them was ahead. */
  pullBack(kind: DeadlineKind, latestDueAtMs: number): Promise<void>;
  /** Puts those of a kind that are due after `afterMs` and not after `untilMs` off by `byMs`. */
  putOff(kind: DeadlineKind, afterMs: number, untilMs: number, byMs: number): Promise<void>;
  /** Removes a deadline that is obsolete, if it still stands at that time. */
  remove(deadline: Deadline): Promise<void>;
}
