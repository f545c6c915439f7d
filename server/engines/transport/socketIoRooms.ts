import type { Namespace, Socket as NativeSocket } from 'socket.io';
import type { Frame } from '../../ports/transport.ts';

/** How the sockets of a topic are reached all at once. */
export interface SocketIoRooms {
  /** Also when the socket's connection has moved from polling to a WebSocket. */
  join(socket: NativeSocket, topic: string): void;
  leave(socket: NativeSocket, topic: string): void;
  /** Encodes once, and nothing when nobody would get it. Gives the bytes that were handed to sockets. */
  publish(namespace: Namespace, topic: string, frame: Frame): number;
}

/** The rooms that Socket.IO has itself: what it encodes once it hands to one socket after the other. */
export const ownRooms: SocketIoRooms = {
  join: (socket, topic) => void socket.join(topic),
  leave: (socket, topic) => void socket.leave(topic),
  publish: (namespace, topic, { name, values, text }) => {
    const receivers = namespace.adapter.rooms.get(topic)?.size ?? 0;
    if (receivers === 0) return 0;
    namespace.to(topic).emit(name, ...values);
    return receivers * text.length;
  },
};
