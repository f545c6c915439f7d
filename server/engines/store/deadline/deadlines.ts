import { and, asc, eq, gt, inArray, lte, sql } from 'drizzle-orm';
import type { Deadline, DeadlineKind } from '../../../domain/deadline.ts';
import type { DeadlineStore } from '../../../domain/deadlineStore.ts';
import type { Database, Engine, Session, Statement, Value } from '../database.ts';
import { methodsOn } from '../methods.ts';
import { chunksOf, gathered, upsertsOf } from '../rows.ts';

/** The deadlines of a database. */
export function deadlineStore(database: Database): DeadlineStore {
  const { read, transaction } = methodsOn(database);
  return {
    due: read(dueDeadlines),
    nextDueAtMs: read(nextDeadlineAtMs),
    set: transaction(setDeadlines),
    clear: transaction(clearDeadlines),
    of: read(deadlinesOf),
    pullBack: transaction(pullDeadlinesBack),
    putOff: transaction(putDeadlinesOff),
    remove: transaction(removeDeadline),
  };
}

/** Sets deadlines; one of the same kind and subject is moved. */
export async function setDeadlines(session: Session, deadlines: readonly Deadline[]): Promise<void> {
  await session.write(deadlineSettings(session, deadlines));
}

/** The statements of {@link setDeadlines}. */
export function deadlineSettings(engine: Engine, deadlines: readonly Deadline[]): Statement[] {
  return upsertsOf(engine, engine.tables.deadlines, deadlines, ['kind', 'subjectId'], ['dueAtMs']);
}

/** The statements that take deadlines away, whenever they are due. Raw SQL: they travel with those of a commit. */
export function deadlineClearings(
  { dialect }: Engine,
  cleared: readonly Pick<Deadline, 'kind' | 'subjectId'>[],
): Statement[] {
  const kinds = new Set(cleared.map(({ kind }) => kind));
  return gathered([...kinds], (kind) => {
    const ofKind = cleared.filter((deadline) => deadline.kind === kind);
    return chunksOf(dialect, ofKind).map((chunk) => {
      const values: Value[] = [];
      const sql = `DELETE FROM deadlines WHERE kind=${dialect.value(kind, values)} AND subject_id IN `;
      const subjects = chunk.map(({ subjectId }) => dialect.value(subjectId, values));
      return { sql: `${sql}(${subjects.join(',')})`, values };
    });
  });
}

/** Takes deadlines away, whenever they are due. */
export async function clearDeadlines(
  { db, tables: { deadlines } }: Session,
  kinds: readonly DeadlineKind[],
  subjectId: number,
): Promise<void> {
  await db
    .delete(deadlines)
    .where(and(inArray(deadlines.kind, [...kinds]), eq(deadlines.subjectId, subjectId)));
}

async function deadlinesOf(
  { db, tables: { deadlines } }: Session,
  kinds: readonly DeadlineKind[],
): Promise<readonly Deadline[]> {
  return db
    .select()
    .from(deadlines)
    .where(inArray(deadlines.kind, [...kinds]));
}

async function dueDeadlines(
  { db, tables: { deadlines } }: Session,
  nowMs: number,
  limit: number,
): Promise<readonly Deadline[]> {
  return db
    .select()
    .from(deadlines)
    .where(lte(deadlines.dueAtMs, nowMs))
    .orderBy(asc(deadlines.dueAtMs))
    .limit(limit);
}

async function nextDeadlineAtMs({ db, tables: { deadlines } }: Session): Promise<number | null> {
  const [row] = await db
    .select({ dueAtMs: deadlines.dueAtMs })
    .from(deadlines)
    .orderBy(asc(deadlines.dueAtMs))
    .limit(1);
  return row?.dueAtMs ?? null;
}

async function pullDeadlinesBack(
  { db, tables: { deadlines } }: Session,
  kind: DeadlineKind,
  latestDueAtMs: number,
): Promise<void> {
  await db
    .update(deadlines)
    .set({ dueAtMs: latestDueAtMs })
    .where(and(eq(deadlines.kind, kind), gt(deadlines.dueAtMs, latestDueAtMs)));
}

async function putDeadlinesOff(
  { db, tables: { deadlines } }: Session,
  kind: DeadlineKind,
  afterMs: number,
  untilMs: number,
  byMs: number,
): Promise<void> {
  await db
    .update(deadlines)
    .set({ dueAtMs: sql`${deadlines.dueAtMs} + ${byMs}` })
    .where(and(eq(deadlines.kind, kind), gt(deadlines.dueAtMs, afterMs), lte(deadlines.dueAtMs, untilMs)));
}

async function removeDeadline(
  { db, tables: { deadlines } }: Session,
  { kind, subjectId, dueAtMs }: Deadline,
): Promise<void> {
  await db
    .delete(deadlines)
    .where(and(eq(deadlines.kind, kind), eq(deadlines.subjectId, subjectId), eq(deadlines.dueAtMs, dueAtMs)));
}
