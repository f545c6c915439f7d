import { z } from 'zod';
import { keyedFields, keyedPageOf } from './page.ts';
import { time } from './values.ts';

/** A user's number as the calls' document writes ids. */
const userId = z
  .string()
  .regex(/^[1-9]\d*$/)
  .meta({ description: 'The number of a user, as text.', example: '15' });

const party = {
  _id: userId,
  name: z.string(),
  profile: z.string().nullable().meta({ description: 'The name of a picture.', example: 'avatar-3' }),
};

/** One side of a call. */
export const callParty = z.strictObject(party).meta({ id: 'CallParty' });

/** A call as its two sides see it. */
export const call = z
  .strictObject({
    callId: z.string(),
    callType: z.enum(['AUDIO', 'VIDEO']),
    status: z.enum(['RINGING', 'ACCEPTED', 'REJECTED', 'CANCELLED', 'MISSED', 'COMPLETED']),
    caller: callParty,
    telecaller: callParty,
    createdAt: time,
    acceptedAt: time.nullable(),
    endedAt: time.nullable(),
    duration: z.int().min(0).meta({ description: 'Whole seconds; 0 unless completed.' }),
    coins: z.int().min(0).meta({ description: 'What the caller was charged; 0 unless completed.' }),
  })
  .meta({ id: 'Call' });

/** One's own calls, newest first. */
export const callPage = z
  .strictObject({
    ...keyedFields(call),
    coinBalance: z.int().meta({
      description: 'How many coins you have left; below zero when calls cost more than there were.',
    }),
  })
  .meta({ id: 'CallPage' });

/** A telecaller as users see them. */
export const telecaller = z
  .strictObject({
    ...party,
    username: z.string(),
    language: z.string(),
    about: z.string(),
    presence: z.enum(['ONLINE', 'OFFLINE', 'ON_CALL']),
  })
  .meta({ id: 'Telecaller' });

/** Approved telecallers, newest first. */
export const telecallerPage = keyedPageOf('TelecallerPage', telecaller);

/** What the media server tells, as far as anything is made of it. */
export const mediaNews = z
  .looseObject({
    event: z.string(),
    room: z.looseObject({ name: z.string() }).optional(),
    participant: z.looseObject({ identity: z.string() }).optional(),
  })
  .meta({ id: 'MediaNews' });

/** The media server need not tell it again. */
export const mediaNewsTaken = z.strictObject({ taken: z.literal(true) }).meta({ id: 'MediaNewsTaken' });
