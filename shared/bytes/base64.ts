import { Bytes } from "./bytes";
import { ByteWriter } from "./writer";

/**
 * Decodes base64 (RFC 4648 section 4; the alphabet of section 5 too), given as it is or as the content of a JSON string: line breaks, escaped ones too, spaces and `\/` are taken as they may come.
 * In a buffer of its own; null if it is anything else.
 */
export function decodeBase64(content: Bytes): Bytes | null {
  const out = new ByteWriter((content.length / 4) * 3 + 3);
  let bits: u32 = 0;
  let count = 0;
  let padding = 0;
  for (let i = 0; i < content.length; i++) {
    let byte = content.at(i);
    if (byte == 0x5c) {
      byte = content.at(++i);
      if (byte == 0x6e || byte == 0x72) continue;
      if (byte != 0x2f) return null;
    } else if (byte == 0x20 || byte == 0x0a || byte == 0x0d || byte == 0x09) continue;
    if (byte == 0x3d) {
      padding++;
      continue;
    }
    const value = valueOf(byte);
    if (value < 0 || padding > 0) return null;
    bits = (bits << 6) | (<u32>value);
    if (++count < 4) continue;
    out.byte(<u8>(bits >> 16));
    out.byte(<u8>(bits >> 8));
    out.byte(<u8>bits);
    bits = 0;
    count = 0;
  }
  if (count == 1 || padding > 2) return null;
  if (count > 1) out.byte(<u8>(bits >> (count == 2 ? 4 : 10)));
  if (count == 3) out.byte(<u8>(bits >> 2));
  return out.view();
}

/** Whether a text is base64 as the strictest readers want it (RFC 4648 section 4): with padding, and nothing else in it. */
export function isStrictBase64(text: Bytes): bool {
  if ((text.length & 3) != 0) return false;
  let end = text.length;
  while (end > 0 && text.length - end < 2 && text.at(end - 1) == 0x3d) end--;
  for (let i = 0; i < end; i++) {
    const byte = text.at(i);
    if (valueOf(byte) < 0 || byte == 0x2d || byte == 0x5f) return false;
  }
  return true;
}

function valueOf(byte: u8): i32 {
  if (<u32>byte - 0x41 < 26) return byte - 0x41;
  if (<u32>byte - 0x61 < 26) return byte - 0x61 + 26;
  if (<u32>byte - 0x30 < 10) return byte - 0x30 + 52;
  if (byte == 0x2b || byte == 0x2d) return 62;
  return byte == 0x2f || byte == 0x5f ? 63 : -1;
}

/** Appends bytes in base64 (RFC 4648 section 4), with padding. */
export function writeBase64(bytes: Bytes, out: ByteWriter): void {
  write(bytes, 0x2b, 0x2f, out);
  for (let rest = bytes.length % 3; rest > 0 && rest < 3; rest++) out.byte(0x3d);
}

/** Appends bytes in the alphabet that URLs and tokens use (RFC 4648 section 5), without padding. */
export function writeBase64Url(bytes: Bytes, out: ByteWriter): void {
  write(bytes, 0x2d, 0x5f, out);
}

function write(bytes: Bytes, digit62: u8, digit63: u8, out: ByteWriter): void {
  for (let i = 0; i < bytes.length; i += 3) {
    const bits = ((<u32>bytes.at(i)) << 16) | ((<u32>bytes.at(i + 1)) << 8) | (<u32>bytes.at(i + 2));
    const digits = min(bytes.length - i, 3) + 1;
    for (let digit = 0; digit < digits; digit++) out.byte(digitOf((bits >> (18 - 6 * digit)) & 63, digit62, digit63));
  }
}

function digitOf(value: u32, digit62: u8, digit63: u8): u8 {
  if (value < 26) return <u8>(0x41 + value);
  if (value < 52) return <u8>(0x61 - 26 + value);
  if (value < 62) return <u8>(0x30 - 52 + value);
  return value == 62 ? digit62 : digit63;
}
