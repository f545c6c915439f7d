import type { Clock } from '../../ports/clock.ts';
import type { Log } from '../../ports/log.ts';
import type { AuctionStore, DeadlineStore } from '../../ports/store.ts';
import { RING_DEADLINES } from './ledger/change.ts';
import type { HostAbsences } from './hostAbsences.ts';
import type { AuctionEvent, Person } from './rules/events.ts';
import type { Lanes } from './ledger/lanes.ts';
import type { Deadline } from '../deadline.ts';
import { insist } from '../insist.ts';
import type { Limits } from '../../limits.ts';
import type { Outcome } from './rules/outcome.ts';
import { Turns } from '../turns.ts';

/** What the service works with. */
export interface RingServices {
  readonly store: {
    readonly auctions: Pick<AuctionStore, 'load' | 'openRings'>;
    readonly deadlines: DeadlineStore;
  };
  readonly lanes: Lanes;
  readonly clock: Clock;
  readonly log: Log;
  /** How long after the disconnect a ring is paused, and how long after it (decision 10) closed; 0: never. */
  readonly limits: Pick<Limits, 'ringPauseAfterMs' | 'ringCloseAfterMs'>;
  /** Hears of the auctioneer's sockets too: an auctioneer has joined the sale. */
  readonly hosts: Pick<HostAbsences, 'joined' | 'lost'>;
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
  readonly #turns = new Turns<number>();

  constructor(services: RingServices) {
    this.#services = services;
  }

  /** One more socket of the auctioneer. Answers with what that led to; refused as not due when to nothing. */
  auctioneerCame(auctionId: number, auctioneer: Person): Promise<Outcome<AuctionEvent>> {
    this.#present.set(auctionId, this.#count(auctionId) + 1);
    this.#services.hosts.joined(auctionId);
    return this.#turns.take(auctionId, async () => {
      const { store, lanes, clock } = this.#services;
      await insist(clock, () => store.deadlines.clear(RING_DEADLINES, auctionId));
      return lanes.submit(auctionId, { type: 'enter_ring', nowMs: clock.nowMs(), requestedBy: auctioneer });
    });
  }

  /** One socket of the auctioneer less; with the last one the time begins to run. */
  auctioneerLeft(auctionId: number): void {
    this.#services.hosts.lost(auctionId);
    const count = this.#count(auctionId) - 1;
    if (count > 0) {
      this.#present.set(auctionId, count);
      return;
    }
    this.#present.delete(auctionId);
    const lostAtMs = this.#services.clock.nowMs();
    this.#turns
      .take(auctionId, () => this.#startTime(auctionId, lostAtMs))
      .catch((error: unknown) =>
        this.#services.log.error('a ring has lost its auctioneer and cannot be paused', { auctionId, error }),
      );
  }

  /** True when a deadline of a ring has been overtaken: its auctioneer is there. */
  isOvertaken({ kind, subjectId }: Deadline): boolean {
    return (kind === 'ring_pause' || kind === 'ring_close') && this.#count(subjectId) > 0;
  }

  /** At the start no auctioneer is there: the time begins to run for every open ring for which it does not yet. */
  async recover(): Promise<void> {
    const { store, clock } = this.#services;
    const isRunning = new Set((await store.deadlines.of(RING_DEADLINES)).map(({ subjectId }) => subjectId));
    const lost = (await store.auctions.openRings()).filter((auctionId) => !isRunning.has(auctionId));
    const nowMs = clock.nowMs();
    await store.deadlines.set(lost.flatMap((auctionId) => this.#deadlinesOf(auctionId, nowMs)));
  }

  /** Resolves when every coming and going so far is dealt with. */
  settled(): Promise<void> {
    return this.#turns.settled();
  }

  async #startTime(auctionId: number, lostAtMs: number): Promise<void> {
    const { store, clock, deadlinesChanged } = this.#services;
    await insist(clock, async () => {
      if (this.#count(auctionId) > 0) return;
      const state = await store.auctions.load(auctionId);
      if (state?.status !== 'active' || state.sale?.ring !== 'open') return;
      await store.deadlines.set(this.#deadlinesOf(auctionId, lostAtMs));
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
