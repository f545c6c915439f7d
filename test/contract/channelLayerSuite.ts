import { afterEach, expect, it } from 'vitest';
import type { ChannelLayer } from '../../server/ports/channelLayer.ts';
import type { Log } from '../../server/ports/log.ts';
import { RecordedLog } from '../support/recordedLog.ts';

/** Opens the layer of a process of its own. */
export type OpenLayer = (log: Log) => Promise<ChannelLayer>;

/** What every channel layer promises within one process. */
export function channelLayerSuite(open: OpenLayer): void {
  const opened: ChannelLayer[] = [];
  let log: RecordedLog;

  async function openLayer(): Promise<ChannelLayer> {
    log = new RecordedLog();
    const layer = await open(log);
    opened.push(layer);
    return layer;
  }

  afterEach(async () => {
    await Promise.all(opened.splice(0).map((layer) => layer.close()));
  });

  it('delivers to the publisher’s own process once, in order, and before it returns', async () => {
    const layer = await openLayer();
    const heard: unknown[] = [];
    await layer.subscribe('one', (message) => heard.push(message));
    await layer.subscribe('one', (message) => heard.push(message));
    await layer.subscribe('two', () => heard.push('never'));
    layer.publish('one', 1);
    layer.publish('one', { two: [2] });
    expect(heard).toEqual([1, 1, { two: [2] }, { two: [2] }]);
    await layer.ping();
    await layer.ping();
    expect(heard).toHaveLength(4);
  });

  it('delivers nothing once a subscription is over, and takes its end twice', async () => {
    const layer = await openLayer();
    const heard: unknown[] = [];
    const stay = await layer.subscribe('one', (message) => heard.push(['stays', message]));
    const leave = await layer.subscribe('one', (message) => heard.push(['leaves', message]));
    leave();
    leave();
    layer.publish('one', 1);
    stay();
    layer.publish('one', 2);
    expect(heard).toEqual([['stays', 1]]);
  });

  it('delivers the channels of a family that are open', async () => {
    const layer = await openLayer();
    const heard: unknown[] = [];
    const family = layer.family('user.', (key, message) => heard.push([key, message]));
    await family.open(7);
    layer.publish('user.7', 'hello');
    layer.publish('users', 'no');
    expect(heard).toEqual([['7', 'hello']]);
    family.close(7);
    expect(() => layer.family('user.', () => undefined)).toThrow(/have a subscriber already/);
  });

  it('logs a subscriber that throws, and delivers to the others', async () => {
    const layer = await openLayer();
    const heard: unknown[] = [];
    await layer.subscribe('one', () => {
      throw new Error('broken');
    });
    await layer.subscribe('one', (message) => heard.push(message));
    layer.publish('one', 1);
    expect(heard).toEqual([1]);
    expect(log.lines).toMatchObject([
      { level: 'error', message: 'a subscriber of the channel layer failed' },
    ]);
  });
}
