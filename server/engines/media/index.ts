import type { LiveKitServer } from '../../config.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Log } from '../../ports/log.ts';
import type { Media } from '../../ports/media.ts';
import { createLiveKitMedia, createLiveKitTokens } from './livekit.ts';

/** What decides where the two sides of a call meet. */
export interface MediaSettings {
  readonly livekit: LiveKitServer | null;
  readonly isProduction: boolean;
}

/** The server and the well-known key of `livekit-server --dev`. */
const DEVELOPMENT: LiveKitServer = { url: 'ws://localhost:7880', apiKey: 'devkey', apiSecret: 'secret' };

/**
 * The media server where there is one. In development without one, tokens alone: whoever runs `livekit-server
 * --dev` can talk. `null`: production without a media server has no calls.
 */
export function openMedia({ livekit, isProduction }: MediaSettings, log: Log, clock: Clock): Media | null {
  if (livekit !== null) return createLiveKitMedia(livekit, log, clock);
  return isProduction ? null : developmentMedia();
}

/** One line for the log on how calls go without a media server; `null` where there is one. */
export function mediaNotice({ livekit, isProduction }: MediaSettings): string | null {
  if (livekit !== null) return null;
  return isProduction
    ? 'calls are off: LIVEKIT_URL is not set'
    : `calls have tokens only, signed with the development key of LiveKit for ${DEVELOPMENT.url}: LIVEKIT_URL is not set`;
}

/** No webhook is believed: the key is public. */
function developmentMedia(): Media {
  return {
    hasRooms: false,
    credentials: createLiveKitTokens(DEVELOPMENT),
    openRoom: async () => true,
    closeRoom: async () => ({ kind: 'sent' }),
    participants: async () => [],
    handleWebhook: async () => false,
  };
}
