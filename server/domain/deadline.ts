/** What can fall due. */
export type DeadlineKind = 'auction_start' | 'auction_end' | 'ring_pause' | 'ring_close';

/**
 * Something that must happen later, stored in the commit of the state that needs it. There is at most one
 * of a kind for a subject.
 */
export interface Deadline {
  readonly kind: DeadlineKind;
  /** The auction's id. */
  readonly subjectId: number;
  readonly dueAtMs: number;
}
