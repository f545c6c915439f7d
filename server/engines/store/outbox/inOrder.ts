import { and, eq, inArray, min } from 'drizzle-orm';
import type { Session } from '../database.ts';
import type { OutboxKind, OutboxStatus } from '../schema/deliveryTables.ts';

/** Rows that are neither delivered nor given up. */
export const OPEN: OutboxStatus[] = ['pending', 'held', 'queued'];

/** A row of the outbox as far as its place in an order is concerned. */
interface Ordered {
  readonly id: number;
  readonly kind: OutboxKind;
  readonly gatherKey: string | null;
}

/** Whether rows of that kind with one key go one after the other, by their ids; those of others are gathered by it. */
export function isInOrder(kind: OutboxKind): boolean {
  return kind === 'ring_event';
}

/** Makes held rows pending before which no other of their key is open: the one before was delivered or given up. */
export async function releaseHeld({ db, tables: { outbox } }: Session): Promise<void> {
  const held = await db
    .select({ key: outbox.gatherKey, firstId: min(outbox.id) })
    .from(outbox)
    .where(eq(outbox.status, 'held'))
    .groupBy(outbox.gatherKey);
  const keys = held.flatMap(({ key }) => key ?? []);
  if (keys.length === 0) return;
  const open = await db
    .select({ key: outbox.gatherKey, firstId: min(outbox.id) })
    .from(outbox)
    .where(and(inArray(outbox.gatherKey, keys), inArray(outbox.status, OPEN)))
    .groupBy(outbox.gatherKey);
  const firstIds = new Map(open.map(({ key, firstId }) => [key, firstId]));
  const released = held.flatMap(({ key, firstId }) =>
    firstId !== null && firstIds.get(key) === firstId ? [firstId] : [],
  );
  if (released.length === 0) return;
  await db
    .update(outbox)
    .set({ status: 'pending' })
    .where(and(inArray(outbox.id, released), eq(outbox.status, 'held')));
}

/** Holds the rows before which another of their key is open, until that is done; gives all others of `found`. */
export async function holdBack<Row extends Ordered>(
  { db, tables: { outbox }, dialect }: Session,
  found: readonly Row[],
): Promise<readonly Row[]> {
  const inOrder = found.filter(({ kind }) => isInOrder(kind));
  if (inOrder.length === 0) return found;
  const keys = [...new Set(inOrder.flatMap(({ gatherKey }) => gatherKey ?? []))];
  const open = await dialect.forUpdate(
    db
      .select({ id: outbox.id, key: outbox.gatherKey })
      .from(outbox)
      .where(and(inArray(outbox.gatherKey, keys), inArray(outbox.status, OPEN))),
  );
  const firstIds = new Map<string | null, number>();
  for (const { id, key } of open) firstIds.set(key, Math.min(id, firstIds.get(key) ?? id));
  const held = new Set(inOrder.filter(({ id, gatherKey }) => firstIds.get(gatherKey) !== id));
  if (held.size > 0) {
    const ids = [...held].map(({ id }) => id);
    await db.update(outbox).set({ status: 'held' }).where(inArray(outbox.id, ids));
  }
  return found.filter((row) => !held.has(row));
}
