import { z } from 'zod';

/** One page of a list with numbered pages; `next` and `previous` are absolute URLs. */
export function pageOf<Item extends z.ZodType>(name: string, item: Item) {
  return z
    .strictObject({
      count: z.int().min(0).meta({ description: 'How many there are on all pages.' }),
      ...keyedFields(item),
    })
    .meta({ id: name });
}

/** One page of a list that is read by key, newest first; `next` and `previous` are absolute URLs. */
export function keyedPageOf<Item extends z.ZodType>(name: string, item: Item) {
  return z.strictObject(keyedFields(item)).meta({ id: name });
}

/** What every page holds of a list that is read by key, for those that hold more. */
export function keyedFields<Item extends z.ZodType>(item: Item) {
  return {
    next: z.url().nullable(),
    previous: z.url().nullable(),
    results: z.array(item),
  };
}
