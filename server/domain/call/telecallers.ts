import type { CallStore } from '../../ports/callStore.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Log } from '../../ports/log.ts';
import { insist } from '../insist.ts';
import { Turns } from '../turns.ts';
import type { CallParties } from './parties.ts';
import type { PresenceNews, TelecallerPresence } from './telecaller.ts';

/** What the service works with. */
export interface TelecallerServices {
  readonly store: Pick<CallStore, 'telecaller' | 'setPresence' | 'resetPresence'>;
  readonly parties: CallParties;
  readonly clock: Clock;
  readonly log: Log;
  /** Told of every change that users are to hear of. */
  readonly announce: (news: PresenceNews) => void;
}

/** Who of the telecallers can be called: stored, and announced when it changes. */
export class Telecallers {
  readonly #services: TelecallerServices;
  readonly #turns = new Turns<number>();

  constructor(services: TelecallerServices) {
    this.#services = services;
  }

  /** Looks whether that telecaller has a connection, and stores and announces it if that is new. */
  refresh(telecallerId: number): void {
    const { store, parties, clock, log } = this.#services;
    const work = async () => {
      const presence = parties.isPresent(telecallerId) ? 'ONLINE' : 'OFFLINE';
      if (await insist(clock, () => store.setPresence(telecallerId, presence))) {
        await this.#announce(telecallerId);
      }
    };
    this.#turns
      .take(telecallerId, work)
      .catch((error: unknown) => log.error('a presence could not be stored', { telecallerId, error }));
  }

  /** Announces that a call has begun or ended for that telecaller; the store knows already. */
  callChanged(telecallerId: number): void {
    const { log } = this.#services;
    this.#turns
      .take(telecallerId, () => this.#announce(telecallerId))
      .catch((error: unknown) => log.warn('a presence was not announced', { telecallerId, error }));
  }

  /** At the start nobody is there. */
  recover(): Promise<void> {
    return this.#services.store.resetPresence();
  }

  /** Resolves when every change so far is stored and announced. */
  settled(): Promise<void> {
    return this.#turns.settled();
  }

  async #announce(telecallerId: number): Promise<void> {
    const { store, clock, announce } = this.#services;
    const telecaller = await insist(clock, () => store.telecaller(telecallerId));
    if (telecaller?.isApproved === true) announce({ telecaller, presence: telecaller.presence });
  }
}

/** The word for a presence is the document's own. */
export type { TelecallerPresence };
