import type { BackendCall } from '../../../domain/notification/backendCall.ts';
import type { Letter } from '../../../domain/notification/notification.ts';

/** What a row of the outbox holds: a letter to a person, or a call to the main backend. */
export type OutboxKind = Letter['kind'] | BackendCall['kind'];

/** Where a row of the outbox is: see {@link OutboxStore} for what leads from one to the next. */
export type OutboxStatus = 'pending' | 'queued' | 'sent' | 'failed' | 'superseded' | 'unaddressed';
