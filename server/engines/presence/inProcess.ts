import type { Presence } from '../../ports/presence.ts';
import { LocalCounts, once } from './counts.ts';

/** The presence of a single process: always known. */
export function createInProcessPresence(): Presence {
  const counts = new LocalCounts();
  return {
    join: (key) => counts.tell(key, counts.add(key, 1)),
    leave: (key) => counts.tell(key, counts.add(key, -1)),
    countOf: (key) => counts.of(key),
    watch: async (key, changed) => {
      counts.watch(key, changed);
      return once(() => counts.unwatch(key, changed));
    },
    isPresent: async (key) => counts.of(key) > 0,
    onLost: () => () => undefined,
    close: () => Promise.resolve(),
  };
}
