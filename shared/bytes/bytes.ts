/** Views of bytes, and spans: the two ways in which Sluice refers to text without copying it. */
import { copyBytes, equalBytes } from "./copy";
import { decodeUtf8 } from "./utf8";

export const NO_BUFFER = new StaticArray<u8>(0);

/**
 * A view of `length` bytes of `buffer`, from `start`. The garbage collector owns the buffer; whoever makes the view keeps `0 ≤ start` and
 * `start + length ≤ buffer.length` true (`slice` and `of` do). Views may be reused: keep one only where its maker says so.
 */
@final
export class Bytes {
  constructor(
    public buffer: StaticArray<u8> = NO_BUFFER,
    public start: i32 = 0,
    public length: i32 = 0,
  ) {}

  /** The UTF-8 bytes of a string (half a surrogate pair becomes U+FFFD): for literals, configuration and tests, not for the way of a request. */
  static of(text: string): Bytes {
    const length = String.UTF8.byteLength(text);
    const buffer = new StaticArray<u8>(length);
    String.UTF8.encodeUnsafe(changetype<usize>(text), text.length, changetype<usize>(buffer), false, String.UTF8.ErrorMode.REPLACE);
    return new Bytes(buffer, 0, length);
  }

  /** A view of a whole buffer. */
  static whole(buffer: StaticArray<u8>): Bytes {
    return new Bytes(buffer, 0, buffer.length);
  }

  /** Where the first byte is in linear memory: valid while the buffer is referenced. For host calls. */
  get pointer(): usize {
    return changetype<usize>(this.buffer) + <usize>this.start;
  }

  get isEmpty(): bool {
    return this.length == 0;
  }

  /** Points this view at other bytes; the range is cut to what the buffer has. */
  set(buffer: StaticArray<u8>, start: i32, length: i32): this {
    const size = buffer.length;
    if (start < 0) start = 0;
    if (start > size) start = size;
    if (length < 0) length = 0;
    if (length > size - start) length = size - start;
    this.buffer = buffer;
    this.start = start;
    this.length = length;
    return this;
  }

  /** The byte at `index`; 0 past the end (compare with `length` where 0 may be meant). */
  at(index: i32): u8 {
    if (<u32>index >= <u32>this.length) return 0;
    return load<u8>(this.pointer + <usize>index);
  }

  /** The four bytes from `index`, the lowest first; 0 where they aren't all there. */
  word32(index: i32): u32 {
    return index < 0 || index > this.length - 4 ? 0 : load<u32>(this.pointer + <usize>index);
  }

  /** The eight bytes from `index`, the lowest first; 0 where they aren't all there. */
  word64(index: i32): u64 {
    return index < 0 || index > this.length - 8 ? 0 : load<u64>(this.pointer + <usize>index);
  }

  /** A new view of `[from, to)`, cut to what there is. */
  slice(from: i32, to: i32 = i32.MAX_VALUE): Bytes {
    if (from < 0) from = 0;
    if (from > this.length) from = this.length;
    if (to > this.length) to = this.length;
    if (to < from) to = from;
    return new Bytes(this.buffer, this.start + from, to - from);
  }

  /** The same bytes in a buffer of their own. */
  copy(): Bytes {
    const buffer = new StaticArray<u8>(this.length);
    copyBytes(changetype<usize>(buffer), this.pointer, this.length);
    return new Bytes(buffer, 0, this.length);
  }

  equals(other: Bytes): bool {
    return this.length == other.length && equalBytes(this.pointer, other.pointer, this.length);
  }

  /** Whether these bytes are the given ASCII text. */
  is(ascii: string): bool {
    return this.length == ascii.length && this.hasAt(0, ascii);
  }

  /** Whether these bytes are one of the given ASCII texts. */
  isOneOf(words: StaticArray<string>): bool {
    for (let i = 0; i < words.length; i++) if (this.is(words[i])) return true;
    return false;
  }

  /** As `is`, with A–Z and a–z taken as the same; `lower` is written in lower case. */
  isIgnoringCase(lower: string): bool {
    return this.length == lower.length && this.startsWithIgnoringCase(lower);
  }

  /** Whether these bytes begin with the ASCII text, with A–Z and a–z taken as the same; `lower` is written in lower case. */
  startsWithIgnoringCase(lower: string): bool {
    if (this.length < lower.length) return false;
    const mine = this.pointer;
    for (let i = 0; i < lower.length; i++) {
      let byte = <u32>load<u8>(mine + <usize>i);
      if (byte - 0x41 < 26) byte |= 0x20;
      if (byte != <u32>lower.charCodeAt(i)) return false;
    }
    return true;
  }

  startsWith(ascii: string): bool {
    return this.length >= ascii.length && this.hasAt(0, ascii);
  }

  endsWith(ascii: string): bool {
    return this.length >= ascii.length && this.hasAt(this.length - ascii.length, ascii);
  }

  startsWithBytes(prefix: Bytes): bool {
    return this.length >= prefix.length && equalBytes(this.pointer, prefix.pointer, prefix.length);
  }

  endsWithBytes(suffix: Bytes): bool {
    return (
      this.length >= suffix.length &&
      memory.compare(this.pointer + <usize>(this.length - suffix.length), suffix.pointer, suffix.length) == 0
    );
  }

  /** Where `byte` first stands at or after `from`; -1 where it doesn't. */
  indexOf(byte: u8, from: i32 = 0): i32 {
    const mine = this.pointer;
    for (let i = max(from, 0); i < this.length; i++) if (load<u8>(mine + <usize>i) == byte) return i;
    return -1;
  }

  /** Where `needle` begins, at `from` or later; -1: nowhere, or it is empty. */
  indexOfBytes(needle: Bytes, from: i32 = 0): i32 {
    if (needle.isEmpty) return -1;
    const first = needle.at(0);
    for (let at = this.indexOf(first, from); at >= 0 && at + needle.length <= this.length; at = this.indexOf(first, at + 1)) {
      let same = 1;
      while (same < needle.length && this.at(at + same) == needle.at(same)) same++;
      if (same == needle.length) return at;
    }
    return -1;
  }

  /** Whether the ASCII text occurs anywhere. */
  contains(ascii: string): bool {
    for (let i = 0; i + ascii.length <= this.length; i++) if (this.hasAt(i, ascii)) return true;
    return false;
  }

  /** Writes `byte` over `[from, to)`, cut to what there is: whoever else looks at the buffer sees it too. */
  fill(byte: u8, from: i32, to: i32): void {
    const end = min(to, this.length);
    for (let i = max(from, 0); i < end; i++) store<u8>(this.pointer + <usize>i, byte);
  }

  /** Order by bytes: negative, 0 or positive. */
  compare(other: Bytes): i32 {
    const order = memory.compare(this.pointer, other.pointer, min(this.length, other.length));
    return order != 0 ? order : this.length - other.length;
  }

  /** FNV-1a, 64 bit (http://www.isthe.com/chongo/tech/comp/fnv/): for tables of our own, not against an adversary. */
  hash(): u64 {
    let hash: u64 = 0xcbf29ce484222325;
    const mine = this.pointer;
    for (let i = 0; i < this.length; i++) hash = (hash ^ load<u8>(mine + <usize>i)) * 0x100000001b3;
    return hash;
  }

  /** A copy with A–Z in lower case. */
  toLowerCase(): Bytes {
    const lower = this.copy();
    const p = lower.pointer;
    for (let i = 0; i < lower.length; i++) {
      const byte = load<u8>(p + <usize>i);
      if (<u32>byte - 0x41 < 26) store<u8>(p + <usize>i, byte | 0x20);
    }
    return lower;
  }

  /** UTF-8 decoded, ill-formed bytes as U+FFFD: for logs and configuration. */
  toString(): string {
    return decodeUtf8(this.pointer, this.pointer + <usize>this.length);
  }

  private hasAt(at: i32, ascii: string): bool {
    const mine = this.pointer + <usize>at;
    for (let i = 0; i < ascii.length; i++) if (<i32>load<u8>(mine + <usize>i) != ascii.charCodeAt(i)) return false;
    return true;
  }
}

export const EMPTY = new Bytes();
