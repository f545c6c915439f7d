import { Room, RoomEvent } from '@livekit/rtc-node';
import type { GuestOrder, GuestReport } from './roomGuests.ts';

/** The process of {@link RoomGuests}: enters rooms and leaves them as it is told. */

const rooms = new Map<number, Room>();

function report(message: GuestReport): void {
  process.send?.(message);
}

async function enter({ guest, url, token }: Extract<GuestOrder, { kind: 'enter' }>): Promise<void> {
  const room = new Room();
  rooms.set(guest, room);
  room.on(RoomEvent.Disconnected, () => report({ kind: 'gone', guest }));
  try {
    await room.connect(url, token, { autoSubscribe: true, dynacast: false });
    report({ kind: 'entered', guest });
  } catch (error) {
    report({ kind: 'refused', guest, reason: String(error) });
  }
}

process.on('message', (order: GuestOrder) => {
  if (order.kind === 'enter') void enter(order);
  else void rooms.get(order.guest)?.disconnect();
});
process.on('disconnect', () => process.exit());
