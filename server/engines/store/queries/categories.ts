import { asc } from 'drizzle-orm';
import type { Category } from '../../../ports/store.ts';
import type { Session } from '../database.ts';

/** See {@link CategoryStore.list}. */
export async function listCategories({ db, tables: { categories } }: Session): Promise<readonly Category[]> {
  return db.select().from(categories).orderBy(asc(categories.name));
}
