import type { Call, Party } from '../domain/call/call.ts';
import type { CallOutcome } from './backendCalls.ts';

/** What one side of a call needs to enter its room. */
export interface MediaCredentials {
  /** For this room and this person only, good for a few minutes. Never logged. */
  readonly token: string;
  readonly url: string;
  /** The call's id. */
  readonly roomName: string;
}

/** What the media server tells of a room. `other`: nothing that matters here. */
export type MediaNews =
  | { readonly kind: 'joined' | 'left'; readonly callId: string; readonly userId: number }
  | { readonly kind: 'finished'; readonly callId: string }
  | { readonly kind: 'other' };

/** Where the voices and pictures of calls meet. None of its methods throws by itself. */
export interface Media {
  /**
   * True when there is a media server: it makes and closes rooms and tells who is in them. False: tokens are
   * signed for a server that somebody may run beside this one, for development.
   */
  readonly hasRooms: boolean;
  /** A voice call lets its sides publish a microphone only, a video call a camera too. */
  credentials(call: Pick<Call, 'callId' | 'type'>, party: Party): Promise<MediaCredentials>;
  /**
   * Makes the room, for two at most; one that nobody enters goes away by itself. Making it again does nothing.
   * False when the media server has not done so within a few seconds.
   */
  openRoom(callId: string): Promise<boolean>;
  /** Cuts off whoever is in the room. `sent` too when there is none any more. */
  closeRoom(callId: string): Promise<CallOutcome>;
  /** Who is in the room; `null` when the media server cannot be asked. */
  participants(callId: string): Promise<readonly number[] | null>;
  /**
   * Reads what was posted and hands it to `take`, once however often it is posted while its signature is good. False when
   * it is not from the media server. Rejects as `take` does: then the next delivery is handed on again.
   */
  takeNews(body: string, authorization: string, take: (news: MediaNews) => Promise<void>): Promise<boolean>;
}
