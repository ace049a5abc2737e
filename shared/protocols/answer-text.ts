/** How long an answer's text is: protocols count the places that citations name in code points, or in bytes. */
import { Bytes, EMPTY } from "../bytes/bytes";
import { ByteWriter } from "../bytes/writer";
import { measure, measuredBytes } from "../json/measure";
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
    this.points += measure(content);
    this.bytes += measuredBytes;
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

function isContinuation(byte: u8): bool {
  return (byte & 0xc0) == 0x80;
}
