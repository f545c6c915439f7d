import type { ChannelLayer } from '../../ports/channelLayer.ts';
import type { Cancel } from '../../ports/clock.ts';
import type { CallUpdate } from './connections.ts';
import type { Telecaller } from './telecaller.ts';

/** The channel on which the states of calls travel. */
const CALLS = 'calls';
/** The channel on which it is told that a telecaller can be called, or no longer. */
const PRESENCE = 'calls.presence';

/** Publishes the states of calls and the presence of telecallers, and hands them on. */
export class CallPublisher {
  readonly #layer: Pick<ChannelLayer, 'publish' | 'subscribe'>;

  constructor(layer: Pick<ChannelLayer, 'publish' | 'subscribe'>) {
    this.#layer = layer;
  }

  /** Publishes that a call has come to a new state. */
  readonly callChanged = (update: CallUpdate): void => this.#layer.publish(CALLS, update);

  /** Publishes that a telecaller can be called, or no longer. */
  readonly presenceChanged = (telecaller: Telecaller): void => this.#layer.publish(PRESENCE, telecaller);

  /** Calls `receive` for each new state of a call. */
  onCallChanged(receive: (update: CallUpdate) => void): Promise<Cancel> {
    // Only `callChanged` writes on this channel.
    return this.#layer.subscribe(CALLS, (update) => receive(update as CallUpdate));
  }

  /** Calls `receive` for each change of a telecaller's presence. */
  onPresenceChanged(receive: (telecaller: Telecaller) => void): Promise<Cancel> {
    // Only `presenceChanged` writes on this channel.
    return this.#layer.subscribe(PRESENCE, (telecaller) => receive(telecaller as Telecaller));
  }
}
