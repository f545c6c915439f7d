import type { Limits } from '../limits.ts';

/** What can fall due about an auction. */
export type AuctionDeadlineKind = 'auction_start' | 'auction_end' | 'ring_pause' | 'ring_close';

/** What can fall due about a call: nobody answers, or one side stays away from the room. */
export type CallDeadlineKind = 'call_unanswered' | 'call_caller_absent' | 'call_telecaller_absent';

/** What can fall due. */
export type DeadlineKind = AuctionDeadlineKind | CallDeadlineKind;

/**
 * Something that must happen later, stored in the commit of the state that needs it. There is at most one
 * of a kind for a subject.
 */
export type Deadline<Kind extends DeadlineKind = DeadlineKind> = Kind extends DeadlineKind
  ? {
      readonly kind: Kind;
      /** The number of the auction, or of the call. */
      readonly subjectId: number;
      readonly dueAtMs: number;
    }
  : never;

/**
 * What came of a deadline that fell due. `done`: its row went, or was put off, with what it led to; `obsolete`:
 * there is nothing to do any more; `postponed`: try again in a moment.
 */
export type DeadlineVerdict = 'done' | 'obsolete' | 'postponed';

/** True when it is about a call. */
export function isCallDeadline(deadline: Deadline): deadline is Deadline<CallDeadlineKind> {
  return deadline.kind.startsWith('call_');
}

/**
 * The kinds of deadline that end a duration, with the longest that each may be ahead, in milliseconds. The others are of
 * the wall clock by definition: the times of an auction.
 */
export function longestDurations(limits: DurationLimits): ReadonlyMap<DeadlineKind, number> {
  const durations: readonly (readonly [DeadlineKind, number])[] = [
    ['ring_pause', limits.ringPauseAfterMs],
    ['ring_close', limits.ringCloseAfterMs],
    ['call_unanswered', limits.callRingMs],
    ['call_caller_absent', limits.callAbsentMs],
    ['call_telecaller_absent', limits.callAbsentMs],
  ];
  return new Map(durations.filter(([, longestMs]) => longestMs > 0));
}

type DurationLimits = Pick<Limits, 'ringPauseAfterMs' | 'ringCloseAfterMs' | 'callRingMs' | 'callAbsentMs'>;
