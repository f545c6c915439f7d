import { endWithParent, tellParent } from '../childSide.ts';
import type { Sample } from '../sample.ts';
import { bidding } from './bidding.ts';
import { chat } from './chat.ts';
import { fanOut } from './fanOut.ts';
import { idle } from './idle.ts';
import type { Answer, Plan } from './plan.ts';
import { rawBatches } from './rawBatches.ts';
import { rawTransactions } from './rawTransactions.ts';
import { storm } from './storm.ts';

// The load client: a process of its own that carries out one plan and tells what it saw.
endWithParent();
process.on('message', (plan: Plan) => {
  carryOut(plan).then(
    (sample) => tellParent({ kind: 'done', sample } satisfies Answer),
    (error: unknown) => tellParent({ kind: 'failed', why: String(error) } satisfies Answer),
  );
});
tellParent({});

function carryOut(plan: Plan): Promise<Sample> {
  switch (plan.kind) {
    case 'fan-out':
      return fanOut(plan);
    case 'bidding':
      return bidding(plan);
    case 'storm':
      return storm(plan);
    case 'idle':
      return idle(plan);
    case 'chat':
      return chat(plan);
    case 'raw-transactions':
      return rawTransactions(plan);
    case 'raw-batches':
      return rawBatches(plan);
  }
}
