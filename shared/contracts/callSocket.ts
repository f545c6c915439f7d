import { z } from 'zod';

/** The number of nobody: what an id of another kind than ours is read as. */
const NOBODY = 0;
const USER_ID = /^[1-9]\d{0,15}$/;

/** The id of a user as the document writes it, a string, or as a whole number. */
const userId = z
  .union([z.string().min(1), z.int()])
  .transform((id) => (USER_ID.test(String(id)) ? Number(id) : NOBODY));

const ofCall = z.object({ callId: z.string().min(1) });

/** Anything at all: of what type a call is to be, is looked at when the rest is there. */
const something = z.unknown().refine((value) => value !== undefined && value !== null);

/** What a user may send, by the name of its event. */
export const userCallPayloads = {
  'call:initiate': z.object({ telecallerId: userId, callType: something }),
  'call:cancel': ofCall,
  'call:end': ofCall,
} as const;

/** What a telecaller may send, by the name of its event. */
export const telecallerCallPayloads = {
  'call:accept': ofCall,
  'call:reject': ofCall,
  'call:end': ofCall,
} as const;
