/**
 * Bytes and *byte strings*: a string whose characters are bytes (0–255), as Node keeps header values. Names and values of headers, property keys and
 * shared-data keys travel as byte strings, so that nothing a module writes is lost; text that a test gives is turned into UTF-8 first.
 */

/** What a test may give where bytes are meant. */
export type BytesLike = string | Uint8Array;

/** UTF-8 of a string, or the bytes themselves. */
export function bytesOf(value: BytesLike): Uint8Array {
  return typeof value === "string" ? Buffer.from(value, "utf8") : value;
}

/** The byte string of `value`; characters above 255 mean that it is text, which becomes UTF-8. */
export function byteString(value: string): string {
  for (let i = 0; i < value.length; i++) {
    if (value.charCodeAt(i) > 0xff) return Buffer.from(value, "utf8").toString("latin1");
  }
  return value;
}

/** The bytes of a byte string. */
export function bytesOfByteString(value: string): Uint8Array {
  return Buffer.from(value, "latin1");
}

/** Text of bytes; what is not UTF-8 becomes U+FFFD. */
export function text(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("utf8");
}

/** One array out of many. */
export function concat(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** Eight bytes, little endian: how the host gives an integer property. */
export function integer(value: number | bigint): Uint8Array {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setBigInt64(0, BigInt(value), true);
  return bytes;
}
