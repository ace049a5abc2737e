import { Bytes, NO_BUFFER } from "./bytes";
import { copyBytes } from "./copy";
import { decodeUtf8 } from "./utf8";

/** What a writer keeps of its buffer when it is cleared: one large body must not set the size of a VM for good. */
const KEPT = 65536;

/** Appends bytes to one growing buffer, which is reused after `clear`. */
export class ByteWriter {
  buffer: StaticArray<u8>;
  length: i32 = 0;

  constructor(capacity: i32 = 256) {
    this.buffer = capacity > 0 ? new StaticArray<u8>(capacity) : NO_BUFFER;
  }

  clear(): void {
    this.length = 0;
    if (this.buffer.length > KEPT) this.buffer = NO_BUFFER;
  }

  /** Takes back what was written after the length was `length`. */
  cutTo(length: i32): void {
    if (length >= 0 && length < this.length) this.length = length;
  }

  /** Makes room for `more` bytes and says where they go. The caller adds to `length` what it wrote. */
  reserve(more: i32): usize {
    const needed = this.length + more;
    if (needed > this.buffer.length) {
      const grown = new StaticArray<u8>(max(needed, max(64, min(this.buffer.length * 2, this.buffer.length + (4 << 20)))));
      copyBytes(changetype<usize>(grown), changetype<usize>(this.buffer), this.length);
      this.buffer = grown;
    }
    return changetype<usize>(this.buffer) + <usize>this.length;
  }

  /**
   * Line ends since the length was `from` become spaces: JSON as people print it, in the line of an event, whose rest would be lost
   * (https://html.spec.whatwg.org/multipage/server-sent-events.html#parsing-an-event-stream). JSON has line ends only between its tokens.
   */
  onOneLine(from: i32): void {
    for (let i = max(from, 0); i < this.length; i++) {
      const byte = this.buffer[i];
      if (byte == 0x0a || byte == 0x0d) this.buffer[i] = 0x20;
    }
  }

  byte(value: u8): void {
    store<u8>(this.reserve(1), value);
    this.length++;
  }

  /** The characters of an ASCII literal. */
  ascii(literal: string): void {
    const count = literal.length;
    const to = this.reserve(count);
    const from = changetype<usize>(literal);
    let i = 0;
    for (; i + 8 <= count; i += 8)
      v128.store64_lane(to + <usize>i, i8x16.narrow_i16x8_u(v128.load(from + ((<usize>i) << 1)), i16x8.splat(0)), 0);
    for (; i < count; i++) store<u8>(to + <usize>i, load<u8>(from + ((<usize>i) << 1)));
    this.length += count;
  }

  bytes(value: Bytes): void {
    this.range(value.buffer, value.start, value.length);
  }

  /** `length` bytes of a buffer, from `start`; cut to what the buffer has. */
  range(buffer: StaticArray<u8>, start: i32, length: i32): void {
    const size = buffer.length;
    if (start < 0 || start > size || length <= 0) return;
    if (length > size - start) length = size - start;
    // `reserve` may replace this.buffer; where a writer copies from itself, `buffer` still holds the bytes.
    const to = this.reserve(length);
    copyBytes(to, changetype<usize>(buffer) + <usize>start, length);
    this.length += length;
  }

  /** `length` bytes from a place in linear memory that the caller keeps alive. */
  copyFrom(pointer: usize, length: i32): void {
    if (length <= 0) return;
    copyBytes(this.reserve(length), pointer, length);
    this.length += length;
  }

  /** A Unicode scalar value in UTF-8; what isn't one (a surrogate, or past U+10FFFF) as U+FFFD. */
  codePoint(value: u32): void {
    if (value >= 0x110000 || (value >= 0xd800 && value < 0xe000)) value = 0xfffd;
    const to = this.reserve(4);
    if (value < 0x80) {
      store<u8>(to, value);
      this.length++;
    } else if (value < 0x800) {
      store<u8>(to, 0xc0 | (value >> 6));
      store<u8>(to, 0x80 | (value & 0x3f), 1);
      this.length += 2;
    } else if (value < 0x10000) {
      store<u8>(to, 0xe0 | (value >> 12));
      store<u8>(to, 0x80 | ((value >> 6) & 0x3f), 1);
      store<u8>(to, 0x80 | (value & 0x3f), 2);
      this.length += 3;
    } else {
      store<u8>(to, 0xf0 | (value >> 18));
      store<u8>(to, 0x80 | ((value >> 12) & 0x3f), 1);
      store<u8>(to, 0x80 | ((value >> 6) & 0x3f), 2);
      store<u8>(to, 0x80 | (value & 0x3f), 3);
      this.length += 4;
    }
  }

  /** Four bytes, the lowest first. */
  word32(value: u32): void {
    store<u32>(this.reserve(4), value);
    this.length += 4;
  }

  /** Eight bytes, the lowest first. */
  word64(value: u64): void {
    store<u64>(this.reserve(8), value);
    this.length += 8;
  }

  /** A whole number in decimal. */
  unsigned(value: u64): void {
    let digits = 1;
    for (let rest = value / 10; rest != 0; rest /= 10) digits++;
    let at = this.reserve(digits) + <usize>digits;
    do {
      at--;
      store<u8>(at, 0x30 + <u8>(value % 10));
      value /= 10;
    } while (value != 0);
    this.length += digits;
  }

  signed(value: i64): void {
    if (value < 0) {
      this.byte(0x2d);
      this.unsigned(<u64>0 - <u64>value);
    } else this.unsigned(<u64>value);
  }

  /** What was written, as a view that is valid until the next write or `clear`. */
  view(): Bytes {
    return new Bytes(this.buffer, 0, this.length);
  }

  /** As `view`, in a view that is reused. */
  pointAt(view: Bytes): Bytes {
    return view.set(this.buffer, 0, this.length);
  }

  /** What was written since the length was `start`, in a buffer of its own. */
  copySince(start: i32): Bytes {
    return new Bytes(this.buffer, start, this.length - start).copy();
  }

  toString(): string {
    const from = changetype<usize>(this.buffer);
    return decodeUtf8(from, from + <usize>this.length);
  }
}
