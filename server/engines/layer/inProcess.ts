import type { ChannelLayer } from '../../ports/channelLayer.ts';
import type { Log } from '../../ports/log.ts';

type Receive = (message: unknown) => void;

/** The channel layer of a single process: delivers at once, in the publisher's own turn. */
export function createInProcessLayer(log: Log): ChannelLayer {
  const channels = new Map<string, Set<Receive>>();
  return {
    publish: (channel, message) => {
      for (const receive of channels.get(channel) ?? []) {
        try {
          receive(message);
        } catch (error) {
          log.error('a subscriber of the channel layer failed', { channel, error });
        }
      }
    },
    subscribe: (channel, receive) => {
      const subscribers = channels.get(channel) ?? new Set();
      channels.set(channel, subscribers.add(receive));
      return Promise.resolve(() => {
        subscribers.delete(receive);
        if (subscribers.size === 0 && channels.get(channel) === subscribers) channels.delete(channel);
      });
    },
    close: () => {
      channels.clear();
      return Promise.resolve();
    },
  };
}
