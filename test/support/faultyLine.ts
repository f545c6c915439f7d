import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** What a line does with the bytes that a client sends. `cut` ends both sides without a word. */
export type Treatment = 'pass' | 'cut' | 'hold' | 'pass and cut the answer';

/** A line to a server on which things go wrong when a test says so. */
export interface FaultyLine {
  readonly port: number;
  /** Decides what becomes of each piece that a client sends; set it to let things go wrong. */
  treat: (sent: Buffer) => Treatment;
  /** Ends every connection. */
  readonly close: () => Promise<void>;
}

/** Listens on a free port of loopback and passes everything on to `serverPort`, until told otherwise. */
export async function openFaultyLine(serverPort: number): Promise<FaultyLine> {
  const sockets = new Set<Socket>();
  const listener = createServer((client) => {
    const server = connect(serverPort, '127.0.0.1');
    const ends = [client, server];
    let answerIsCut = false;
    const cut = () => ends.forEach((end) => end.destroy());
    for (const end of ends) {
      sockets.add(end);
      end.on('error', cut).on('close', cut);
      end.on('close', () => sockets.delete(end));
    }
    client.on('data', (sent) => {
      const treatment = line.treat(sent);
      if (treatment === 'cut') cut();
      if (treatment === 'pass and cut the answer') answerIsCut = true;
      if (treatment === 'pass' || answerIsCut) server.write(sent);
    });
    server.on('data', (answer) => {
      if (answerIsCut) cut();
      else client.write(answer);
    });
  });
  await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve));
  const line: FaultyLine = {
    port: (listener.address() as AddressInfo).port,
    treat: () => 'pass',
    close: async () => {
      sockets.forEach((socket) => socket.destroy());
      await new Promise((resolve) => listener.close(resolve));
    },
  };
  return line;
}
