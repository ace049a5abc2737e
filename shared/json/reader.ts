/** A pull reader of JSON (https://www.rfc-editor.org/rfc/rfc8259) over bytes: one pass, no tree, no copy. */
import { Bytes, EMPTY, NO_BUFFER } from "../bytes/bytes";
import { ABSENT, Span, span, spanLength, spanStart } from "../bytes/span";
import { JsonError } from "./errors";
import { skipLetters, skipNumber, skipString, stringHasEscapes, tokenError } from "./tokens";
import { escapedEquals } from "./unescape";

export { JsonError } from "./errors";

/** What the next value is. */
export enum JsonType {
  None,
  Object,
  Array,
  String,
  Number,
  True,
  False,
  Null,
}

/** How deep objects and arrays may be nested. */
export const DEPTH_LIMIT = 512;
const NO_LEVELS = new StaticArray<bool>(0);

/** Where the reader stands. */
enum Place {
  /** In front of a value. */
  Value,
  /** Behind the opening brace or bracket. */
  Opened,
  /** Behind a value inside an object or array. */
  Behind,
  /** Behind the whole value. */
  End,
}

/**
 * Reads one JSON text from front to back. Spans are offsets into the text's buffer; the reader keeps the buffer alive until the next `start`.
 *
 * Errors stick: after the first, every question answers false or `None`, and every span is `ABSENT`. Nothing traps, whatever the bytes and in whatever order
 * the questions are asked. Duplicate keys are reported as they come (`Seen` finds them).
 */
@final
export class JsonReader {
  error: JsonError = JsonError.None;
  /** Where the error is, in bytes from the start of the text. */
  errorOffset: i32 = 0;
  /** The content of the last key, still escaped, without its quotes. */
  keySpan: Span = ABSENT;
  /** How many objects and arrays are open. */
  depth: i32 = 0;
  /** Whether the last string that `string` gave has escapes. */
  hasEscapes: bool = false;

  private keyHasEscapes: bool = false;
  private place: Place = Place.End;
  private buffer: StaticArray<u8> = NO_BUFFER;
  private first: usize = 0;
  private cursor: usize = 0;
  private limit: usize = 0;
  /** For each open level whether it is an object: the first 64 as bits, so that a reader is small; deeper ones where they occur. */
  private near: u64 = 0;
  private far: StaticArray<bool> = NO_LEVELS;

  /** Begins to read a text. */
  start(bytes: Bytes): this {
    this.buffer = bytes.buffer;
    this.first = bytes.pointer;
    this.cursor = bytes.pointer;
    this.limit = bytes.pointer + <usize>bytes.length;
    this.error = JsonError.None;
    this.errorOffset = 0;
    this.keySpan = ABSENT;
    this.depth = 0;
    this.place = Place.Value;
    this.skipSpace();
    return this;
  }

  /** Forgets the text, so that its buffer can be collected. For readers that live longer than what they read. */
  release(): void {
    this.start(EMPTY);
  }

  get failed(): bool {
    return this.error != JsonError.None;
  }

  /** What the next value is; nothing is consumed. `None` after an error, and where no value can stand. */
  peek(): JsonType {
    if (this.place != Place.Value) return JsonType.None;
    if (this.cursor >= this.limit) return this.failAtCursor();
    switch (load<u8>(this.cursor)) {
      case 0x22 /* " */:
        return JsonType.String;
      case 0x7b /* { */:
        return JsonType.Object;
      case 0x5b /* [ */:
        return JsonType.Array;
      case 0x74 /* t */:
        return JsonType.True;
      case 0x66 /* f */:
        return JsonType.False;
      case 0x6e /* n */:
        return JsonType.Null;
      case 0x2d /* - */:
      case 0x30:
      case 0x31:
      case 0x32:
      case 0x33:
      case 0x34:
      case 0x35:
      case 0x36:
      case 0x37:
      case 0x38:
      case 0x39:
        return JsonType.Number;
      default:
        return this.failAtCursor();
    }
  }

  /** True and inside, if the next value is an object; else false, and nothing is consumed. */
  enterObject(): bool {
    return this.isNext(0x7b) && this.open(true);
  }

  /**
   * The next member of the object that was entered last: true, and `keySpan` is its key. A value that was left unread is skipped first. False: the object
   * is closed and consumed, or there is an error.
   */
  nextKey(): bool {
    return this.skipLeftValue() && this.stepToKey();
  }

  /** Whether the last key is the given ASCII text. Compared decoded: `"mod\u0065l"` is `model`. */
  keyIs(ascii: string): bool {
    return this.keyIsPart(ascii, 0, ascii.length);
  }

  /** Whether the last key is the part `[from, to)` of the given ASCII text. */
  keyIsPart(ascii: string, from: i32, to: i32): bool {
    const key = this.keySpan;
    if (key == ABSENT) return false;
    const count = to - from;
    const length = spanLength(key);
    let mine = changetype<usize>(this.buffer) + <usize>spanStart(key);
    if (this.keyHasEscapes) return escapedEquals(mine, mine + <usize>length, ascii, from, to);
    if (length != count) return false;
    let theirs = changetype<usize>(ascii) + ((<usize>from) << 1);
    const end = mine + <usize>length;
    while (mine < end) {
      if (<u16>load<u8>(mine) != load<u16>(theirs)) return false;
      mine++;
      theirs += 2;
    }
    return true;
  }

  /** True and inside, if the next value is an array; else false, and nothing is consumed. */
  enterArray(): bool {
    return this.isNext(0x5b) && this.open(false);
  }

  /**
   * The next element of the array that was entered last: true, and the reader is in front of it. An element that was left unread is skipped first. False: the
   * array is closed and consumed, or there is an error.
   */
  nextElement(): bool {
    return this.skipLeftValue() && this.stepToElement();
  }

  /**
   * Closes objects and arrays until only `level` are open (`depth` before they were entered): what is left of them is validated and skipped. Does nothing where they
   * are closed already. False after an error.
   */
  leaveTo(level: i32): bool {
    if (this.depth > level && this.skipLeftValue()) this.closeDownTo(max(level, 0));
    return !this.failed;
  }

  /** Any value: validated and consumed. Its raw bytes (a string with its quotes); `ABSENT` after an error and where no value can stand. */
  skip(): Span {
    if (this.place != Place.Value) return ABSENT;
    const from = this.cursor;
    const level = this.depth;
    this.consume();
    this.closeDownTo(level);
    return this.since(from);
  }

  /** A string's content, without its quotes and still escaped; `ABSENT`, and nothing consumed, if the next value isn't a string. */
  string(): Span {
    if (!this.isNext(0x22)) return ABSENT;
    const from = this.cursor;
    if (!this.passString()) return ABSENT;
    this.hasEscapes = stringHasEscapes;
    this.setBehind();
    return this.between(from + 1, this.cursor - 1);
  }

  /** A number, as it is written; `ABSENT`, and nothing consumed, if the next value isn't a number. See `JsonNumber` for its value. */
  number(): Span {
    if (this.peek() != JsonType.Number) return ABSENT;
    const from = this.cursor;
    this.consume();
    return this.since(from);
  }

  /** `True` or `False`, consumed; `None`, and nothing consumed, if the next value is neither. */
  bool(): JsonType {
    const type = this.peek();
    if (type != JsonType.True && type != JsonType.False) return JsonType.None;
    this.consume();
    return this.failed ? JsonType.None : type;
  }

  /** True, and consumed, if the next value is null; else false, and nothing is consumed. */
  nothing(): bool {
    if (!this.isNext(0x6e)) return false;
    this.consume();
    return !this.failed;
  }

  /** Reads to the end whatever was left unread. True if the text was one value, valid from the first byte to the last, with only white space around it. */
  finish(): bool {
    if (this.place == Place.Value) this.consume();
    this.closeDownTo(0);
    if (this.failed) return false;
    this.skipSpace();
    return this.cursor >= this.limit || this.fail(JsonError.TrailingBytes);
  }

  /** Where the reader stands, as an offset into the buffer: at the first byte of the next value, or just behind the last one. */
  get offset(): i32 {
    return <i32>(this.cursor - changetype<usize>(this.buffer));
  }

  /** What was read since `offset` was `from`: after a value that was entered and read to its end, its raw bytes. `ABSENT` after an error. */
  spanSince(from: i32): Span {
    return this.failed ? ABSENT : span(from, this.offset - from);
  }

  /** Points `view` at the bytes of a span of this text: valid as long as the text's buffer is unchanged. */
  point(s: Span, view: Bytes): Bytes {
    return view.set(this.buffer, spanStart(s), spanLength(s));
  }

  /** As `point`, in a new view. */
  bytes(s: Span): Bytes {
    return this.point(s, new Bytes());
  }

  // The grammar.

  /** Consumes a value that is not an object or array, or the opening of one that is. */
  private consume(): void {
    switch (this.peek()) {
      case JsonType.String:
        if (this.passString()) this.setBehind();
        break;
      case JsonType.Object:
        this.open(true);
        break;
      case JsonType.Array:
        this.open(false);
        break;
      case JsonType.Number:
        this.passToken(skipNumber(this.cursor, this.limit));
        break;
      case JsonType.True:
        this.passToken(skipLetters(this.cursor, this.limit, 0x65757274 /* true */));
        break;
      case JsonType.False:
        this.passToken(skipLetters(this.cursor + 1, this.limit, 0x65736c61 /* alse */));
        break;
      case JsonType.Null:
        this.passToken(skipLetters(this.cursor, this.limit, 0x6c6c756e /* null */));
        break;
      default:
        break;
    }
  }

  private isInObject(): bool {
    const level = this.depth;
    return level < 64 ? ((this.near >> (<u64>level)) & 1) != 0 : unchecked(this.far[level]);
  }

  /** Notes what the level `depth` is. */
  private enterLevel(object: bool): void {
    const level = this.depth;
    if (level < 64) {
      const bit: u64 = (<u64>1) << (<u64>level);
      this.near = object ? this.near | bit : this.near & ~bit;
      return;
    }
    if (this.far.length == 0) this.far = new StaticArray<bool>(DEPTH_LIMIT + 1);
    unchecked((this.far[level] = object));
  }

  /** Skips what is left of the open objects and arrays, until only `level` are open. */
  private closeDownTo(level: i32): void {
    while (this.depth > level && !this.failed) {
      const inside = this.isInObject() ? this.stepToKey() : this.stepToElement();
      if (inside) this.consume();
    }
  }

  private skipLeftValue(): bool {
    if (this.place == Place.Value) this.skip();
    return !this.failed;
  }

  private open(object: bool): bool {
    if (this.depth >= DEPTH_LIMIT) return this.fail(JsonError.TooDeep);
    this.depth++;
    this.enterLevel(object);
    this.cursor++;
    this.place = Place.Opened;
    return true;
  }

  private stepToKey(): bool {
    if (this.depth == 0 || !this.isInObject()) return this.fail(JsonError.OutOfPlace);
    if (!this.passSeparator(0x7d)) return false;
    if (this.cursor >= this.limit || load<u8>(this.cursor) != 0x22) return this.failHere();
    const from = this.cursor + 1;
    if (!this.passString()) return false;
    this.keyHasEscapes = stringHasEscapes;
    this.keySpan = this.between(from, this.cursor - 1);
    this.skipSpace();
    if (this.cursor >= this.limit || load<u8>(this.cursor) != 0x3a) return this.failHere();
    this.cursor++;
    this.skipSpace();
    this.place = Place.Value;
    return true;
  }

  private stepToElement(): bool {
    if (this.depth == 0 || this.isInObject()) return this.fail(JsonError.OutOfPlace);
    if (!this.passSeparator(0x5d)) return false;
    this.place = Place.Value;
    return true;
  }

  /** To the next member or element: true; or, at the closing byte, out of the object or array: false. */
  private passSeparator(closing: u8): bool {
    this.skipSpace();
    if (this.cursor >= this.limit) return this.failHere();
    const byte = load<u8>(this.cursor);
    if (byte == closing) {
      this.cursor++;
      this.depth--;
      this.setBehind();
      return false;
    }
    if (this.place == Place.Opened) return true;
    if (byte != 0x2c) return this.failHere();
    this.cursor++;
    this.skipSpace();
    return true;
  }

  private passString(): bool {
    const next = skipString(this.cursor, this.limit);
    if (tokenError != JsonError.None) return this.failAt(tokenError, next);
    this.cursor = next;
    return true;
  }

  private passToken(next: usize): void {
    if (tokenError != JsonError.None) {
      this.failAt(tokenError, next);
      return;
    }
    this.cursor = next;
    this.setBehind();
  }

  // @ts-ignore: decorator
  @inline
  private setBehind(): void {
    this.place = this.depth == 0 ? Place.End : Place.Behind;
  }

  // @ts-ignore: decorator
  @inline
  private isNext(byte: u8): bool {
    return this.place == Place.Value && this.cursor < this.limit && load<u8>(this.cursor) == byte;
  }

  /** White space is space, tab, line feed and carriage return, nothing else. */
  // @ts-ignore: decorator
  @inline
  private skipSpace(): void {
    let at = this.cursor;
    const limit = this.limit;
    while (at < limit) {
      const byte = load<u8>(at);
      if (byte > 0x20 || (byte != 0x20 && byte != 0x0a && byte != 0x0d && byte != 0x09)) break;
      at++;
    }
    this.cursor = at;
  }

  private since(from: usize): Span {
    return this.failed ? ABSENT : this.between(from, this.cursor);
  }

  // @ts-ignore: decorator
  @inline
  private between(from: usize, to: usize): Span {
    return span(<i32>(from - changetype<usize>(this.buffer)), <i32>(to - from));
  }

  private failAtCursor(): JsonType {
    this.failHere();
    return JsonType.None;
  }

  private failHere(): bool {
    return this.fail(this.cursor >= this.limit ? JsonError.UnexpectedEnd : JsonError.UnexpectedByte);
  }

  private fail(error: JsonError): bool {
    return this.failAt(error, this.cursor);
  }

  private failAt(error: JsonError, at: usize): bool {
    if (this.failed) return false;
    this.error = error;
    this.errorOffset = <i32>(at - this.first);
    this.keySpan = ABSENT;
    // From here on no value stands anywhere, and no level is open: every question answers no.
    this.place = Place.End;
    this.depth = 0;
    return false;
  }
}
