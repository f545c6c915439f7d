import type { BackendCall } from '../../../domain/notification/backendCall.ts';
import type { Letter } from '../../../domain/notification/notification.ts';

/** What a row of the outbox holds: a letter to a person, a call to the main backend, or a room to be closed. */
export type OutboxKind = Letter['kind'] | BackendCall['kind'] | RoomClosing['kind'];

/** The order to close the room of a call. */
export interface RoomClosing {
  readonly kind: 'close_room';
  readonly callId: string;
}

/** Where a row of the outbox is: see {@link OutboxStore} for what leads from one to the next. */
export type OutboxStatus = 'pending' | 'queued' | 'sent' | 'failed' | 'superseded' | 'unaddressed';
