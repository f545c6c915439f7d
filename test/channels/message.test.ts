import { describe, expect, it } from 'vitest';
import { Outgoing, parseEvent, parseMessage } from '../../server/channels/message.ts';
import type { ReceivedEvent } from '../../server/ports/transport.ts';

const NOW_MS = 1_234;
const nested = (levels: number) => `${'['.repeat(levels)}${']'.repeat(levels)}`;
const INVALID_ID = 'id must be a whole number or a string of 1 to 64 characters';
const TOO_DEEP = 'Message must not nest deeper than 32 levels';

describe('a text frame', () => {
  const parsed = (value: unknown) => parseMessage(JSON.stringify(value), NOW_MS);
  const payloadOf = (value: unknown) => {
    const result = parsed(value);
    return result.ok ? result.message.payload : null;
  };

  it('[ME2] is a message with its type, its id and the moment it came', () => {
    expect(parsed({ type: 'place_bid', id: 'a', amount: 5 })).toEqual({
      ok: true,
      message: {
        type: 'place_bid',
        id: 'a',
        acknowledge: null,
        payload: { type: 'place_bid', id: 'a', amount: 5 },
        receivedAtMs: NOW_MS,
      },
    });
  });

  it('[ME5] has its fields next to type, in data, or both, and those next to it come first', () => {
    expect(payloadOf({ type: 'x', amount: 5 })).toMatchObject({ amount: 5 });
    expect(payloadOf({ type: 'x', data: { amount: 5 } })).toEqual({ amount: 5 });
    expect(payloadOf({ type: 'x', id: 1, amount: 6, data: { amount: 5, note: 'n' } })).toEqual({
      amount: 6,
      note: 'n',
    });
  });

  it('[ME5] has fields called type, id and data of its own in data', () => {
    const data = { type: 'gold', id: 9, data: 'd' };
    expect(payloadOf({ type: 'x', id: 1, data })).toEqual(data);
  });

  it.each([[[1]], ['text'], [null], [5]])('[ME5] keeps a data of %j as a field', (data) => {
    expect(payloadOf({ type: 'x', data })).toEqual({ type: 'x', data });
  });

  it.each([
    ['binary', null, 'Messages must be text, not binary'],
    ['not JSON', '{"type":', 'Message is not valid JSON'],
    ['a list', '[]', 'Message must be a JSON object'],
    ['null', 'null', 'Message must be a JSON object'],
    ['a text', '"type"', 'Message must be a JSON object'],
    ['without a type', '{}', 'type is required'],
    ['of a type that is a number', '{"type":5}', 'type must be a string'],
    ['of an empty type', '{"type":""}', 'type must be a string'],
    ['of a type that is null', '{"type":null}', 'type must be a string'],
  ])('[ME1] is refused when it is %s', (_what, text, fault) => {
    expect(parseMessage(text, NOW_MS)).toEqual({
      ok: false,
      fault,
      answerable: { id: undefined, acknowledge: null },
    });
  });

  it('[ME2] is refused under its id where that can be read', () => {
    expect(parsed({ id: 5 })).toMatchObject({ ok: false, answerable: { id: 5 } });
    expect(parsed({ type: 6, id: 'six' })).toMatchObject({ ok: false, answerable: { id: 'six' } });
  });

  it('[SA2] may nest 32 levels and not 33', () => {
    const frameOf = (levels: number) => parseMessage(`{"type":"x","deep":${nested(levels - 1)}}`, NOW_MS);
    expect(frameOf(32).ok).toBe(true);
    expect(frameOf(33)).toEqual({
      ok: false,
      fault: TOO_DEEP,
      answerable: { id: undefined, acknowledge: null },
    });
  });

  it.each([0, -5, Number.MAX_SAFE_INTEGER, 'a', 'x'.repeat(64), '😀'])('[ME2] may have the id %j', (id) => {
    expect(parsed({ type: 'x', id })).toMatchObject({ ok: true, message: { id } });
  });

  it('[ME2] may have no id, and one that is null is none', () => {
    for (const message of [{ type: 'x' }, { type: 'x', id: null }]) {
      expect(parsed(message)).toMatchObject({ ok: true, message: { id: undefined } });
    }
  });

  it.each(['', 'x'.repeat(65), 1.5, 2 ** 53, true, [1], { a: 1 }, '\ud800'])(
    '[ME1] is refused with the id %j',
    (id) => {
      expect(parsed({ type: 'x', id })).toEqual({
        ok: false,
        fault: INVALID_ID,
        answerable: { id: undefined, acknowledge: null },
      });
    },
  );
});

describe('a named event', () => {
  const acknowledge = () => undefined;
  const eventOf = (payload: unknown, more: Partial<ReceivedEvent> = {}): ReceivedEvent => ({
    name: 'placeBid',
    payload,
    sizeBytes: 10,
    isTooDeep: false,
    acknowledge: null,
    ...more,
  });

  it('[IO3] is a message with its fields, its id and its callback', () => {
    expect(parseEvent(eventOf({ id: 4, amount: 5 }, { acknowledge }), NOW_MS)).toEqual({
      ok: true,
      message: { type: 'placeBid', id: 4, acknowledge, payload: { amount: 5 }, receivedAtMs: NOW_MS },
    });
  });

  it.each([undefined, null, {}])('[IO3] may have the payload %j', (payload) => {
    expect(parseEvent(eventOf(payload), NOW_MS)).toMatchObject({
      ok: true,
      message: { id: undefined, payload: {} },
    });
  });

  it('[ME2] has no id where it is null', () => {
    expect(parseEvent(eventOf({ id: null }), NOW_MS)).toMatchObject({ ok: true, message: { id: undefined } });
  });

  it.each([
    ['a payload that is a text', eventOf('x', { acknowledge }), 'The payload must be an object'],
    ['a payload that is a list', eventOf([1], { acknowledge }), 'The payload must be an object'],
    ['a payload that is a number', eventOf(5, { acknowledge }), 'The payload must be an object'],
    ['an id that cannot be one', eventOf({ id: '' }, { acknowledge }), INVALID_ID],
    ['a payload that nests too deep', eventOf({}, { acknowledge, isTooDeep: true }), TOO_DEEP],
  ])('[ME1] is refused by its callback for %s', (_what, event, fault) => {
    expect(parseEvent(event, NOW_MS)).toEqual({
      ok: false,
      fault,
      answerable: { id: undefined, acknowledge },
    });
  });
});

describe('a message for clients', () => {
  it('is JSON on raw sockets, written once', () => {
    let writes = 0;
    const data = { toJSON: () => (writes += 1) };
    const outgoing = new Outgoing({ type: 'new_bid', data, seq: 3 });
    expect([outgoing.text, outgoing.text]).toEqual(Array(2).fill('{"type":"new_bid","data":1,"seq":3}'));
    expect(writes).toBe(1);
  });

  it('[IO3] is an event with one argument: the data, with what stands next to it inside', () => {
    const valuesOf = (message: ConstructorParameters<typeof Outgoing>[0]) => new Outgoing(message).values;
    expect(new Outgoing({ type: 'new_bid' }).name).toBe('new_bid');
    expect(valuesOf({ type: 'x', data: { a: 1 } })).toEqual([{ a: 1 }]);
    const bid = { type: 'x', data: { a: 1 }, seq: 3 };
    expect(valuesOf(bid)).toEqual([{ a: 1, seq: 3 }]);
    const error = { type: 'error', message: 'no', code: 'busy' };
    expect(valuesOf(error)).toEqual([{ message: 'no', code: 'busy' }]);
    expect(valuesOf({ type: 'x' })).toEqual([{}]);
  });

  it('[IO3] keeps the fields of its data, and data that is no object as it is', () => {
    const valuesOf = (message: object) => new Outgoing({ type: 'x', ...message }).values;
    expect(valuesOf({ seq: 3, id: 'a', data: { id: 7, title: 't' } })).toEqual([
      { seq: 3, id: 7, title: 't' },
    ]);
    for (const data of ['text', 5, null, [{ a: 1 }]]) {
      expect(valuesOf({ seq: 3, data })).toEqual([data]);
    }
  });
});
