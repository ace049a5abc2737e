import { Bytes } from "../bytes/bytes";
import { ByteWriter } from "../bytes/writer";

/** Appends bytes as lower-case hexadecimal digits. */
export function writeHex(bytes: Bytes, out: ByteWriter): void {
  const to = out.reserve(bytes.length * 2);
  for (let i = 0; i < bytes.length; i++) {
    const byte = load<u8>(bytes.pointer + <usize>i);
    store<u8>(to + ((<usize>i) << 1), digit(byte >> 4));
    store<u8>(to + ((<usize>i) << 1), digit(byte & 15), 1);
  }
  out.length += bytes.length * 2;
}

/** Bytes as lower-case hexadecimal digits, in a buffer of their own. */
export function hex(bytes: Bytes): Bytes {
  const out = new ByteWriter(bytes.length * 2);
  writeHex(bytes, out);
  return out.view();
}

function digit(value: u8): u8 {
  return value < 10 ? 0x30 + value : 0x57 + value;
}
