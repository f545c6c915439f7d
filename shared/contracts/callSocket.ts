import { z } from 'zod';
import { call, callParty, telecaller } from './calls.ts';
import {
  ackMessage,
  authenticatedMessage,
  errorMessage,
  notificationMessage,
  tokenExpiringMessage,
} from './everySocket.ts';

/** A number that no user has: what an id of another kind than ours is read as. */
const NO_USER = 0;
const USER_ID = /^[1-9]\d{0,15}$/;

/** The id of a user as the document writes it, a string, or as a whole number. */
const userId = z
  .union([z.string().min(1), z.int()])
  .transform((id) => (USER_ID.test(String(id)) ? Number(id) : NO_USER));

const ofCall = z.object({ callId: z.string().min(1) });

const callType = call.shape.callType;

/** The type of a call. A value that is no type is a fault of its own; an absent one is not. */
const requestedCallType = z
  .unknown()
  .refine((value) => value !== undefined && value !== null)
  .pipe(callType);

/** What a user may send, by the name of its event. */
export const userCallPayloads = {
  'call:initiate': z.object({ telecallerId: userId, callType: requestedCallType }),
  'call:cancel': ofCall,
  'call:end': ofCall,
} as const;

/** What a telecaller may send, by the name of its event. */
export const telecallerCallPayloads = {
  'call:accept': ofCall,
  'call:reject': ofCall,
  'call:end': ofCall,
} as const;

const callId = z.string();
const ofThisCall = z.strictObject({ callId });
const introduction = ofThisCall.extend({ callType, caller: callParty });
/** How one side enters the room of the call. */
const livekit = z.strictObject({ token: z.string(), url: z.string(), roomName: z.string() }).optional();

/** An error: a refusal of a call has a name of its own; the text and the code stand in `data` as well. */
const callErrorMessage = errorMessage.extend({
  type: z.enum(['error', 'call:error']),
  data: z.strictObject({ message: z.string(), code: z.string() }),
});

/** What a call that is over has lasted, in seconds, and what its caller was charged. */
const cost = { duration: z.int().min(0), coins: z.int().min(0) };

/** To the sender alone: the message with this `id` was carried out; the call's cost where it has ended one. */
const callAckMessage = ackMessage.extend({
  data: z.strictObject({
    ok: z.literal(true),
    duration: cost.duration.optional(),
    coins: cost.coins.optional(),
  }),
});

/** Every message that a client of `/ws/user/` may get. */
export const userServerMessage = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('telecaller:presence-changed'),
    data: z.strictObject({
      telecallerId: z.string(),
      presence: telecaller.shape.presence,
      telecaller: callParty.extend({ language: z.string(), about: z.string() }).nullable(),
    }),
  }),
  z.strictObject({ type: z.literal('call:ringing'), data: ofThisCall.extend({ telecaller: callParty }) }),
  z.strictObject({ type: z.literal('call:accepted'), data: ofThisCall.extend({ livekit }) }),
  z.strictObject({ type: z.literal('call:answered-elsewhere'), data: ofThisCall }),
  z.strictObject({ type: z.literal('call:rejected'), data: ofThisCall }),
  z.strictObject({ type: z.literal('call:cancelled'), data: ofThisCall }),
  z.strictObject({ type: z.literal('call:missed'), data: ofThisCall }),
  z.strictObject({ type: z.literal('call:ended'), data: ofThisCall.extend(cost) }),
  callErrorMessage,
  callAckMessage,
  notificationMessage,
  authenticatedMessage,
  tokenExpiringMessage,
]);

/** Every message that a client of `/ws/telecaller/` may get. */
export const telecallerServerMessage = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('call:incoming'), data: introduction }),
  z.strictObject({ type: z.literal('call:accepted'), data: introduction.extend({ livekit }) }),
  z.strictObject({ type: z.literal('call:answered-elsewhere'), data: ofThisCall }),
  z.strictObject({ type: z.literal('call:cancelled'), data: ofThisCall }),
  z.strictObject({ type: z.literal('call:missed'), data: ofThisCall }),
  z.strictObject({ type: z.literal('call:ended'), data: ofThisCall.extend(cost) }),
  callErrorMessage,
  callAckMessage,
  notificationMessage,
  authenticatedMessage,
  tokenExpiringMessage,
]);

/** A message to a user, as the server writes it and a typed client reads it. */
export type UserServerMessage = z.output<typeof userServerMessage>;
/** A message to a telecaller, as the server writes it and a typed client reads it. */
export type TelecallerServerMessage = z.output<typeof telecallerServerMessage>;
/** The acknowledgement of a client's message about a call. */
export type CallAckMessage = z.output<typeof callAckMessage>;
/** An error as calls write it. */
export type CallErrorMessage = z.output<typeof callErrorMessage>;
