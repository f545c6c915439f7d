/** The opcodes of RFC 6455 that clients send; any other number may stand for one. */
export const OPCODE = { continuation: 0, text: 1, binary: 2, close: 8, ping: 9, pong: 10 } as const;

const FINAL = 0x80;
const MASKED = 0x80;
const MASK_BYTES = 4;

/** A frame with a mask of zeros, which costs nothing. `isFinal` false: more fragments of its message follow. */
export function frameOf(opcode: number, payload: Buffer | string, isFinal = true): Buffer {
  const body = typeof payload === 'string' ? Buffer.from(payload) : payload;
  const first = (isFinal ? FINAL : 0) | opcode;
  if (body.length < 126) {
    return Buffer.concat([Buffer.from([first, MASKED | body.length]), Buffer.alloc(MASK_BYTES), body]);
  }
  const head = Buffer.alloc(4 + MASK_BYTES);
  head.writeUInt8(first, 0);
  head.writeUInt8(MASKED | 126, 1);
  head.writeUInt16BE(body.length, 2);
  return Buffer.concat([head, body]);
}

/** A text message, whatever its characters. */
export function textFrame(text: string): Buffer {
  return frameOf(OPCODE.text, text);
}
