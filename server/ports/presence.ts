import type { Cancel } from './clock.ts';

/**
 * Who is connected, over all processes that serve together. A key names what is counted, such as the auctioneers of one
 * ring. A process counts its own connections; a process that died counts for nothing a few seconds later.
 */
export interface Presence {
  /** One more connection of this process. */
  join(key: string): void;
  /** One connection of this process less. Called once for each {@link join}. */
  leave(key: string): void;
  /** How many connections there are. Those of other processes are known, with some delay, while the key is watched here. */
  countOf(key: string): number;
  /** Calls `changed` after each change of the count; resolves once the counts of other processes are known. */
  watch(key: string, changed: (count: number) => void): Promise<Cancel>;
  /**
   * Whether there is any connection; asked of the carrier, so that what was joined before anywhere is found. `unknown`: the
   * carrier is away, or came back a moment ago and does not know all processes yet.
   */
  isPresent(key: string): Promise<boolean | 'unknown'>;
  /** Calls `lost` for each key that lost its last connection because a process died; in one process, once. */
  onLost(lost: (key: string) => void): Cancel;
  close(): Promise<void>;
}
