import { isNestedTooDeep, MAX_DEPTH } from '../../shared/nesting.ts';
import type { Acknowledgement, Frame, ReceivedEvent } from '../ports/transport.ts';

/** The id that a client may give a message: it comes back on the message's outcome. */
export type MessageId = string | number;

/** What is needed to answer a message: its id, and the callback of a client that asked for an acknowledgement. */
export interface Answerable {
  readonly id: MessageId | undefined;
  readonly acknowledge: ((answer: Acknowledgement) => void) | null;
}

/** One message of a client: a named event with its payload, from any carrier. */
export interface ClientMessage extends Answerable {
  readonly type: string;
  /** The event's fields; a text frame's own `type`, `id` and `data` may stand among them. */
  readonly payload: Readonly<Record<string, unknown>>;
  readonly receivedAtMs: number;
}

/** The client's id of a message as JSON writes it, which receipts and ledgers keep; `null`: it has none. */
export function requestIdOf({ id }: Pick<Answerable, 'id'>): string | null {
  return id === undefined ? null : JSON.stringify(id);
}

/** What every message for clients has. The messages of a protocol are listed by its contract. */
export interface WireMessage {
  readonly type: string;
  readonly data?: unknown;
}

/** A message that is turned into text at most once, however often it is sent. */
export class Outgoing<Message extends WireMessage = WireMessage> implements Frame {
  readonly message: Message;
  #text: string | undefined;

  constructor(message: Message) {
    this.message = message;
  }

  /** The message as raw sockets carry it. */
  get text(): string {
    this.#text ??= JSON.stringify(this.message);
    return this.#text;
  }

  get name(): string {
    return this.message.type;
  }

  /** The data; after it the keys that stand beside it, where there are any. */
  get values(): readonly unknown[] {
    const { data } = this.message;
    const beside = Object.fromEntries(
      Object.entries(this.message).filter(([key]) => key !== 'type' && key !== 'data'),
    );
    if (data === undefined) return [beside];
    return Object.keys(beside).length === 0 ? [data] : [data, beside];
  }
}

/** What a frame turned out to be. A fault can be answered as far as it could be read. */
export type ParsedMessage =
  | { readonly ok: true; readonly message: ClientMessage }
  | { readonly ok: false; readonly fault: string; readonly answerable: Answerable };

const OWN_KEYS: ReadonlySet<string> = new Set(['type', 'id', 'data']);
const MAX_ID_CHARACTERS = 64;
const TOO_DEEP = `Message must not nest deeper than ${MAX_DEPTH} levels`;
const INVALID_ID = `id must be a whole number or a string of 1 to ${MAX_ID_CHARACTERS} characters`;

/** Reads a text frame: `{"type": NAME, ...}`, with the fields beside `type`, inside `data`, or both. */
export function parseMessage(text: string | null, receivedAtMs: number): ParsedMessage {
  if (text === null) return fault('Messages must be text, not binary');
  if (isNestedTooDeep(text)) return fault(TOO_DEEP);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return fault('Message is not valid JSON');
  }
  if (!isRecord(value)) return fault('Message must be a JSON object');
  const { type, id, data } = value;
  const messageId = id ?? undefined;
  if (messageId !== undefined && !isMessageId(messageId)) return fault(INVALID_ID);
  if (typeof type !== 'string' || type === '') {
    return fault(type === undefined ? 'type is required' : 'type must be a string', { id: messageId });
  }
  const payload = isRecord(data) ? { ...data, ...fieldsOf(value) } : value;
  return { ok: true, message: { type, id: messageId, acknowledge: null, payload, receivedAtMs } };
}

/** Reads a named event: its fields, an `id` among them, as they stand beside `type` in a text frame. */
export function parseEvent(
  { name: type, payload, isTooDeep, acknowledge }: ReceivedEvent,
  receivedAtMs: number,
): ParsedMessage {
  if (isTooDeep) return fault(TOO_DEEP, { acknowledge });
  if (payload !== undefined && payload !== null && !isRecord(payload)) {
    return fault('The payload must be an object', { acknowledge });
  }
  const { id, ...fields } = payload ?? {};
  const messageId = id ?? undefined;
  if (messageId !== undefined && !isMessageId(messageId)) return fault(INVALID_ID, { acknowledge });
  return { ok: true, message: { type, id: messageId, acknowledge, payload: fields, receivedAtMs } };
}

function fault(text: string, answerable: Partial<Answerable> = {}): ParsedMessage {
  return { ok: false, fault: text, answerable: { id: undefined, acknowledge: null, ...answerable } };
}

/** What stands beside the message's own keys. */
function fieldsOf(value: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(value).filter(([name]) => !OWN_KEYS.has(name)));
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isMessageId(value: unknown): value is MessageId {
  if (typeof value === 'number') return Number.isSafeInteger(value);
  return (
    typeof value === 'string' && value !== '' && value.length <= MAX_ID_CHARACTERS && value.isWellFormed()
  );
}
