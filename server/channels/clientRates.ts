import type { LimitName, Limits } from '../limits.ts';
import type { Clock } from '../ports/clock.ts';
import type { Metrics } from '../ports/metrics.ts';
import { KeyedRate } from './keyedRate.ts';
import { KeyedWindow } from './keyedWindow.ts';
import type { Pace } from './tokenBucket.ts';

/** What is counted for a client over all its connections. */
export type ClientAction = 'message' | 'bid' | 'comment' | 'join' | 'callInitiate' | 'callCancel' | 'callEnd';

/** A user by id; without a token, an address. */
export type ClientKey = number | string;

interface Counted {
  readonly rate: Pick<KeyedRate<ClientKey>, 'take'>;
  /** The limit that the metrics name. */
  readonly limit: LimitName;
}

/** How fast one client may do things, over all its connections and however often it connects again (SA5). */
export class ClientRates {
  readonly #counted: Readonly<Record<ClientAction, Counted>>;
  readonly #metrics: Metrics;

  constructor(limits: Limits, clock: Clock, metrics: Metrics) {
    const counted = (pace: Pace, limit: LimitName): Counted => ({ rate: new KeyedRate(pace, clock), limit });
    const exactly = (limit: LimitName): Counted => ({ rate: new KeyedWindow(limits[limit], clock), limit });
    const within = (burst: number, perSecond: number) => ({ burst, perSecond });
    this.#metrics = metrics;
    this.#counted = {
      message: counted(
        within(limits.userMessageBurst, limits.userMessagesPerSecond),
        'userMessagesPerSecond',
      ),
      bid: counted(within(limits.userBidBurst, limits.userBidsPerSecond), 'userBidsPerSecond'),
      comment: counted(within(limits.commentBurst, limits.commentsPerMinute / 60), 'commentsPerMinute'),
      join: counted(within(limits.joinBurst, limits.joinsPerMinute / 60), 'joinsPerMinute'),
      callInitiate: exactly('callInitiatesPerMinute'),
      callCancel: exactly('callCancelsPerMinute'),
      callEnd: exactly('callEndsPerMinute'),
    };
  }

  /** Counts one more; false when that is too many. */
  take(client: ClientKey, action: ClientAction): boolean {
    const { rate, limit } = this.#counted[action];
    if (rate.take(client)) return true;
    this.#metrics.limited(limit);
    return false;
  }
}
