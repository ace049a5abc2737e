/** Frames of `application/vnd.amazon.eventstream`, written and read: https://smithy.io/2.0/aws/amazon-eventstream.html */
import { crc32 } from "node:zlib";

/** A header's value with its type by the specification's number; a string is type 7. */
export type HeaderValue =
  | string
  | boolean
  | { readonly byte: number }
  | { readonly short: number }
  | { readonly integer: number }
  | { readonly long: bigint }
  | { readonly bytes: Uint8Array }
  | { readonly timestamp: bigint }
  | { readonly uuid: Uint8Array };

export type FrameHeaders = Readonly<Record<string, HeaderValue>>;

export interface Frame {
  readonly headers: Readonly<Record<string, HeaderValue>>;
  readonly payload: Buffer;
}

/** One frame. */
export function frame(headers: FrameHeaders, payload: string | Uint8Array): Buffer {
  const body = Buffer.from(payload);
  const head = Buffer.concat(Object.entries(headers).map(([name, value]) => header(name, value)));
  const prelude = Buffer.alloc(12);
  prelude.writeUInt32BE(16 + head.length + body.length, 0);
  prelude.writeUInt32BE(head.length, 4);
  prelude.writeUInt32BE(crc32(prelude.subarray(0, 8)), 8);
  const message = Buffer.concat([prelude, head, body]);
  const checksum = Buffer.alloc(4);
  checksum.writeUInt32BE(crc32(message));
  return Buffer.concat([message, checksum]);
}

/** An event with a JSON payload, as Bedrock sends it. */
export function eventFrame(type: string, payload: unknown): Buffer {
  const text = typeof payload === "string" ? payload : JSON.stringify(payload);
  return frame({ ":event-type": type, ":content-type": "application/json", ":message-type": "event" }, text);
}

/** A modelled error inside a stream. */
export function exceptionFrame(type: string, message: string): Buffer {
  return frame({ ":exception-type": type, ":content-type": "application/json", ":message-type": "exception" }, JSON.stringify({ message }));
}

/** An error that the service has no model of. */
export function errorFrame(code: string, message: string): Buffer {
  return frame({ ":error-code": code, ":error-message": message, ":message-type": "error" }, "");
}

function header(name: string, value: HeaderValue): Buffer {
  const text = Buffer.from(name);
  return Buffer.concat([Buffer.from([text.length]), text, valueBytes(value)]);
}

function valueBytes(value: HeaderValue): Buffer {
  if (typeof value === "boolean") return Buffer.from([value ? 0 : 1]);
  if (typeof value === "string") return sized(7, Buffer.from(value));
  if ("byte" in value) return Buffer.from([2, value.byte & 0xff]);
  if ("short" in value) return filled(3, 2, (bytes) => bytes.writeInt16BE(value.short, 1));
  if ("integer" in value) return filled(4, 4, (bytes) => bytes.writeInt32BE(value.integer, 1));
  if ("long" in value) return filled(5, 8, (bytes) => bytes.writeBigInt64BE(value.long, 1));
  if ("timestamp" in value) return filled(8, 8, (bytes) => bytes.writeBigInt64BE(value.timestamp, 1));
  if ("uuid" in value) return Buffer.concat([Buffer.from([9]), value.uuid]);
  return sized(6, Buffer.from(value.bytes));
}

function sized(type: number, bytes: Buffer): Buffer {
  const head = Buffer.from([type, 0, 0]);
  head.writeUInt16BE(bytes.length, 1);
  return Buffer.concat([head, bytes]);
}

function filled(type: number, size: number, write: (bytes: Buffer) => void): Buffer {
  const bytes = Buffer.alloc(1 + size);
  bytes[0] = type;
  write(bytes);
  return bytes;
}

/** The frames of a whole stream. Throws where it isn't one. Headers that are no strings are left out. */
export function readFrames(stream: Buffer): Frame[] {
  const frames: Frame[] = [];
  for (let at = 0; at < stream.length;) {
    const length = stream.readUInt32BE(at);
    const message = stream.subarray(at, at + length);
    if (message.length < length) throw new Error(`frame at ${at}: cut`);
    if (crc32(message.subarray(0, 8)) !== message.readUInt32BE(8)) throw new Error(`frame at ${at}: prelude checksum`);
    if (crc32(message.subarray(0, -4)) !== message.readUInt32BE(length - 4)) throw new Error(`frame at ${at}: checksum`);
    const headersEnd = 12 + message.readUInt32BE(4);
    const headers: Record<string, string> = {};
    for (let i = 12; i < headersEnd;) {
      const nameEnd = i + 1 + message[i]!;
      if (message[nameEnd] !== 7) throw new Error(`frame at ${at}: a header that is no string`);
      const valueEnd = nameEnd + 3 + message.readUInt16BE(nameEnd + 1);
      headers[message.toString("utf8", i + 1, nameEnd)] = message.toString("utf8", nameEnd + 3, valueEnd);
      i = valueEnd;
    }
    frames.push({ headers, payload: message.subarray(headersEnd, length - 4) });
    at += length;
  }
  return frames;
}
