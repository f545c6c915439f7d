import type { OutboxStore } from '../../../domain/outboxStore.ts';
import type { Database } from '../database.ts';
import { methodsOn } from '../methods.ts';
import { claimDue } from './claimDue.ts';
import {
  depth,
  giveUp,
  markSent,
  nextJobAtMs,
  outboxJob,
  pullBack,
  reclaimForgotten,
  retryAt,
  unclaim,
} from './outbox.ts';

/** The outbox of a database. */
export function outboxStore(database: Database): OutboxStore {
  const { read, transaction } = methodsOn(database);
  return {
    claimDue: transaction(claimDue),
    nextDueAtMs: read(nextJobAtMs),
    unclaim: transaction(unclaim),
    reclaimForgotten: transaction(reclaimForgotten),
    pullBack: transaction(pullBack),
    job: read(outboxJob),
    markSent: transaction(markSent),
    retryAt: transaction(retryAt),
    giveUp: transaction(giveUp),
    depth: read(depth),
  };
}
