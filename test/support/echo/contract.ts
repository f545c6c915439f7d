import { z } from 'zod';
import {
  ackMessage,
  authenticatedMessage,
  errorMessage,
  notificationMessage,
  seq,
  tokenExpiringMessage,
} from '../../../shared/contracts/everySocket.ts';
import { price as requestedPrice } from '../../../shared/contracts/liveFields.ts';
import { price } from '../../../shared/contracts/values.ts';

/** What a client of the echo may send, by the name of its message. */
export const echoPayloads = { bid: z.object({ amount: requestedPrice }) } as const;

/** Every message that a client of the echo may get. */
export const serverMessage = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('watching'), seq }),
  z.strictObject({ type: z.literal('echo'), seq, bidder: z.string(), amount: price }),
  errorMessage,
  ackMessage,
  notificationMessage,
  authenticatedMessage,
  tokenExpiringMessage,
]);

/** A message of the server. */
export type ServerMessage = z.output<typeof serverMessage>;
