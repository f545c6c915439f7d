import type { Cancel, Clock } from '../../../ports/clock.ts';
import { type Outcome, refused } from '../rules/outcome.ts';
import { refusals } from '../rules/refusals.ts';
import type { AuctionCommand } from '../rules/commands.ts';
import type { AuctionEvent } from '../rules/events.ts';
import { AuctionLane, type LaneServices } from './lane.ts';

/** How often idle lanes are dropped. */
const SWEEP_MS = 60_000;

/** 80 random bits: no two processes ever draw the same. */
const PREFIX_CHARACTERS = 20;

/** What lanes work with. */
export type LanesServices = Omit<LaneServices, 'nextChangeId' | 'missing'>;

/** The lanes of this process, made when they are needed. */
export class Lanes {
  readonly #services: LaneServices;
  readonly #lanes = new Map<number, AuctionLane>();
  readonly #stopSweeping: Cancel;

  constructor(services: LanesServices) {
    this.#services = {
      ...services,
      nextChangeId: changeIds(services.clock),
      missing: (auctionId) => this.#lanes.delete(auctionId),
    };
    this.#stopSweeping = services.clock.every(SWEEP_MS, () => this.#sweep());
  }

  get size(): number {
    return this.#lanes.size;
  }

  /** True while a change of any auction is being stored. */
  get isStoring(): boolean {
    return this.#services.committer.isBusy;
  }

  /** Answers exactly once; see {@link AuctionLane.submit}. */
  submit(auctionId: number, command: AuctionCommand): Promise<Outcome<AuctionEvent>> {
    let lane = this.#lanes.get(auctionId);
    if (lane === undefined) {
      if (this.#services.lookups.isUnknown(auctionId))
        return Promise.resolve(refused(refusals.auctionNotFound));
      lane = new AuctionLane(auctionId, this.#services);
      this.#lanes.set(auctionId, lane);
    }
    return lane.submit(command);
  }

  /** Resolves when every command that was submitted before is answered. */
  async settled(): Promise<void> {
    await Promise.all([...this.#lanes.values()].map((lane) => lane.settled()));
  }

  close(): void {
    this.#stopSweeping();
  }

  #sweep(): void {
    const { clock, receipts } = this.#services;
    receipts.sweep();
    const elapsedMs = clock.elapsedMs();
    for (const [auctionId, lane] of this.#lanes) {
      if (lane.isIdleAt(elapsedMs)) this.#lanes.delete(auctionId);
    }
  }
}

/** One random name for all that this process stores, and a number for each change. */
function changeIds(clock: Clock): () => string {
  const prefix = clock.randomId().slice(0, PREFIX_CHARACTERS);
  let count = 0;
  return () => {
    count += 1;
    return `${prefix}-${count.toString(36)}`;
  };
}
