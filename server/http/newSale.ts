import type { NewSaleFields } from '../../shared/contracts/newSale.ts';
import type { NewSale } from '../domain/auction/catalogue/store.ts';
import { invalidFields } from './faults.ts';
import { DAY_MS, MAX_LEAD_DAYS } from './newAuction.ts';

/** The live sale that a seller asks for; throws what is wrong with its times as of `nowMs`. */
export function newSaleOf(fields: NewSaleFields, ownerId: number, nowMs: number): NewSale {
  const faults = timeFaults(fields, nowMs);
  if (faults.length > 0) throw invalidFields(faults);
  const { minBidPrice, bidPrice, actualPrice } = fields;
  return {
    ownerId,
    externalId: fields.external_id,
    title: fields.title,
    description: fields.description,
    imageUrl: fields.image_url,
    categoryId: fields.category_id,
    product: fields.current_product,
    productDescription: fields.product_description,
    prices: { minBidPrice, bidPrice, actualPrice },
    quantity: fields.quantity,
    startDateMs: fields.startDate,
    expiryDateMs: fields.expiryDate,
    hasOutbidLetters: fields.outbid_letters,
    createdAtMs: nowMs,
  };
}

function timeFaults(
  { startDate: startMs, expiryDate: expiryMs }: NewSaleFields,
  nowMs: number,
): (readonly [string, string])[] {
  const latestMs = nowMs + MAX_LEAD_DAYS * DAY_MS;
  const tooFar = `must be within ${MAX_LEAD_DAYS} days from now`;
  const faults: (readonly [string, string])[] = [];
  if (expiryMs <= nowMs) faults.push(['expiryDate', 'must be in the future']);
  if (expiryMs > latestMs) faults.push(['expiryDate', tooFar]);
  if (startMs !== null && startMs >= expiryMs) faults.push(['startDate', 'must be before expiryDate']);
  if (startMs !== null && startMs > latestMs) faults.push(['startDate', tooFar]);
  return faults;
}
