import { type LimitName, LIMITS, type Limits } from '../../server/limits.ts';

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

/** The settings under which clients may be as fast and as many as they like. */
export const NO_RATES: Readonly<Record<string, string>> = {
  LIMIT_MESSAGE_BURST: '0',
  LIMIT_USER_MESSAGE_BURST: '0',
  LIMIT_USER_BID_BURST: '0',
  LIMIT_COMMENT_BURST: '0',
  LIMIT_JOIN_BURST: '0',
  LIMIT_REST_BURST: '0',
  LIMIT_CONNECTIONS_PER_USER: '0',
  LIMIT_CONNECTIONS_PER_MINUTE: '0',
};
