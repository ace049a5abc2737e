import { Bytes } from "../../bytes/bytes";
import { ByteWriter } from "../../bytes/writer";
import { unescape } from "../../json/unescape";
import { JsonWriter } from "../../json/writer";

const decoded = new ByteWriter(64);
const view = new Bytes();
/** A hash of 64 bits in hexadecimal, and the `_` in front of it. */
const HASH_LENGTH = 17;

/**
 * Writes the id of a call, given as the content of a JSON string, as a JSON string. Anthropic and Bedrock take `[a-zA-Z0-9_-]`; other models make other ids (`functions.search:0`). Of such an id what isn't taken becomes `_`, and a
 * hash follows: so two ids that differ stay two, and one that is spelled in two ways stays one, in the call and its result alike. So it is with one of more than `longest` bytes.
 */
export function writeToolId(id: Bytes, out: JsonWriter, longest: i32 = i32.MAX_VALUE): void {
  decoded.clear();
  unescape(id, decoded);
  const bytes = decoded.pointAt(view);
  let isTaken = bytes.length <= longest;
  const kept = isTaken ? bytes.length : longest - HASH_LENGTH;
  out.beginString();
  for (let i = 0; i < bytes.length; i++) {
    const byte = bytes.at(i);
    const isGood = isIdByte(byte);
    if (!isGood) isTaken = false;
    if (i < kept) out.byte(isGood ? byte : 0x5f);
  }
  if (!isTaken) {
    // One that was short enough may not be so with its hash.
    if (bytes.length <= longest && bytes.length > longest - HASH_LENGTH) out.cutTo(out.length - (bytes.length - (longest - HASH_LENGTH)));
    out.byte(0x5f);
    const hash = bytes.hash();
    for (let shift = 60; shift >= 0; shift -= 4) out.byte(hexDigit((<u32>(hash >> shift)) & 15));
  }
  out.endString();
}

/** Whether a name, given as the content of a JSON string, consists of what an id may, and is at most `longest` long. */
export function isPlainName(name: Bytes, longest: i32): bool {
  if (name.isEmpty || name.length > longest) return false;
  for (let i = 0; i < name.length; i++) if (!isIdByte(name.at(i))) return false;
  return true;
}

function isIdByte(byte: u8): bool {
  return <u32>(byte | 0x20) - 0x61 < 26 || <u32>byte - 0x30 < 10 || byte == 0x5f || byte == 0x2d;
}

function hexDigit(value: u32): u8 {
  return <u8>(value < 10 ? 0x30 + value : 0x57 + value);
}
