import type { AckMessage } from '../../shared/contracts/everySocket.ts';
import { faultOf } from '../../shared/contracts/liveFields.ts';
import type { ClientAction } from './clientRates.ts';
import type { Channel } from './consumer.ts';
import { errors } from './errors.ts';
import type { Answerable, ClientMessage, WireMessage } from './message.ts';
import type { CodedError } from '../ports/errors.ts';

/** What is wrong with a payload. */
export type PayloadFault = Parameters<typeof faultOf>[0];

/** Reads a payload: a schema of the protocol's contract. */
export interface PayloadSchema<Payload = unknown> {
  safeParse(
    payload: unknown,
  ):
    | { readonly success: true; readonly data: Payload }
    | { readonly success: false; readonly error: PayloadFault };
}

/** The schemas of all messages that a client may send, by the names of the messages. */
export type PayloadSchemas = Readonly<Record<string, PayloadSchema>>;

/** What became of a request that was carried out; `stored` where a ledger event came of it. */
export type Done =
  { readonly kind: 'done' } | { readonly kind: 'accepted'; readonly stored: { readonly seq: number } };

/** A request that was not carried out. */
export interface Refused<Refusal extends CodedError = CodedError> {
  readonly kind: 'refused';
  readonly refusal: Refusal;
}

/** The outcome of a request that was carried out and of which no ledger event came. */
export const DONE = { kind: 'done' } as const satisfies Done;

/** One kind of message that a client may send. */
export interface Request<Context, Payload, Outcome> {
  /** What it counts as for its client, over all the client's connections; absent: as a message only. */
  readonly counts?: ClientAction;
  /** Carries it out. What it throws closes the connection, as with every consumer. */
  readonly handle: (context: Context, payload: Payload, message: ClientMessage) => Outcome | Promise<Outcome>;
}

/** The request of each name, which takes what the schema of that name reads. */
export type RequestTable<Schemas extends PayloadSchemas, Context, Outcome> = {
  readonly [Name in keyof Schemas]: Request<
    Context,
    Schemas[Name] extends PayloadSchema<infer Payload> ? Payload : never,
    Outcome
  >;
};

/** How a protocol answers requests. */
export interface Answers<Message extends WireMessage, Accepted extends Done, Refusal extends CodedError> {
  /** Tells the sender that its request was carried out. */
  readonly accepted: (channel: Channel<Message>, message: ClientMessage, outcome: Accepted) => void;
  /** Writes a refusal of a message of that name in the protocol's words. */
  readonly refused: (name: string, refusal: Refusal) => CodedError;
  /** Writes what is wrong with a payload. */
  readonly invalid: (fault: PayloadFault) => CodedError;
  /** Tells that the client has asked for too many of these. */
  readonly tooMany: CodedError;
}

/** The answers of a protocol that has no words of its own: acknowledgements, and refusals as they are. */
export const plainAnswers: Answers<AckMessage, Done, CodedError> = {
  accepted: (channel, message, outcome) =>
    acknowledge(channel, message, outcome.kind === 'accepted' ? { seq: outcome.stored.seq } : {}),
  refused: (_name, refusal) => refusal,
  invalid: (fault) => errors.invalidMessage(faultOf(fault)),
  tooMany: errors.rateLimited,
};

/** Gives each message of a client its one outcome. */
export type RequestHandler<Context, Message extends WireMessage> = (
  context: Context,
  channel: Channel<Message>,
  message: ClientMessage,
) => void | Promise<void>;

/**
 * Handles the messages of a protocol by its table: reads the payload by its schema, takes from the client's rate, carries
 * the request out and answers. Messages that the table does not know and payloads that the schema does not take are
 * answered with an error.
 */
export function requestHandler<
  Schemas extends PayloadSchemas,
  Context,
  Message extends WireMessage,
  Accepted extends Done,
  Refusal extends CodedError,
>(
  schemas: Schemas,
  table: RequestTable<Schemas, Context, Accepted | Refused<Refusal>>,
  answers: Answers<Message, Accepted, Refusal>,
): RequestHandler<Context, Message> {
  const known = new Map(
    Object.entries(schemas).map(([name, schema]) => {
      // The type of the table pairs each name with its payload; TypeScript loses the pair where both are unions.
      const request = table[name] as Request<Context, unknown, Accepted | Refused<Refusal>>;
      return [name, { schema, ...request }] as const;
    }),
  );
  const answer = (
    channel: Channel<Message>,
    message: ClientMessage,
    outcome: Accepted | Refused<Refusal>,
  ): void => {
    if (isRefused(outcome)) channel.error(answers.refused(message.type, outcome.refusal), message);
    else answers.accepted(channel, message, outcome);
  };
  return (context, channel, message) => {
    const request = known.get(message.type);
    if (request === undefined) return channel.error(errors.unknownType(message.type), message);
    const payload = request.schema.safeParse(message.payload);
    if (!payload.success) return channel.error(answers.invalid(payload.error), message);
    if (request.counts !== undefined && !channel.take(request.counts)) {
      return channel.error(answers.tooMany, message);
    }
    const outcome = request.handle(context, payload.data, message);
    return outcome instanceof Promise
      ? outcome.then((settled) => answer(channel, message, settled))
      : answer(channel, message, outcome);
  };
}

/** An acknowledgement that tells more than that a message was carried out. */
interface AckWith<More extends object> {
  readonly type: 'ack';
  readonly id: AckMessage['id'];
  readonly data: More & { readonly ok: true };
}

/** Tells a client that wants to know (by an id, or by a callback) that its message was carried out, and what came of it. */
export function acknowledge<More extends object>(
  channel: { push(message: AckWith<More>): void },
  { id, acknowledge: callBack }: Answerable,
  more: More,
): void {
  const answer = { ok: true, ...more } as const;
  if (id !== undefined) channel.push({ type: 'ack', id, data: answer });
  callBack?.(answer);
}

function isRefused<Refusal extends CodedError>(
  outcome: Done | Refused<Refusal>,
): outcome is Refused<Refusal> {
  return outcome.kind === 'refused';
}
