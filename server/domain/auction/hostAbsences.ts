import type { Cancel, Clock } from '../../ports/clock.ts';

/**
 * How many connections of their hosts live sales have in this process, on any protocol. A host whose last one has been
 * lost for some time is absent.
 */
export class HostAbsences {
  readonly #clock: Clock;
  readonly #absentAfterMs: number;
  readonly #connections = new Map<number, number>();
  /** Hosts whose last connection was lost a moment ago, by their sales. */
  readonly #lost = new Map<number, Cancel>();
  readonly #listeners: ((auctionId: number) => void)[] = [];

  /** `absentAfterMs` 0: no host is ever absent. */
  constructor(clock: Clock, absentAfterMs: number) {
    this.#clock = clock;
    this.#absentAfterMs = absentAfterMs;
  }

  /** Calls `tell` once for each absence, with the sale. */
  onAbsent(tell: (auctionId: number) => void): void {
    this.#listeners.push(tell);
  }

  /** Counts a connection of its host that has joined a sale. */
  joined(auctionId: number): void {
    this.#connections.set(auctionId, this.#count(auctionId) + 1);
    this.#forget(auctionId);
  }

  /** Takes back one {@link joined}: the host has left the sale on that connection, which is no absence. */
  left(auctionId: number): void {
    const count = this.#count(auctionId) - 1;
    if (count > 0) this.#connections.set(auctionId, count);
    else this.#connections.delete(auctionId);
  }

  /** Takes back one {@link joined}: that connection is lost. */
  lost(auctionId: number): void {
    this.left(auctionId);
    if (this.#count(auctionId) > 0 || this.#absentAfterMs === 0) return;
    this.#forget(auctionId);
    const cancel = this.#clock.after(this.#absentAfterMs, () => {
      this.#lost.delete(auctionId);
      for (const tell of this.#listeners) tell(auctionId);
    });
    this.#lost.set(auctionId, cancel);
  }

  /** Tells of no absence any more. */
  stop(): void {
    for (const auctionId of [...this.#lost.keys()]) this.#forget(auctionId);
  }

  #count(auctionId: number): number {
    return this.#connections.get(auctionId) ?? 0;
  }

  #forget(auctionId: number): void {
    this.#lost.get(auctionId)?.();
    this.#lost.delete(auctionId);
  }
}
