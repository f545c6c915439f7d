import { type LimitName, LIMITS, type Limits } from '../../server/domain/limits.ts';

/** The default limits, with some changed. */
export function testLimits(changes: Partial<Limits> = {}): Limits {
  const defaults = Object.entries(LIMITS).map(([name, { value }]) => [name as LimitName, value] as const);
  return { ...(Object.fromEntries(defaults) as Record<LimitName, number>), ...changes };
}

/** Every limit switched off. */
export const NO_LIMITS: Limits = Object.fromEntries(Object.keys(LIMITS).map((name) => [name, 0])) as Record<
  LimitName,
  number
>;
