import type { LedgerStore } from './ledger/store.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Log } from '../../ports/log.ts';
import type { DeadlineStore } from '../deadlineStore.ts';
import { RING_DEADLINES } from './ledger/change.ts';
import type { AuctionEvent, Person } from './rules/events.ts';
import type { Lanes } from './ledger/lanes.ts';
import type { Deadline } from '../deadline.ts';
import { retryUntilStored } from '../retryUntilStored.ts';
import type { Limits } from '../../limits.ts';
import type { Outcome } from './rules/outcome.ts';
import { KeyedQueue } from '../keyedQueue.ts';

/** What the service works with. */
export interface RingServices {
  readonly ledger: Pick<LedgerStore, 'load' | 'openRings'>;
  readonly deadlines: Pick<DeadlineStore, 'of' | 'set' | 'clear'>;
  readonly lanes: Lanes;
  readonly clock: Clock;
  readonly log: Log;
  /** How long after the disconnect a ring is paused, and how long after it (decision 10) closed; 0: never. */
  readonly limits: Pick<Limits, 'ringPauseAfterMs' | 'ringCloseAfterMs'>;
  /** Called when a deadline may stand earlier than any before. */
  readonly deadlinesChanged: () => void;
}

/**
 * The presence of auctioneers. It makes a sale live; its loss sets two deadlines, which pause and then close the
 * ring unless the auctioneer is back before. Comings and goings of one ring are dealt with one after the other.
 */
export class RingService {
  readonly #services: RingServices;
  /** Auctioneer sockets of this process by ring. */
  readonly #present = new Map<number, number>();
  readonly #queue = new KeyedQueue<number>();

  constructor(services: RingServices) {
    this.#services = services;
  }

  /** One more socket of the auctioneer. Answers with what that led to; refused as not due when to nothing. */
  auctioneerCame(auctionId: number, auctioneer: Person): Promise<Outcome<AuctionEvent>> {
    this.#present.set(auctionId, this.#count(auctionId) + 1);
    return this.#queue.run(auctionId, async () => {
      const { deadlines, lanes, clock } = this.#services;
      await retryUntilStored(clock, () => deadlines.clear(RING_DEADLINES, auctionId));
      return lanes.submit(auctionId, { type: 'enter_ring', nowMs: clock.nowMs(), requestedBy: auctioneer });
    });
  }

  /** One socket of the auctioneer less; with the last one the time begins to run. */
  auctioneerLeft(auctionId: number): void {
    const count = this.#count(auctionId) - 1;
    if (count > 0) {
      this.#present.set(auctionId, count);
      return;
    }
    this.#present.delete(auctionId);
    const lostAtMs = this.#services.clock.nowMs();
    this.#queue
      .run(auctionId, () => this.#startTime(auctionId, lostAtMs))
      .catch((error: unknown) =>
        this.#services.log.error('a ring has lost its auctioneer and cannot be paused', { auctionId, error }),
      );
  }

  /** True when a deadline of a ring is obsolete: its auctioneer is there. */
  isObsolete({ kind, subjectId }: Deadline): boolean {
    return (kind === 'ring_pause' || kind === 'ring_close') && this.#count(subjectId) > 0;
  }

  /** At the start no auctioneer is there: the time begins to run for every open ring for which it does not yet. */
  async recover(): Promise<void> {
    const { ledger, deadlines, clock } = this.#services;
    const isRunning = new Set((await deadlines.of(RING_DEADLINES)).map(({ subjectId }) => subjectId));
    const lost = (await ledger.openRings()).filter((auctionId) => !isRunning.has(auctionId));
    const nowMs = clock.nowMs();
    await deadlines.set(lost.flatMap((auctionId) => this.#deadlinesOf(auctionId, nowMs)));
  }

  /** Resolves when every coming and going so far is dealt with. */
  settled(): Promise<void> {
    return this.#queue.settled();
  }

  async #startTime(auctionId: number, lostAtMs: number): Promise<void> {
    const { ledger, deadlines, clock, deadlinesChanged } = this.#services;
    await retryUntilStored(clock, async () => {
      if (this.#count(auctionId) > 0) return;
      const state = await ledger.load(auctionId);
      if (state?.status !== 'active' || state.sale?.ring !== 'open') return;
      await deadlines.set(this.#deadlinesOf(auctionId, lostAtMs));
    });
    deadlinesChanged();
  }

  #deadlinesOf(subjectId: number, lostAtMs: number): Deadline[] {
    const { ringPauseAfterMs, ringCloseAfterMs } = this.#services.limits;
    const deadlines: Deadline[] = [
      { kind: 'ring_pause', subjectId, dueAtMs: lostAtMs + ringPauseAfterMs },
      { kind: 'ring_close', subjectId, dueAtMs: lostAtMs + ringCloseAfterMs },
    ];
    return deadlines.filter(({ dueAtMs }) => dueAtMs > lostAtMs);
  }

  #count(auctionId: number): number {
    return this.#present.get(auctionId) ?? 0;
  }
}
