import { setTimeout as pause } from 'node:timers/promises';
import { longTokenOf } from '../place.ts';
import { AttackSocket, type AttackSocketOptions } from './attackSocket.ts';
import { Crowd, type CrowdPlan } from './crowd.ts';
import type { AttackPlan } from './plan.ts';
import { Tally } from './tally.ts';

const TICK_MS = 10;
/** What could not be done in time is left out, beyond so many ticks' worth: nothing piles up. */
const MOST_TICKS_AT_ONCE = 5;
const MS_PER_SECOND = 1_000;

/** A flood while it runs: how long, against what, and what came of it. All it does is bounded by its end. */
export class Attack {
  readonly port: number;
  readonly tally = new Tally();
  readonly #scale: number;
  readonly #startedAtMs = performance.now();
  readonly #endsAtMs: number;
  readonly #tokens = new Map<number, string>();

  constructor({ port, seconds, scale }: AttackPlan) {
    this.port = port;
    this.#scale = scale;
    this.#endsAtMs = this.#startedAtMs + seconds * MS_PER_SECOND;
  }

  get isOver(): boolean {
    return performance.now() >= this.#endsAtMs;
  }

  /** When that share of the time has passed, as `performance.now` tells it. */
  timeAt(share: number): number {
    return this.#startedAtMs + share * (this.#endsAtMs - this.#startedAtMs);
  }

  /** So many, or fewer in a small run. */
  scaled(count: number): number {
    return Math.max(1, Math.round(count * this.#scale));
  }

  tokenOf(userId: number): string {
    const known = this.#tokens.get(userId) ?? longTokenOf(userId);
    this.#tokens.set(userId, known);
    return known;
  }

  /** Opens a socket from that address. */
  open(path: string, address: number, options: Partial<AttackSocketOptions> = {}): AttackSocket {
    return new AttackSocket({ ...options, port: this.port, tally: this.tally, path, address });
  }

  /** Opens a socket of that user. */
  openAs(
    userId: number,
    path: string,
    address: number,
    options: Partial<AttackSocketOptions> = {},
  ): AttackSocket {
    return this.open(`${path}?token=${this.tokenOf(userId)}`, address, options);
  }

  crowd(plan: CrowdPlan): Crowd {
    return new Crowd(this, plan);
  }

  /** Does `act` that often until it says false or time is over. */
  async pace(perSecond: number, act: () => boolean): Promise<void> {
    const perMs = perSecond / MS_PER_SECOND;
    let lastMs = performance.now();
    let due = 1;
    while (!this.isOver) {
      for (; due >= 1; due -= 1) if (!act() || performance.now() >= this.#endsAtMs) return;
      await pause(TICK_MS);
      const nowMs = performance.now();
      due += perMs * Math.min(nowMs - lastMs, MOST_TICKS_AT_ONCE * TICK_MS);
      lastMs = nowMs;
    }
  }

  /** Does `act` again and again, at least so far apart, until time is over. */
  async repeat(everyMs: number, act: () => Promise<void>): Promise<void> {
    while (!this.isOver) {
      const startedAtMs = performance.now();
      await act();
      await this.rest(everyMs - (performance.now() - startedAtMs));
    }
  }

  /** Lets that time pass, or what is left of all; gives way to others in any case. */
  async rest(ms = Infinity): Promise<void> {
    await pause(Math.max(0, Math.min(ms, this.#endsAtMs - performance.now())));
  }
}
