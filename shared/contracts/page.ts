import { z } from 'zod';

/** One page of a list; `next` and `previous` are absolute URLs. */
export function pageOf<Item extends z.ZodType>(name: string, item: Item) {
  return z.strictObject(pageFields(item)).meta({ id: name });
}

/** What every page of a list holds, for those that hold more. */
export function pageFields<Item extends z.ZodType>(item: Item) {
  return {
    count: z.int().min(0).meta({ description: 'How many there are on all pages.' }),
    next: z.url().nullable(),
    previous: z.url().nullable(),
    results: z.array(item),
  };
}
