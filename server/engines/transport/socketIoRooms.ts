import type { Namespace, Socket as NativeSocket } from 'socket.io';
import type { Frame } from '../../ports/transport.ts';

/** How the sockets of a topic are reached all at once. */
export interface SocketIoRooms {
  /** Also when the socket's connection has moved from polling to a WebSocket. */
  join(socket: NativeSocket, topic: string): void;
  leave(socket: NativeSocket, topic: string): void;
  /** Encodes once, and nothing when there are no receivers. Gives the bytes that were handed to sockets. */
  publish(namespace: Namespace, topic: string, frame: Frame): number;
  /** What waits in the native WebSocket under a socket; 0 while its client polls. */
  nativeBufferedBytes(socket: NativeSocket): number;
}

/** The transport of a client on `ws`, which has a native socket unless it polls. */
interface WsCarrier {
  readonly socket?: { readonly bufferedAmount: number };
}

/** The rooms that Socket.IO has itself: what it encodes once it hands to one socket after the other. */
export const ownRooms: SocketIoRooms = {
  join: (socket, topic) => void socket.join(topic),
  leave: (socket, topic) => void socket.leave(topic),
  publish: (namespace, topic, frame) => {
    const receivers = namespace.adapter.rooms.get(topic)?.size ?? 0;
    if (receivers === 0) return 0;
    namespace.to(topic).emit(frame.name, ...frame.values);
    return receivers * Buffer.byteLength(packetOf(namespace, frame));
  },
  nativeBufferedBytes: ({ conn }) => (conn.transport as WsCarrier).socket?.bufferedAmount ?? 0,
};

/** A message (4) of Engine.IO that is an event (2) of Socket.IO, as protocol version 5 writes it. */
export function packetOf({ name: namespace }: Namespace, { name, values }: Frame): string {
  return `42${namespace === '/' ? '' : `${namespace},`}${JSON.stringify([name, ...values])}`;
}
