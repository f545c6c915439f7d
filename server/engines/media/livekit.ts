import { createHash } from 'node:crypto';
import {
  AccessToken,
  ParticipantInfo_State,
  RoomServiceClient,
  ServerError,
  TokenVerifier,
  TrackSource,
  type WebhookEvent,
  WebhookReceiver,
} from 'livekit-server-sdk';
import type { LiveKitServer } from '../../config.ts';
import type { DeliveryOutcome } from '../../ports/delivery.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Log } from '../../ports/log.ts';
import type { Media, MediaEvent } from '../../ports/media.ts';
import { faultCode } from '../support/postJson.ts';
import { EventDeduplicator } from './eventDeduplicator.ts';

/** A media server that has not answered by then is away. */
export const ROOM_TIMEOUT_SECONDS = 3;
/** How long a token opens its room; who is in it stays in it. */
export const TOKEN_LIFETIME_SECONDS = 5 * 60;

/** How far apart the clocks of the media server and of this machine may be. */
const CLOCK_TOLERANCE_SECONDS = 10;
/** How long a webhook is remembered: longer than its signature is valid, also when the wall clock is set back. */
export const EVENT_REMEMBERED_MS = 60 * 60_000;

const MAX_PARTICIPANTS = 2;
/** An empty room is deleted by the media server after that time. */
const EMPTY_ROOM_SECONDS = 60;

const VOICE = [TrackSource.MICROPHONE];
const VOICE_AND_VIDEO = [TrackSource.MICROPHONE, TrackSource.CAMERA];

/** Answers of 4xx that may be others the next time. */
const FOR_NOW: readonly number[] = [408, 429];

/** The identity of a user in a room: their number. */
const IDENTITY = /^[1-9]\d{0,14}$/;

/**
 * Rooms and tokens of a LiveKit server. Its SDK reads the machine's clock and keeps the time limit itself, so
 * neither can be wound by a test; `clock` measures how long events are remembered.
 */
export function createLiveKitMedia(server: LiveKitServer, log: Log, clock: Clock): Media {
  const { url, apiKey, apiSecret } = server;
  // It would try other regions and say so on the console; the outbox tries again instead.
  const options = { requestTimeout: ROOM_TIMEOUT_SECONDS, failover: false };
  const rooms = new RoomServiceClient(url, apiKey, apiSecret, options);
  const verifyWebhook = webhookVerifier(server);
  const deduplicator = new EventDeduplicator(clock);
  let isAnswering = true;
  return {
    hasRooms: true,
    credentials: createLiveKitTokens(server),
    openRoom: async (roomName) => {
      try {
        await rooms.createRoom({
          name: roomName,
          maxParticipants: MAX_PARTICIPANTS,
          emptyTimeout: EMPTY_ROOM_SECONDS,
          departureTimeout: EMPTY_ROOM_SECONDS,
        });
        return true;
      } catch (error) {
        log.warn('the media server has made no room', { callId: roomName, fault: faultOf(error) });
        return false;
      }
    },
    closeRoom: async (roomName) => {
      try {
        await rooms.deleteRoom(roomName);
        return { kind: 'sent' };
      } catch (error) {
        return isMissing(error) ? { kind: 'sent' } : failureOf(error);
      }
    },
    participants: async (roomName) => {
      try {
        const there = await rooms.listParticipants(roomName);
        isAnswering = true;
        return there.flatMap(({ identity, state }) => {
          const userId = state === ParticipantInfo_State.DISCONNECTED ? null : userIdOf(identity);
          return userId === null ? [] : [userId];
        });
      } catch (error) {
        if (isMissing(error)) return [];
        // It is asked repeatedly about all who are absent: one log line is enough.
        if (isAnswering)
          log.warn('the media server does not say who is in a room', { fault: faultOf(error) });
        isAnswering = false;
        return null;
      }
    },
    handleWebhook: async (body, authorization, handle) => {
      const delivery = await verifyWebhook(body, authorization);
      if (delivery === null) return false;
      const { key, validUntilMs, event } = delivery;
      const rememberedMs = Math.max(EVENT_REMEMBERED_MS, validUntilMs - clock.nowMs());
      await deduplicator.runOnce(key, rememberedMs, () => handle(event));
      return true;
    },
  };
}

/** Signs tokens without asking the server. */
export function createLiveKitTokens({ url, apiKey, apiSecret }: LiveKitServer): Media['credentials'] {
  return async ({ roomName, userId, displayName, hasVideo }) => {
    const token = new AccessToken(apiKey, apiSecret, {
      identity: String(userId),
      name: displayName,
      ttl: TOKEN_LIFETIME_SECONDS,
    });
    token.addGrant({
      room: roomName,
      roomJoin: true,
      canPublish: true,
      canPublishSources: hasVideo ? VOICE_AND_VIDEO : VOICE,
      // LiveKit allows it unless told otherwise, and a call is talk and nothing else.
      canPublishData: false,
      canSubscribe: true,
    });
    return { token: await token.toJwt(), url, roomName };
  };
}

/** What the media server posted, with what tells it from everything else that it posts. */
interface Delivery {
  readonly key: string;
  /** When its signature expires. */
  readonly validUntilMs: number;
  readonly event: MediaEvent;
}

/** Reads deliveries of that server; `null` for what it has not signed, or cannot be read. */
function webhookVerifier({ apiKey, apiSecret }: LiveKitServer) {
  const receiver = new WebhookReceiver(apiKey, apiSecret);
  const verifier = new TokenVerifier(apiKey, apiSecret);
  return async (body: string, authorization: string): Promise<Delivery | null> => {
    try {
      const event = await receiver.receive(body, authorization, false, CLOCK_TOLERANCE_SECONDS);
      const { exp = 0 } = await verifier.verify(authorization, CLOCK_TOLERANCE_SECONDS);
      const validUntilMs = (exp + CLOCK_TOLERANCE_SECONDS) * 1000;
      return { key: keyOf(event, body, authorization), validUntilMs, event: mediaEventOf(event) };
    } catch {
      return null;
    }
  };
}

/** The id that LiveKit gives to an event and keeps when it posts it again; without one, all that was posted. */
function keyOf({ id }: WebhookEvent, body: string, authorization: string): string {
  if (id !== '') return `id ${id}`;
  return createHash('sha256').update(`${authorization}\n${body}`).digest('base64');
}

function mediaEventOf({ event, room, participant }: WebhookEvent): MediaEvent {
  const roomName = room?.name ?? '';
  const userId = userIdOf(participant?.identity ?? '');
  if (roomName === '') return { kind: 'other' };
  switch (event) {
    case 'participant_joined':
      return userId === null ? { kind: 'other' } : { kind: 'joined', roomName, userId };
    case 'participant_left':
      return userId === null ? { kind: 'other' } : { kind: 'left', roomName, userId };
    case 'room_finished':
      return { kind: 'finished', roomName };
    default:
      return { kind: 'other' };
  }
}

/** `null` for a participant without a token of ours, such as a recorder. */
function userIdOf(identity: string): number | null {
  return IDENTITY.test(identity) ? Number(identity) : null;
}

/** The server's own word for it: a 404 alone may come from a proxy that has lost the server. */
function isMissing(error: unknown): boolean {
  return error instanceof ServerError && error.code === 'not_found';
}

function failureOf(error: unknown): DeliveryOutcome {
  const isForGood =
    error instanceof ServerError &&
    error.status >= 400 &&
    error.status < 500 &&
    !FOR_NOW.includes(error.status);
  return { kind: isForGood ? 'rejected' : 'retry', error: `the media server ${faultOf(error)}` };
}

/** Never the error's text: it might quote what was sent. */
function faultOf(error: unknown): string {
  if (error instanceof ServerError) return `answered ${error.status}`;
  const isLate = error instanceof Error && error.name === 'TimeoutError';
  return isLate
    ? `did not answer within ${ROOM_TIMEOUT_SECONDS} s`
    : `cannot be reached: ${faultCode(error)}`;
}
