import type { ChannelLayer } from '../../ports/channelLayer.ts';
import type { Log } from '../../ports/log.ts';
import { LocalChannels } from './localChannels.ts';

/** The channel layer of a single process: delivers at once, in the publisher's own turn, and has no gaps. */
export function createInProcessLayer(log: Log): ChannelLayer {
  const channels = new LocalChannels(log);
  return {
    publish: (channel, message) => channels.deliver(channel, message),
    subscribe: async (channel, receive) => channels.add(channel, receive),
    family: (prefix, receive) => {
      channels.addFamily(prefix, receive);
      return { open: () => Promise.resolve(), close: () => undefined };
    },
    onGap: (heal) => channels.onGap(heal),
    ping: () => Promise.resolve(),
    close: async () => channels.clear(),
  };
}
