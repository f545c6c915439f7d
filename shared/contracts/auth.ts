import { z } from 'zod';
import { required } from './fields.ts';
import { id } from './values.ts';

/** A phone number as people write it; spaces and dashes are taken out. */
export const phoneNumber = z
  .string({ error: required('a string') })
  .max(40, 'must have at most 40 characters')
  .transform((value) => value.replace(/[\s-]/g, ''))
  .pipe(z.string().regex(/^\+[1-9]\d{7,14}$/, 'must be a plus and 8 to 15 digits, without a leading zero'))
  .meta({ description: 'With its country code.', example: '+92 300 1234567' });

/** What logs in: the number alone asks for a code, with the code it logs its owner in. */
export const otpRequest = z
  .strictObject(
    {
      number: phoneNumber,
      otpCode: z
        .string({ error: 'must be a string of 6 digits' })
        .regex(/^\d{6}$/, 'must be a string of 6 digits')
        .optional(),
    },
    { error: 'must be a JSON object' },
  )
  .meta({ id: 'OtpRequest' });

/** A code is on its way. */
export const otpSent = z.strictObject({ message: z.string() }).meta({ id: 'OtpSent' });

/** A user who is logged in. */
export const session = z
  .strictObject({
    accessToken: z.string(),
    expiresIn: z.int().positive().meta({ description: 'How long the access token is good for, in seconds.' }),
    refreshToken: z.string().meta({ description: 'Good for one use and 30 days.' }),
    user: z
      .strictObject({
        id,
        name: z.string(),
        type: z.enum(['Normal', 'Expert']),
        number: z.string(),
        username: z.string(),
      })
      .meta({ id: 'SessionUser' }),
  })
  .meta({ id: 'Session' });

/** What renews a session. */
export const refreshRequest = z
  .strictObject(
    { refreshToken: z.string({ error: required('a string') }) },
    { error: 'must be a JSON object' },
  )
  .meta({ id: 'RefreshRequest' });

/** What ends a session: any refresh token of it. */
export const logoutRequest = z
  .strictObject(
    { refreshToken: z.string({ error: required('a string') }) },
    { error: 'must be a JSON object' },
  )
  .meta({ id: 'LogoutRequest' });
