import { afterEach, expect, it } from 'vitest';
import type { Presence } from '../../server/ports/presence.ts';

/** Opens the presence of a process of its own. */
export type OpenPresence = () => Promise<Presence>;

/** What every presence promises within one process. */
export function presenceSuite(open: OpenPresence): void {
  const opened: Presence[] = [];
  const openPresence = async () => {
    const presence = await open();
    opened.push(presence);
    return presence;
  };
  afterEach(async () => {
    await Promise.all(opened.splice(0).map((presence) => presence.close()));
  });

  it('counts joins and leaves of each key, and tells watchers of each change', async () => {
    const presence = await openPresence();
    const told: number[] = [];
    presence.join('a');
    await presence.watch('a', (count) => told.push(count));
    presence.join('a');
    presence.join('b');
    presence.leave('a');
    presence.leave('a');
    expect([presence.countOf('a'), presence.countOf('b'), presence.countOf('c')]).toEqual([0, 1, 0]);
    expect(told.slice(-3)).toEqual([2, 1, 0]);
  });

  it('tells nothing once watching is over, and goes on telling other watchers', async () => {
    const presence = await openPresence();
    const told: string[] = [];
    const stop = await presence.watch('a', (count) => told.push(`first ${count}`));
    await presence.watch('a', (count) => told.push(`second ${count}`));
    stop();
    stop();
    told.length = 0;
    presence.join('a');
    expect(told).toEqual(['second 1']);
  });

  it('knows at once who is present here', async () => {
    const presence = await openPresence();
    presence.join('a');
    expect(await presence.isPresent('a')).toBe(true);
  });
}
