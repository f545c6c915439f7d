import type { NewAuctionFields } from '../../shared/contracts/newAuction.ts';
import type { NewAuction } from '../domain/auction/catalogue/store.ts';
import { invalidFields } from './faults.ts';

/** A day. */
export const DAY_MS = 86_400_000;
/** The longest that an auction may last. */
export const MAX_DURATION_DAYS = 90;
/** How far ahead an auction may begin. */
export const MAX_LEAD_DAYS = 365;

/** The auction that a seller asks for; throws what is wrong with its times as of `nowMs`. */
export function newAuctionOf(fields: NewAuctionFields, sellerId: number, nowMs: number): NewAuction {
  const faults = timeFaults(fields, nowMs);
  if (faults.length > 0) throw invalidFields(faults);
  return {
    sellerId,
    product: {
      name: fields.name,
      description: fields.description,
      condition: fields.condition,
      category: fields.category,
      images: fields.images.map(({ url, is_primary: isPrimary, order }, index) => ({
        url,
        isPrimary,
        order: order ?? index,
      })),
    },
    startingPrice: fields.starting_price,
    startTimeMs: fields.start_time,
    endTimeMs: fields.end_time,
    createdAtMs: nowMs,
  };
}

function timeFaults(
  { start_time: startMs, end_time: endMs }: NewAuctionFields,
  nowMs: number,
): (readonly [string, string])[] {
  const faults: (readonly [string, string])[] = [];
  if (startMs > nowMs + MAX_LEAD_DAYS * DAY_MS) {
    faults.push(['start_time', `must be within ${MAX_LEAD_DAYS} days from now`]);
  }
  if (endMs <= startMs) faults.push(['end_time', 'must be after start_time']);
  if (endMs <= nowMs) faults.push(['end_time', 'must be in the future']);
  if (endMs - startMs > MAX_DURATION_DAYS * DAY_MS) {
    faults.push(['end_time', `must be within ${MAX_DURATION_DAYS} days of start_time`]);
  }
  return faults;
}
