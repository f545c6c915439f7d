import type { Clock } from '../ports/clock.ts';
import type { SeedStore } from './seedStore.ts';
import { demoSeed } from './demo.ts';

/** Fills an empty database with the demo; true when it did. Another process may be faster, which is as good. */
export async function ensureDemo(seed: SeedStore, clock: Clock): Promise<boolean> {
  if (!(await seed.isEmpty())) return false;
  try {
    await seed.insert(demoSeed(clock.nowMs()));
    return true;
  } catch (error) {
    if (await seed.isEmpty()) throw error;
    return false;
  }
}
