import type { ClientKey } from '../channels/clientRates.ts';
import type { Channel } from '../channels/consumer.ts';
import type { Room } from '../domain/auction/view/room.ts';
import type { Rooms } from '../domain/auction/view/rooms.ts';
import { type Refusal, refusals } from '../domain/auction/rules/refusals.ts';

/**
 * The room of the auction that a path names, with one watcher more; `null` where the client was told why it cannot be had
 * and was turned away. `auctionId` `null`: the path names none.
 */
export async function enterRoomOfPath(
  rooms: Rooms,
  auctionId: number | null,
  client: ClientKey,
  channel: Pick<Channel, 'error' | 'close'>,
): Promise<Room | null> {
  const room = auctionId === null ? refusals.auctionNotFound : await rooms.enter(auctionId, client);
  if (!('code' in room)) return room;
  turnAway(channel, room);
  return null;
}

/** Tells a client why it cannot watch the auction, and closes its connection. */
export function turnAway(channel: Pick<Channel, 'error' | 'close'>, refusal: Refusal): void {
  channel.error(refusal);
  channel.close(refusal.code === 'auction_not_found' ? 'notFound' : 'tryLater');
}
