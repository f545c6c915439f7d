import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { endsWithCommit } from './commits.ts';

/** A line to a database server over which a commit may arrive when its sender has long given it up. */
export interface LateLine {
  readonly port: number;
  /**
   * The next transaction that inserts into `table` loses its connection when it commits, and its commit
   * reaches the server only this much later.
   */
  delayNextCommit(table: string, delayMs: number): void;
  close(): Promise<void>;
}

/** Listens on a free port of loopback and passes everything on to `serverPort`. */
export async function openLateLine(serverPort: number): Promise<LateLine> {
  const sockets = new Set<Socket>();
  let awaited: { readonly insert: string; readonly delayMs: number } | null = null;
  const listener = createServer((client) => {
    const server = connect(serverPort, '127.0.0.1');
    for (const end of [client, server]) {
      sockets.add(end);
      end.on('close', () => sockets.delete(end));
      // One end that is cut is the end of the other.
      end.on('error', () => undefined);
    }
    let isAwaited = false;
    let isLate = false;
    client.on('data', (sent) => {
      if (awaited !== null && sent.includes(awaited.insert)) isAwaited = true;
      if (awaited === null || !isAwaited || !endsWithCommit(sent)) {
        server.write(sent);
        return;
      }
      setTimeout(() => server.end(sent), awaited.delayMs);
      awaited = null;
      isLate = true;
      client.destroy();
    });
    client.on('close', () => {
      if (!isLate) server.end();
    });
    server.on('data', (answer) => {
      if (!isLate) client.write(answer);
    });
    server.on('close', () => client.destroy());
  });
  await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve));
  return {
    port: (listener.address() as AddressInfo).port,
    delayNextCommit: (table, delayMs) => {
      awaited = { insert: `INSERT INTO \`${table}\``, delayMs };
    },
    close: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => listener.close(resolve));
    },
  };
}
