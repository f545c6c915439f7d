import type { Limits } from '../limits.ts';
import type { Clock } from '../ports/clock.ts';
import type { IdleLimit } from './consumer.ts';
import { idleBounds } from './idleBounds.ts';

/** Connections that began together end at moments spread over this share of the greatest age. */
const AGE_SPREAD = 0.05;

type HeartbeatLimits = Pick<Limits, IdleLimit | 'pingEveryMs' | 'connectionAgeMs'>;

/** When one connection was heard of last, and when it is to be pinged or ended. All by the monotonic clock. */
export class Heartbeat {
  /** The limit on its silence. */
  idleLimit: IdleLimit = 'idleMs';
  readonly #limits: HeartbeatLimits;
  readonly #endsAtMs: number;
  #heardAtMs: number;
  #pingedAtMs: number;

  /** Begins now. */
  constructor(limits: HeartbeatLimits, clock: Pick<Clock, 'elapsedMs' | 'random'>) {
    const elapsedMs = clock.elapsedMs();
    this.#limits = limits;
    this.#heardAtMs = elapsedMs;
    this.#pingedAtMs = elapsedMs;
    const { connectionAgeMs } = limits;
    this.#endsAtMs =
      connectionAgeMs === 0 ? Infinity : elapsedMs + connectionAgeMs * (1 - AGE_SPREAD * clock.random());
  }

  heard(elapsedMs: number): void {
    this.#heardAtMs = elapsedMs;
  }

  /** Whether it has been silent for too long. */
  isIdle(elapsedMs: number): boolean {
    const { idleMs } = idleBounds(this.#limits, this.idleLimit);
    return idleMs > 0 && elapsedMs - this.#heardAtMs >= idleMs;
  }

  /** Whether it has been open for too long. */
  isOld(elapsedMs: number): boolean {
    return elapsedMs >= this.#endsAtMs;
  }

  /** Says whether to ping it now, and counts that as done. */
  takePing(elapsedMs: number): boolean {
    const { pingEveryMs } = idleBounds(this.#limits, this.idleLimit);
    const quietSinceMs = Math.max(this.#heardAtMs, this.#pingedAtMs);
    if (pingEveryMs === 0 || elapsedMs - quietSinceMs < pingEveryMs) return false;
    this.#pingedAtMs = elapsedMs;
    return true;
  }
}
