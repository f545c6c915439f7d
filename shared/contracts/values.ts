import { z } from 'zod';
import { parseAmount } from '../money.ts';

/** A row's number. */
export const id = z.int().positive();

/** Major units with two decimals, as every price is written. */
export const price = z
  .string()
  .regex(/^\d+\.\d{2}$/)
  .meta({ description: 'Major units with two decimals.', example: '3000.00' });

/** Major units as a number with at most two decimals: how the live sale's document writes prices. */
export const majorPrice = z.number().min(0).meta({ description: 'Major units.', example: 1500.5 });

/** ISO 8601 in UTC with seconds and `Z`, as every time is written. */
export const time = z.iso
  .datetime({ precision: 0 })
  .meta({ description: 'UTC, with seconds and `Z`.', example: '2025-10-27T18:45:00Z' });

/** Where an auction is in its life. */
export const auctionStatus = z.enum(['scheduled', 'active', 'ended', 'cancelled', 'completed']);

/** Why a live sale takes no bids for a while: its host wants it so, or is gone. */
export const pauseReason = z.enum(['host', 'auctioneer_disconnected']);

/** Why a sale ring is closed for good. */
export const ringCloseCause = z.enum(['stopped', 'auctioneer_disconnected', 'cancelled']);

/** The condition of a product. */
export const condition = z.enum(['new', 'like_new', 'good', 'fair']);

/** A user as everyone may see them. */
export const person = z.strictObject({ id, username: z.string() }).meta({ id: 'Person' });

/** An amount as clients may write it, as minor units inside; faults are sentences without their subject. */
export const amount = z
  .union([z.number(), z.string()], {
    error: ({ input }) => (input === undefined ? 'is required' : 'must be a number or a string of digits'),
  })
  .transform((value, context) => {
    const parsed = parseAmount(value);
    if (parsed.ok) return parsed.minor;
    context.addIssue({ code: 'custom', message: parsed.fault.replace(/^amount /, '') });
    return z.NEVER;
  })
  .meta({ description: 'A number or a string of digits, with at most two decimals.', example: '3000.00' });
