import type { CodedError } from '../ports/errors.ts';
import type { EarlyArrivals } from './arrivals.ts';
import type { SessionStart } from './sessionStart.ts';

/** Its token is being verified or its consumer is connecting, and frames are kept until that is done. */
export interface Waiting {
  readonly kind: 'waiting';
  readonly start: SessionStart;
  readonly sinceMs: number;
  readonly early: EarlyArrivals;
  /** The last error that was told meanwhile: why the client is turned away, if it is. */
  cause?: CodedError;
}

/** Where a connection is in its life. What only those need who wait goes with their waiting. */
export type Phase = Waiting | typeof OPEN | typeof OVER;

/** It is served. */
export const OPEN = { kind: 'open' } as const;
/** It is closed, or being closed. */
export const OVER = { kind: 'over' } as const;
