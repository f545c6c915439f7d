import { EventEmitter } from 'node:events';
import { Decoder, type Packet, PacketType } from 'socket.io-parser';
import { isNestedTooDeep } from '../../../shared/nesting.ts';

/** What stands before an event's id and payload: type, number of attachments, namespace. */
const HEAD = /^\d(?:\d*-)?(?:\/[^,]*,?)?/;

const OPEN_BRACKET = '[';

/** Types of packets as they are written. */
const EVENTS: ReadonlySet<string> = new Set([String(PacketType.EVENT), String(PacketType.BINARY_EVENT)]);

/** An event's first argument, with what is known of the packet that it came in. */
export class MeasuredPayload {
  /** `undefined` where there is none, and where `isTooDeep`. */
  readonly payload: unknown;
  /** Attachments included. */
  readonly sizeBytes: number;
  readonly isTooDeep: boolean;

  constructor(payload: unknown, sizeBytes: number, isTooDeep: boolean) {
    this.payload = payload;
    this.sizeBytes = sizeBytes;
    this.isTooDeep = isTooDeep;
  }
}

/** A packet whose attachments have not all come yet. */
interface Unfinished {
  readonly decoder: Decoder;
  sizeBytes: number;
}

/** Whether a message of Engine.IO is an event of Socket.IO. */
export function isEvent(data: unknown): boolean {
  return typeof data === 'string' && EVENTS.has(data.charAt(0));
}

/**
 * Decodes the packets of one client as Socket.IO's own decoder does, and says of each event how big it is and whether
 * it nests too deep: in place of the arguments of a `decoded` event stands one {@link MeasuredPayload}. Both are read
 * from the packet's text, so that no deep value is walked: an event that nests too deep goes without its payload, any
 * other packet that does is a fault of its client, which `add` throws. Keeps nothing between packets.
 */
export class MeasuringDecoder extends EventEmitter<{ decoded: [Packet] }> {
  #unfinished: Unfinished | null = null;

  /** Takes the next message of the client; throws where that breaks the protocol. */
  add(data: unknown): void {
    if (this.#unfinished !== null) this.#attach(this.#unfinished, data);
    else if (typeof data === 'string') this.#begin(data);
    else throw new Error('An attachment without its packet');
  }

  /** Forgets a packet whose attachments have not all come. */
  destroy(): void {
    this.#unfinished?.decoder.destroy();
    this.#unfinished = null;
  }

  #begin(text: string): void {
    const head = HEAD.exec(text)?.[0] ?? '';
    const body = text.slice(head.length);
    const isTooDeep = isNestedTooDeep(body);
    const begun: Unfinished = { decoder: new Decoder(), sizeBytes: Buffer.byteLength(text) };
    this.#unfinished = begun;
    begun.decoder.on('decoded', (packet) => {
      this.#unfinished = null;
      this.emit('decoded', measured(packet, begun.sizeBytes, isTooDeep));
    });
    try {
      begun.decoder.add(isTooDeep ? head + withoutPayload(text, body) : text);
    } catch (error) {
      this.#unfinished = null;
      throw error;
    }
  }

  #attach(unfinished: Unfinished, data: unknown): void {
    if (!(Buffer.isBuffer(data) || data instanceof ArrayBuffer)) return unfinished.decoder.add(data);
    // uWebSockets.js takes its memory back after this call.
    const attachment = Buffer.from(new Uint8Array(data));
    unfinished.sizeBytes += attachment.length;
    unfinished.decoder.add(attachment);
  }
}

function measured(packet: Packet, sizeBytes: number, isTooDeep: boolean): Packet {
  if (packet.type !== PacketType.EVENT) return packet;
  const [name, payload] = packet.data as readonly unknown[];
  return { ...packet, data: [name, new MeasuredPayload(payload, sizeBytes, isTooDeep)] };
}

/** The id and the name of an event whose payload nests too deep. */
function withoutPayload(text: string, body: string): string {
  if (!EVENTS.has(text.charAt(0))) throw new Error('A packet nests too deep');
  const start = body.indexOf(OPEN_BRACKET);
  // Reading it takes no recursion, and looks at no more than its name.
  const [name] = JSON.parse(body.slice(start)) as readonly unknown[];
  if (typeof name !== 'string' && typeof name !== 'number') throw new Error('An event has no name');
  return body.slice(0, start) + JSON.stringify([name]);
}
