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
 * What came of a deadline that fell due. `met`: its row went, or was put off, with what it led to; `overtaken`:
 * there is nothing to do any more; `postponed`: try again in a moment.
 */
export type DeadlineVerdict = 'met' | 'overtaken' | 'postponed';

/** True when it is about a call. */
export function isCallDeadline(deadline: Deadline): deadline is Deadline<CallDeadlineKind> {
  return deadline.kind.startsWith('call_');
}
