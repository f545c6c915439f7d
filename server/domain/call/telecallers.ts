import type { CallStore } from './store.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Log } from '../../ports/log.ts';
import { retryUntilStored } from '../retryUntilStored.ts';
import { KeyedQueue } from '../keyedQueue.ts';
import type { CallConnections } from './connections.ts';
import type { Telecaller, TelecallerPresence } from './telecaller.ts';

/** What the service works with. */
export interface TelecallerServices {
  readonly store: Pick<CallStore, 'telecaller' | 'setPresence' | 'resetPresence'>;
  readonly connections: CallConnections;
  readonly clock: Clock;
  readonly log: Log;
  /** Told of every change of presence that users are to hear of. */
  readonly announce: (telecaller: Telecaller) => void;
}

/** Who of the telecallers can be called: stored, and announced when it changes. */
export class Telecallers {
  readonly #services: TelecallerServices;
  readonly #queue = new KeyedQueue<number>();
  /** What users have heard last: a change that was overtaken is no news. */
  readonly #announced = new Map<number, TelecallerPresence>();

  constructor(services: TelecallerServices) {
    this.#services = services;
  }

  /**
   * Looks whether that telecaller has a connection here, stores it, and announces their presence if it is another
   * than users know of: to be asked for whenever a connection, or a call of theirs, begins or ends. Resolves when
   * that is done, and never rejects.
   */
  async refresh(telecallerId: number): Promise<void> {
    try {
      await this.#queue.run(telecallerId, () => this.#refresh(telecallerId));
    } catch (error) {
      this.#services.log.error('a presence could not be stored', { telecallerId, error });
    }
  }

  /** Sets all telecallers OFFLINE: at the start none is connected. */
  recover(): Promise<void> {
    return this.#services.store.resetPresence();
  }

  /** Resolves when every change so far is stored and announced. */
  settled(): Promise<void> {
    return this.#queue.settled();
  }

  async #refresh(telecallerId: number): Promise<void> {
    const { store, connections, clock, announce } = this.#services;
    const telecaller = await retryUntilStored(clock, async () => {
      const isPresent = connections.isPresent('telecaller', telecallerId);
      await store.setPresence(telecallerId, isPresent ? 'ONLINE' : 'OFFLINE');
      return store.telecaller(telecallerId);
    });
    if (telecaller?.isApproved !== true) return;
    const { presence } = telecaller;
    if (this.#announced.get(telecallerId) === presence) return;
    this.#announced.set(telecallerId, presence);
    announce(telecaller);
  }
}
