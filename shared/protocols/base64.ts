import { Bytes } from "../bytes/bytes";
import { ByteWriter } from "../bytes/writer";

/**
 * Decodes base64 (RFC 4648 section 4; the alphabet of section 5 too), given as the content of a JSON string: line breaks, spaces and `\/` are taken as they may come.
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
    } else if (byte == 0x20) continue;
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

function valueOf(byte: u8): i32 {
  if (<u32>byte - 0x41 < 26) return byte - 0x41;
  if (<u32>byte - 0x61 < 26) return byte - 0x61 + 26;
  if (<u32>byte - 0x30 < 10) return byte - 0x30 + 52;
  if (byte == 0x2b || byte == 0x2d) return 62;
  return byte == 0x2f || byte == 0x5f ? 63 : -1;
}
