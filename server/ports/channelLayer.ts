import type { Cancel } from './clock.ts';

/**
 * Carries events between processes. Promises: messages of one publisher on one channel arrive in the order
 * of their publishing, at most once each; the publisher's own process receives them too. Nothing is kept for
 * a subscriber that is away: whoever needs every message heals a gap from the store. Publishing never waits
 * and never throws; while the carrier is away messages are dropped and the gap heals.
 *
 * Messages are plain JSON values.
 */
export interface ChannelLayer {
  publish(channel: string, message: unknown): void;
  /** Resolves once everything published from now on will arrive. */
  subscribe(channel: string, receive: (message: unknown) => void): Promise<Cancel>;
  close(): Promise<void>;
}
