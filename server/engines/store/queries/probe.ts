import type { Engine, Statement } from '../database.ts';
import { upsertsOf } from '../rows.ts';

/** The one row that is written. */
const ID = 1;

/** Statements that write something tiny, another one at each moment: what stands already is not written again. */
export function probeAt(engine: Engine, nowMs: number): Statement[] {
  return upsertsOf(engine, engine.tables.probes, [{ id: ID, atMs: nowMs }], ['id'], ['atMs']);
}
