import type { AuctionService } from './auction/service.ts';
import type { Calls } from './call/calls.ts';
import { type Deadline, type DeadlineVerdict, isCallDeadline } from './deadline.ts';
import type { RingService } from './auction/ringService.ts';

/** The services whose deadlines fall due. */
export interface DeadlineServices {
  readonly auctions: Pick<AuctionService, 'meetDeadline'>;
  readonly rings: Pick<RingService, 'isObsolete'>;
  /** `null` where there are no calls: their deadlines are obsolete. */
  readonly calls: Pick<Calls, 'meetDeadline'> | null;
}

/** Does what has fallen due: hands the deadline to the service that it is about. */
export async function meetDeadline(
  { auctions, rings, calls }: DeadlineServices,
  deadline: Deadline,
): Promise<DeadlineVerdict> {
  if (isCallDeadline(deadline)) return calls?.meetDeadline(deadline) ?? 'obsolete';
  return rings.isObsolete(deadline) ? 'obsolete' : auctions.meetDeadline(deadline);
}
