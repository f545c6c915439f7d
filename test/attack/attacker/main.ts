import { setPriority } from 'node:os';
import { endWithParent, tellParent } from '../../bench/childSide.ts';
import { FLOODS } from '../floods/index.ts';
import { Attack } from './attack.ts';
import type { AttackAnswer, AttackPlan } from './plan.ts';

/** Real attackers have machines of their own: these take what server and honest clients leave. */
const PRIORITY = 19;

endWithParent();
setPriority(PRIORITY);
process.on('message', (plan: AttackPlan) => {
  run(plan)
    .catch((error: unknown): AttackAnswer => ({
      kind: 'failed',
      why: String(error),
    }))
    .then(tellParent, () => undefined);
});
tellParent({});

async function run(plan: AttackPlan): Promise<AttackAnswer> {
  const flood = FLOODS.find(({ name }) => name === plan.flood);
  if (flood === undefined) throw new Error(`there is no flood ${plan.flood}`);
  const attack = new Attack(plan);
  await flood.run(attack);
  await attack.rest();
  return { kind: 'done', answers: attack.tally.counts() };
}
