import type { DeliveryOutcome } from './delivery.ts';

/** A person who is to enter a room, and what they may send there. */
export interface RoomEntry {
  readonly roomName: string;
  /** Who it is, as the room's events and `participants` name them. */
  readonly userId: number;
  readonly displayName: string;
  /** A microphone may always be published; a camera only where this is true. */
  readonly hasVideo: boolean;
}

/** What a person needs to enter a room. */
export interface MediaCredentials {
  /** For this room and this person only, good for a few minutes. Never logged. */
  readonly token: string;
  readonly url: string;
  readonly roomName: string;
}

/** What the media server tells of a room. `other`: nothing that matters here. */
export type MediaEvent =
  | { readonly kind: 'joined' | 'left'; readonly roomName: string; readonly userId: number }
  | { readonly kind: 'finished'; readonly roomName: string }
  | { readonly kind: 'other' };

/** The media server, where people in a room hear and see each other. No method throws an error of the media server. */
export interface Media {
  /**
   * True when there is a media server: it makes and closes rooms and tells who is in them. False: tokens are
   * signed for a server that a developer may run, and nothing else works.
   */
  readonly hasRooms: boolean;
  /** Signs what lets one person into one room. */
  credentials(entry: RoomEntry): Promise<MediaCredentials>;
  /**
   * Makes the room, for two at most; one that is never entered goes away by itself. Making it again does nothing.
   * False when the media server has not done so within a few seconds.
   */
  openRoom(roomName: string): Promise<boolean>;
  /** Disconnects everyone in the room and removes it. `sent` too when there is no such room. */
  closeRoom(roomName: string): Promise<DeliveryOutcome>;
  /** Gives the ids of the users in the room; `null` when the media server cannot be asked. */
  participants(roomName: string): Promise<readonly number[] | null>;
  /**
   * Verifies what was posted and hands its event to `handle`, once however often it is posted while its signature is
   * valid. False when it is not from the media server. Rejects as `handle` does: then the next delivery is handed on again.
   */
  handleWebhook(
    body: string,
    authorization: string,
    handle: (event: MediaEvent) => Promise<void>,
  ): Promise<boolean>;
}
