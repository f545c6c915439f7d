/** The id that a client may give a message: it comes back on the message's outcome. */
export type MessageId = string | number;

/** One message of a client: a named event with its payload, whatever carried it. */
export interface ClientMessage {
  readonly type: string;
  readonly id: MessageId | undefined;
  readonly payload: Readonly<Record<string, unknown>>;
  readonly receivedAtMs: number;
}

/** A message for clients. Documented ones are `{type, data}` or `{type: "error", message}`; more keys may follow. */
export interface WireMessage {
  readonly type: string;
  readonly data?: unknown;
  readonly [key: string]: unknown;
}

/** A message that is turned into text at most once, however often it is sent. */
export class Outgoing {
  readonly message: WireMessage;
  #text: string | undefined;

  constructor(message: WireMessage) {
    this.message = message;
  }

  /** The message as raw sockets carry it. */
  get text(): string {
    this.#text ??= JSON.stringify(this.message);
    return this.#text;
  }
}

/** The answer to a message with an id that was carried out; `seq` where a ledger event came of it. */
export function ackMessage(id: MessageId, seq?: number): WireMessage {
  return { type: 'ack', id, data: { ok: true, ...(seq === undefined ? {} : { seq }) } };
}

/** What a frame turned out to be. A fault carries the message's id where one could be read. */
export type ParsedMessage =
  | { readonly ok: true; readonly message: ClientMessage }
  | { readonly ok: false; readonly fault: string; readonly id: MessageId | undefined };

const MAX_ID_CHARACTERS = 64;

/** Reads a text frame: `{"type": NAME, ...}`, with the fields beside `type`, inside `data`, or both. */
export function parseMessage(text: string | null, receivedAtMs: number): ParsedMessage {
  if (text === null) return fault('Messages must be text, not binary');
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return fault('Message is not valid JSON');
  }
  if (!isRecord(value)) return fault('Message must be a JSON object');
  const { type, id, data, ...fields } = value;
  if (id !== undefined && id !== null && !isMessageId(id)) {
    return fault(`id must be a whole number or a string of 1 to ${MAX_ID_CHARACTERS} characters`);
  }
  const messageId = id ?? undefined;
  if (typeof type !== 'string' || type === '') {
    return fault(type === undefined ? 'type is required' : 'type must be a string', messageId);
  }
  const payload = isRecord(data) ? { ...data, ...fields } : fields;
  return { ok: true, message: { type, id: messageId, payload, receivedAtMs } };
}

function fault(text: string, id?: MessageId): ParsedMessage {
  return { ok: false, fault: text, id };
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
