import type {
  BackendCall,
  BackendCallKind,
  NewBackendCall,
  RingEventCall,
} from '../../notification/backendCall.ts';
import type { StoredAuctionEvent } from '../rules/events.ts';
import { statusOfClosed } from '../rules/salePhase.ts';
import type { AuctionFacts } from '../rules/state.ts';

/** The calls to the main backend that follow from an event, of the kinds that it is told. */
export function backendCallsOf(
  stored: StoredAuctionEvent,
  { id: auctionId, sellerId: userId }: Pick<AuctionFacts, 'id' | 'sellerId'>,
  told: ReadonlySet<BackendCallKind>,
): NewBackendCall[] {
  const createdAtMs = stored.event.atMs;
  return [closedCall(stored, auctionId), ringEventCall(stored, auctionId)].flatMap((call) =>
    call !== null && told.has(call.kind) ? [{ auctionId, userId, call, createdAtMs }] : [],
  );
}

function closedCall({ event }: StoredAuctionEvent, ringId: number): BackendCall | null {
  if (event.type !== 'ring_closed') return null;
  return { kind: event.type, ringId, closedAtMs: event.atMs, cause: event.cause };
}

function ringEventCall({ seq, event }: StoredAuctionEvent, ringId: number): RingEventCall | null {
  const call = { kind: 'ring_event', ringId, seq, atMs: event.atMs, status: 'active', cause: null } as const;
  switch (event.type) {
    case 'ring_opened':
      return { ...call, event: 'ring.live' };
    case 'sale_paused':
      return { ...call, event: 'ring.paused', cause: event.reason };
    case 'sale_resumed':
      return { ...call, event: 'ring.resumed' };
    case 'ring_closed':
      return { ...call, event: 'ring.closed', status: statusOfClosed(event.cause), cause: event.cause };
    default:
      return null;
  }
}
