/** Tencent spells keys as `FinishReason` where OpenAI has `finish_reason`: nearly all else is the same. */
import { Bytes } from "../../bytes/bytes";
import { ByteWriter } from "../../bytes/writer";

/** Copies a JSON text with its keys in Tencent's spelling. */
export function toPascalCase(json: Bytes, out: ByteWriter): void {
  rename(json, true, out);
}

/** Copies a text with its keys in OpenAI's spelling. It needn't be JSON: then it isn't afterwards either. */
export function toSnakeCase(json: Bytes, out: ByteWriter): void {
  rename(json, false, out);
}

function rename(json: Bytes, toPascal: bool, out: ByteWriter): void {
  let from = 0;
  for (let at = json.indexOf(QUOTE); at >= 0; at = json.indexOf(QUOTE, at)) {
    const end = endOfString(json, at);
    out.bytes(json.slice(from, at));
    const text = json.slice(at, end);
    if (isKey(json, end)) writeKey(text, toPascal, out);
    else out.bytes(text);
    from = at = end;
  }
  out.bytes(json.slice(from));
}

const QUOTE: u8 = 0x22;

/** Behind the quote that ends the string which begins at `at`. */
function endOfString(json: Bytes, at: i32): i32 {
  for (let i = at + 1; i < json.length; i++) {
    const byte = json.at(i);
    if (byte == QUOTE) return i + 1;
    if (byte == 0x5c) i++;
  }
  return json.length;
}

/** Whether a string that ends there is followed by a colon. */
function isKey(json: Bytes, end: i32): bool {
  let at = end;
  while (at < json.length && json.at(at) <= 0x20) at++;
  return json.at(at) == 0x3a;
}

function writeKey(key: Bytes, toPascal: bool, out: ByteWriter): void {
  let isFirst = true;
  let upper = true;
  for (let i = 0; i < key.length; i++) {
    const byte = key.at(i);
    if (toPascal) {
      if (byte == 0x5f) upper = true;
      else {
        out.byte(upper && <u32>byte - 0x61 < 26 ? byte & 0xdf : byte);
        upper = byte == QUOTE;
      }
    } else if (<u32>byte - 0x41 < 26) {
      if (!isFirst) out.byte(0x5f);
      out.byte(byte | 0x20);
    } else out.byte(byte);
    if (byte != QUOTE) isFirst = false;
  }
}
