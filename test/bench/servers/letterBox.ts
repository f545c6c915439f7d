import type { AddressInfo } from 'node:net';
import { SMTPServer } from 'smtp-server';
import { endWithParent, tellParent } from '../childSide.ts';

// Takes every letter, keeps none, and tells how many there were when it is asked.
let count = 0;
const server = new SMTPServer({
  authOptional: true,
  disabledCommands: ['STARTTLS', 'AUTH'],
  disableReverseLookup: true,
  onData: (stream, _session, callback) => {
    stream.resume();
    stream.on('end', () => {
      count += 1;
      callback();
    });
  },
});
// A client that is killed hangs up in the middle.
server.on('error', () => undefined);
endWithParent();
process.on('message', () => tellParent({ count }));
server.listen(0, '127.0.0.1', () => tellParent({ port: (server.server.address() as AddressInfo).port }));
