import type { LedgerStore } from './ledger/store.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Log } from '../../ports/log.ts';
import type { Presence } from '../../ports/presence.ts';
import type { DeadlineStore } from '../deadlineStore.ts';
import { RING_DEADLINES } from './ledger/change.ts';
import type { HostAbsences } from './hostAbsences.ts';
import type { AuctionEvent, Person } from './rules/events.ts';
import type { Lanes } from './ledger/lanes.ts';
import type { Deadline, DeadlineVerdict } from '../deadline.ts';
import { retryUntilStored } from '../retryUntilStored.ts';
import type { Limits } from '../../limits.ts';
import type { Outcome } from './rules/outcome.ts';
import { KeyedQueue } from '../keyedQueue.ts';

/** What the service works with. */
export interface RingServices {
  readonly ledger: Pick<LedgerStore, 'load' | 'openRings'>;
  readonly deadlines: Pick<DeadlineStore, 'of' | 'set' | 'clear'>;
  readonly lanes: Lanes;
  readonly presence: Pick<Presence, 'join' | 'leave' | 'isPresent' | 'onLost'>;
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
  readonly #queue = new KeyedQueue<number>();

  constructor(services: RingServices) {
    this.#services = services;
    services.presence.onLost((key) => {
      const auctionId = ringOf(key);
      if (auctionId !== null) this.#left(auctionId);
    });
  }

  /** One more socket of the auctioneer. Answers with what that led to; refused as not due when to nothing. */
  auctioneerCame(auctionId: number, auctioneer: Person): Promise<Outcome<AuctionEvent>> {
    this.#services.presence.join(keyOf(auctionId));
    this.#services.hosts.joined(auctionId);
    return this.#queue.run(auctionId, async () => {
      const { deadlines, lanes, clock } = this.#services;
      await retryUntilStored(clock, () => deadlines.clear(RING_DEADLINES, auctionId));
      return lanes.submit(auctionId, { type: 'enter_ring', nowMs: clock.nowMs(), requestedBy: auctioneer });
    });
  }

  /** One socket of the auctioneer less; with the last one, in whatever process, the time begins to run. */
  auctioneerLeft(auctionId: number): void {
    this.#services.hosts.lost(auctionId);
    this.#services.presence.leave(keyOf(auctionId));
    this.#left(auctionId);
  }

  /**
   * What becomes of a deadline of a ring because of its auctioneer's presence: obsolete where they are there, and put off
   * while that cannot be known; `null` where they are gone, and for other deadlines.
   */
  async verdictOf({ kind, subjectId }: Deadline): Promise<DeadlineVerdict | null> {
    if (kind !== 'ring_pause' && kind !== 'ring_close') return null;
    const isPresent = await this.#services.presence.isPresent(keyOf(subjectId));
    if (isPresent === 'unknown') return 'postponed';
    return isPresent ? 'obsolete' : null;
  }

  /**
   * The time begins to run for every open ring for which it does not yet and whose auctioneer is not known to be there:
   * before a deadline is met, presence is asked again.
   */
  async recover(): Promise<void> {
    const { ledger, deadlines, clock, presence } = this.#services;
    const isRunning = new Set((await deadlines.of(RING_DEADLINES)).map(({ subjectId }) => subjectId));
    const nowMs = clock.nowMs();
    const lost: Deadline[] = [];
    for (const auctionId of await ledger.openRings()) {
      if (isRunning.has(auctionId) || (await presence.isPresent(keyOf(auctionId))) === true) continue;
      lost.push(...this.#deadlinesOf(auctionId, nowMs));
    }
    await deadlines.set(lost);
  }

  /** Resolves when every coming and going so far is dealt with. */
  settled(): Promise<void> {
    return this.#queue.settled();
  }

  #left(auctionId: number): void {
    const { clock, log } = this.#services;
    const lostAtMs = clock.nowMs();
    this.#queue
      .run(auctionId, () => this.#startTime(auctionId, lostAtMs))
      .catch((error: unknown) =>
        log.error('a ring has lost its auctioneer and cannot be paused', { auctionId, error }),
      );
  }

  async #startTime(auctionId: number, lostAtMs: number): Promise<void> {
    const { ledger, deadlines, clock, presence, deadlinesChanged } = this.#services;
    await retryUntilStored(clock, async () => {
      if ((await presence.isPresent(keyOf(auctionId))) === true) return;
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
}

const KEY = 'auctioneer.';

function keyOf(auctionId: number): string {
  return `${KEY}${auctionId}`;
}

/** The ring whose auctioneers that key counts; `null` for other keys. */
function ringOf(key: string): number | null {
  return key.startsWith(KEY) ? Number(key.slice(KEY.length)) : null;
}
