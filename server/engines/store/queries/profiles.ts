import { sql } from 'drizzle-orm';
import type { Tables } from '../schema/index.ts';

/** What everyone may see of a user. */
export function profileColumns({ id, username, name, type, number }: Tables['users']) {
  return { id, username, name, type, number: sql<string>`coalesce(${number}, '')` };
}
