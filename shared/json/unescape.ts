/** Between the content of a JSON string, escapes included, and the text that it stands for. */
import { Bytes } from "../bytes/bytes";
import { illFormedLength } from "../bytes/utf8";
import { ByteWriter } from "../bytes/writer";
import { skipText } from "./text";
import { hexValue } from "./tokens";

/**
 * Appends the text that a string's content stands for, in UTF-8. A surrogate without its other half becomes U+FFFD: UTF-8 has no form for it. `content` has been
 * validated by the reader; a broken escape in one that hasn't is copied as it is.
 */
export function unescape(content: Bytes, out: ByteWriter): void {
  let at = content.pointer;
  const end = at + <usize>content.length;
  out.reserve(content.length);
  while (at < end) {
    const plain = at;
    at = findBackslash(at, end);
    out.copyFrom(plain, <i32>(at - plain));
    if (at >= end) break;
    at += <usize>unescapeOne(at, end);
    if (isBrokenEscape) out.byte(0x5c);
    else out.codePoint(unescaped);
  }
}

/** Appends the content of a JSON string (without quotes) that stands for the given UTF-8 text. Ill-formed bytes become U+FFFD, as browsers decode them. */
export function escape(text: Bytes, out: ByteWriter): void {
  let at = text.pointer;
  const end = at + <usize>text.length;
  out.reserve(text.length);
  while (at < end) {
    const plain = at;
    at = skipText(at, end);
    out.copyFrom(plain, <i32>(at - plain));
    if (at >= end) break;
    const byte = load<u8>(at);
    if (byte >= 0x80) {
      out.codePoint(0xfffd);
      at += <usize>illFormedLength(at, end);
    } else {
      escapeByte(byte, out);
      at++;
    }
  }
}

/** Whether a string's content, decoded, is the part `[from, to)` of an ASCII text. */
export function escapedEquals(at: usize, end: usize, ascii: string, from: i32, to: i32): bool {
  for (let i = from; i < to; i++) {
    if (at >= end) return false;
    let unit = <u32>load<u8>(at);
    if (unit == 0x5c) {
      at += <usize>unescapeOne(at, end);
      if (isBrokenEscape) return false;
      unit = unescaped;
    } else at++;
    if (unit != <u32>ascii.charCodeAt(i)) return false;
  }
  return at >= end;
}

let unescaped: u32 = 0;
let isBrokenEscape: bool = false;

/** Decodes the escape at `at` (two halves of a surrogate pair as one) into `unescaped`; how many bytes it took. */
function unescapeOne(at: usize, end: usize): i32 {
  isBrokenEscape = false;
  if (end - at >= 2) {
    switch (load<u8>(at + 1)) {
      case 0x22:
      case 0x5c:
      case 0x2f:
        unescaped = <u32>load<u8>(at + 1);
        return 2;
      case 0x62:
        unescaped = 0x08;
        return 2;
      case 0x66:
        unescaped = 0x0c;
        return 2;
      case 0x6e:
        unescaped = 0x0a;
        return 2;
      case 0x72:
        unescaped = 0x0d;
        return 2;
      case 0x74:
        unescaped = 0x09;
        return 2;
      case 0x75: {
        const unit = unitAt(at, end);
        if (unit < 0) break;
        if (unit < 0xd800 || unit > 0xdfff) {
          unescaped = unit;
          return 6;
        }
        const low = unit < 0xdc00 && end - at >= 12 ? unitAt(at + 6, end) : -1;
        if (low < 0xdc00 || low > 0xdfff) {
          unescaped = 0xfffd;
          return 6;
        }
        unescaped = 0x10000 + ((unit - 0xd800) << 10) + (low - 0xdc00);
        return 12;
      }
      default:
        break;
    }
  }
  isBrokenEscape = true;
  return 1;
}

/** The UTF-16 unit of the `\uXXXX` at `at`; negative if there is none. */
function unitAt(at: usize, end: usize): i32 {
  if (end - at < 6 || load<u16>(at) != 0x755c) return -1;
  return hexValue(at + 2);
}

function findBackslash(at: usize, end: usize): usize {
  while (end - at >= 16) {
    const mask = i8x16.bitmask(i8x16.eq(v128.load(at), i8x16.splat(0x5c)));
    if (mask != 0) return at + <usize>ctz(mask);
    at += 16;
  }
  while (at < end && load<u8>(at) != 0x5c) at++;
  return at;
}

function escapeByte(byte: u8, out: ByteWriter): void {
  switch (byte) {
    case 0x22:
      out.ascii('\\"');
      break;
    case 0x5c:
      out.ascii("\\\\");
      break;
    case 0x0a:
      out.ascii("\\n");
      break;
    case 0x0d:
      out.ascii("\\r");
      break;
    case 0x09:
      out.ascii("\\t");
      break;
    case 0x08:
      out.ascii("\\b");
      break;
    case 0x0c:
      out.ascii("\\f");
      break;
    default: {
      out.ascii(byte < 0x10 ? "\\u000" : "\\u001");
      const digit = byte & 0x0f;
      out.byte(digit < 10 ? 0x30 + digit : 0x57 + digit);
    }
  }
}
