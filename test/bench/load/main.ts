import { endWithParent, tellParent } from '../childSide.ts';
import { bidding } from './bidding.ts';
import { chat } from './chat.ts';
import { fanOut } from './fanOut.ts';
import { idle } from './idle.ts';
import type { Load } from './load.ts';
import { Measurement } from './measurement.ts';
import { Faults } from './patience.ts';
import type { Answer, Request, TurnsPlan } from './plan.ts';
import { rawBatches } from './rawBatches.ts';
import { rawTransactions } from './rawTransactions.ts';
import { storm } from './storm.ts';

// The load client: a process of its own that carries out one plan and tells what it saw.
let measurement: Measurement | null = null;
endWithParent();
process.on('message', (request: Request) => {
  carryOut(request)
    .catch((error: unknown): Answer => ({ kind: 'failed', why: String(error) }))
    .then(tellParent, () => undefined);
});
tellParent({});

async function carryOut(request: Request): Promise<Answer> {
  switch (request.kind) {
    case 'storm':
      return { kind: 'done', sample: await storm(request) };
    case 'idle':
      return { kind: 'done', sample: await idle(request) };
    case 'turn':
      await prepared().turn();
      return { kind: 'ready' };
    case 'finish':
      return { kind: 'done', sample: prepared().sample() };
    default: {
      const faults = new Faults();
      measurement = new Measurement(await prepare(request, faults), faults, request);
      return { kind: 'ready' };
    }
  }
}

function prepared(): Measurement {
  if (measurement === null) throw new Error('there is no plan yet');
  return measurement;
}

function prepare(plan: TurnsPlan, faults: Faults): Promise<Load> {
  switch (plan.kind) {
    case 'fan-out':
      return fanOut(plan, faults);
    case 'bidding':
      return bidding(plan, faults);
    case 'chat':
      return chat(plan, faults);
    case 'raw-transactions':
      return rawTransactions(plan, faults);
    case 'raw-batches':
      return rawBatches(plan, faults);
  }
}
