import type { Clock } from '../ports/clock.ts';

/**
 * A computation whose result is shared: it starts at most once in `lifetimeMs`, and never while the last one is under
 * way, however many ask. A failure is shared like a result.
 */
export function sharedFor<Result>(
  lifetimeMs: number,
  clock: Clock,
  compute: () => Promise<Result>,
): () => Promise<Result> {
  let shared: Promise<Result> | null = null;
  let isUnderWay = false;
  let startedAtMs = 0;
  return () => {
    const isFresh = isUnderWay || clock.elapsedMs() - startedAtMs < lifetimeMs;
    if (shared !== null && isFresh) return shared;
    isUnderWay = true;
    startedAtMs = clock.elapsedMs();
    shared = compute().finally(() => {
      isUnderWay = false;
    });
    return shared;
  };
}
