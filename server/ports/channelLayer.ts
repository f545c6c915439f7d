import type { Cancel } from './clock.ts';

/** Hears what is published on a channel. */
export type Receive = (message: unknown) => void;

/** Channels with a common prefix and one subscriber, such as those of all users who are connected here. */
export interface ChannelFamily {
  /** Resolves once everything published on `prefix` + `key` from now on will arrive. */
  open(key: string | number): Promise<void>;
  /** Takes back one {@link open}. */
  close(key: string | number): void;
}

/**
 * Carries events between processes. Promises: messages of one publisher on one channel arrive in the order
 * of their publishing, at most once each; the publisher's own process receives them too, at once and before
 * {@link publish} returns. Nothing is kept for a subscriber that is away: who needs every message reads what was missed
 * from the store, and is told when that may be so ({@link onGap}). Publishing never waits and never throws; while the
 * carrier is away, other processes miss what is published.
 *
 * Messages are plain JSON values.
 */
export interface ChannelLayer {
  publish(channel: string, message: unknown): void;
  /** Resolves once everything published from now on will arrive, or at once while the carrier is away. */
  subscribe(channel: string, receive: Receive): Promise<Cancel>;
  /**
   * Subscribes to the channels of a family, one by one as they are opened, without an object for each. In the process's
   * own turn `receive` may also hear what is published on others of them.
   */
  family(prefix: string, receive: (key: string, message: unknown) => void): ChannelFamily;
  /** Calls `heal` whenever messages of other processes may have been missed, and arrive again from now on. */
  onGap(heal: () => void): Cancel;
  /** Resolves when the carrier answers, rejects when it does not. */
  ping(): Promise<void>;
  close(): Promise<void>;
}
