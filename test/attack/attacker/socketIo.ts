import type { Attack } from './attack.ts';
import type { AttackSocket } from './attackSocket.ts';
import { packetAnswerIn } from './tally.ts';

/** Where clients connect. */
export const SOCKET_IO_PATH = '/socket.io/?EIO=4&transport=websocket';
export const POLLING_PATH = '/socket.io/?EIO=4&transport=polling';

const OPEN = '0'.charCodeAt(0);
const PING = '2'.charCodeAt(0);

/**
 * Opens a Socket.IO client over a WebSocket. `greet` is called when the server has opened the connection, which is
 * when a client joins its namespace.
 */
export function openSocketIo(
  attack: Attack,
  address: number,
  greet: (socket: AttackSocket) => void,
): AttackSocket {
  return attack.open(SOCKET_IO_PATH, address, {
    read: (bytes, start, end, socket) => {
      const type = bytes[start];
      if (type === OPEN) greet(socket);
      else if (type === PING) socket.send('3');
      else return packetAnswerIn(bytes, start, end);
      return null;
    },
  });
}
