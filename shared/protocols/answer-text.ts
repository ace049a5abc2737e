/** How long an answer's text is: protocols count the places that citations name in code points, or in bytes. */
import { Bytes, EMPTY } from "../bytes/bytes";
import { ByteWriter } from "../bytes/writer";
import { hexValue } from "../json/tokens";
import { unescape } from "../json/unescape";

/** Past this much text none is kept. */
const KEPT_LIMIT = 16 << 20;

/** What a reader does with the text of an answer. */
export enum TextUse {
  /** Nothing: the client gets the provider's bytes. */
  None,
  Count,
  /** It is kept: sources were asked for. */
  Keep,
}

/** Counts text as it comes. Text that is kept can be counted the other way up to any place; without, only text that is all ASCII. */
export class AnswerText {
  /** Code points so far. */
  points: i32 = 0;
  /** Bytes so far, in UTF-8. */
  bytes: i32 = 0;
  private text: ByteWriter | null = null;

  /** More text: content of a JSON string. */
  add(content: Bytes, use: TextUse): void {
    if (use == TextUse.None) return;
    count(content);
    this.points += points;
    this.bytes += bytes;
    if (use != TextUse.Keep) return;
    let text = this.text;
    if (text == null) {
      text = new ByteWriter();
      this.text = text;
    }
    if (text.length < KEPT_LIMIT) unescape(content, text);
  }

  /** The code points in front of a byte; -1 where that isn't known. */
  pointsAt(byte: i32): i32 {
    if (this.points == this.bytes) return byte;
    const text = this.kept;
    if (<u32>byte > <u32>text.length) return -1;
    let points = 0;
    for (let i = 0; i < byte; i++) if (!isContinuation(text.at(i))) points++;
    return points;
  }

  /** The bytes in front of a code point; -1 where that isn't known. */
  bytesAt(point: i32): i32 {
    if (point < 0 || this.points == this.bytes) return point;
    const text = this.kept;
    let at = 0;
    for (let points = 0; at < text.length; at++) if (!isContinuation(text.at(at)) && points++ == point) return at;
    return point == this.points && text.length == this.bytes ? at : -1;
  }

  /** The text that was kept, in UTF-8. */
  get kept(): Bytes {
    const text = this.text;
    return text == null ? EMPTY : text.view();
  }
}

/** The code points of a JSON string's content. */
export function pointsIn(content: Bytes): i32 {
  count(content);
  return points;
}

// What was counted last.
let points = 0;
let bytes = 0;

function count(content: Bytes): void {
  let at = content.pointer;
  const end = at + <usize>content.length;
  points = bytes = 0;
  while (at < end) {
    // Eight at a time, as long as they are ASCII without an escape.
    if (at + 8 <= end && isPlain(load<u64>(at))) {
      points += 8;
      bytes += 8;
      at += 8;
      continue;
    }
    const byte = load<u8>(at);
    if (byte != 0x5c) {
      if (!isContinuation(byte)) points++;
      bytes++;
      at++;
    } else if (at + 6 <= end && load<u8>(at + 1) == 0x75) {
      const unit = hexValue(at + 2);
      // The second half of a pair was counted with the first.
      if ((unit & 0xfc00) != 0xdc00) {
        points++;
        bytes += unit < 0x80 ? 1 : unit < 0x800 ? 2 : (unit & 0xfc00) == 0xd800 ? 4 : 3;
      }
      at += 6;
    } else {
      points++;
      bytes++;
      at += 2;
    }
  }
}

function isContinuation(byte: u8): bool {
  return (byte & 0xc0) == 0x80;
}

/** Whether eight bytes are ASCII without a backslash. */
function isPlain(word: u64): bool {
  const other = word ^ 0x5c5c5c5c5c5c5c5c;
  return ((word | ((other - 0x0101010101010101) & ~other)) & 0x8080808080808080) == 0;
}
