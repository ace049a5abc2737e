/** Reads event streams: https://html.spec.whatwg.org/multipage/server-sent-events.html#event-stream-interpretation */
import { Bytes, NO_BUFFER } from "../bytes/bytes";
import { ByteWriter } from "../bytes/writer";

/** How long one event may be that comes in pieces. */
export const DEFAULT_CARRY_LIMIT: i32 = 16 << 20;

const LF: u8 = 0x0a;
const CR: u8 = 0x0d;
/** How much of a byte order mark may still come: none. */
const NO_MARK: i32 = 3;

/**
 * Takes a stream in chunks that may be cut anywhere, and gives its blocks: what a blank line ends. A block with data is an event; one without (a comment that
 * keeps the connection open) matters only to who relays the stream as it is.
 *
 * ```ts
 * reader.feed(chunk);
 * while (reader.next()) use(reader.event, reader.data);
 * ```
 *
 * The views are valid until the next call of a method. An event that lies in one chunk, with one line of data, is not copied: its views point into the chunk, which must stay
 * unchanged until `next` says false; then the reader has copied what it needs and refers to it no more. Bytes are not checked for being UTF-8: who reads the data does that.
 */
@final
export class SseReader {
  /** The event's name; empty where it has none (to a browser it then is `message`). */
  event: Bytes = new Bytes();
  /** The lines of data, joined by line feeds. */
  data: Bytes = new Bytes();
  /** The stream's last event id, as of this event: it stays until another one comes. */
  id: Bytes = new Bytes();
  /**
   * The block's bytes as they came, with the blank line that ends it. The `raw` of all blocks, and of `end`, put together are the stream: so the line feed of a CRLF that was cut
   * in two after a blank line comes with the next block.
   */
  raw: Bytes = new Bytes();
  /** Whether the block has data. */
  isEvent: bool = false;
  /** Whether the block says how long to wait before connecting again, and for how many milliseconds. */
  hasRetry: bool = false;
  retry: u32 = 0;
  /** Whether an event was longer than the limit. Nothing more is read then. */
  isTooLong: bool = false;

  private chunk: StaticArray<u8> = NO_BUFFER;
  private at: i32 = 0;
  private limit: i32 = 0;
  /** The beginning of a block whose end hasn't come. */
  private carry: ByteWriter = new ByteWriter(0);
  /** Whether the block in `carry` has been handed out. */
  private carryIsSpent: bool = false;
  private lines: ByteWriter = new ByteWriter(0);
  private lineCount: i32 = 0;
  private lastId: ByteWriter = new ByteWriter(0);

  // Where the scan for the end of a block stands.
  private lineIsEmpty: bool = true;
  private isBehindReturn: bool = false;
  private markBytes: i32 = 0;
  private isFirstBlock: bool = true;

  constructor(private carryLimit: i32 = DEFAULT_CARRY_LIMIT) {}

  /** Forgets the stream, for another one. */
  reset(): void {
    this.clearBlock();
    this.carry.clear();
    this.lastId.clear();
    this.lines.clear();
    this.id.set(NO_BUFFER, 0, 0);
    this.chunk = NO_BUFFER;
    this.at = 0;
    this.limit = 0;
    this.carryIsSpent = false;
    this.isTooLong = false;
    this.lineIsEmpty = true;
    this.isBehindReturn = false;
    this.markBytes = 0;
    this.isFirstBlock = true;
  }

  /** Adds bytes. Call `next` until it says false before the next `feed` (else what is unread is copied). */
  feed(bytes: Bytes): void {
    if (this.isTooLong) return;
    if (this.at < this.limit) {
      const joined = new ByteWriter(this.limit - this.at + bytes.length);
      joined.range(this.chunk, this.at, this.limit - this.at);
      joined.bytes(bytes);
      this.chunk = joined.buffer;
      this.at = 0;
      this.limit = joined.length;
    } else {
      this.chunk = bytes.buffer;
      this.at = bytes.start;
      this.limit = bytes.start + bytes.length;
    }
  }

  /** The next event. False: more bytes are needed (or `isTooLong`). */
  next(): bool {
    while (this.nextBlock()) if (this.isEvent) return true;
    return false;
  }

  /** The next block, whether it is an event or not. False: more bytes are needed (or `isTooLong`). */
  nextBlock(): bool {
    this.clearBlock();
    if (this.isTooLong) return false;
    const from = this.at;
    if (this.passBlock()) {
      if (this.carry.length == 0) this.raw.set(this.chunk, from, this.at - from);
      else if (this.keep(from)) {
        this.carry.pointAt(this.raw);
        this.carryIsSpent = true;
      } else return false;
      this.readBlock();
      return true;
    }
    if (this.keep(from)) this.chunk = NO_BUFFER;
    return false;
  }

  /** Whether the stream, as far as it was read, stands inside a block. */
  get hasPartial(): bool {
    return !this.carryIsSpent && this.carry.length > 0 && !(this.carry.length == 1 && this.lineIsEmpty);
  }

  /**
   * Says that the stream has ended, after `next` said false. `raw` is what came behind the last block. True if that is an event which lacks only its blank line: the
   * specification drops such an event, yet there are providers that leave the line out; its last line may be cut, so check the data.
   */
  end(): bool {
    this.clearBlock();
    if (this.isTooLong) return false;
    this.carry.pointAt(this.raw);
    this.carryIsSpent = true;
    this.readBlock();
    return this.isEvent;
  }

  private clearBlock(): void {
    if (this.carryIsSpent) this.carry.clear();
    this.carryIsSpent = false;
    this.event.set(NO_BUFFER, 0, 0);
    this.data.set(NO_BUFFER, 0, 0);
    this.raw.set(NO_BUFFER, 0, 0);
    this.isEvent = false;
    this.lineCount = 0;
    this.hasRetry = false;
    this.retry = 0;
  }

  /** Copies the chunk from `from` to where the scan stands behind what came before. False: it is too long. */
  private keep(from: i32): bool {
    const length = this.at - from;
    if (length > this.carryLimit - this.carry.length) {
      this.isTooLong = true;
      this.carry.clear();
      this.chunk = NO_BUFFER;
      this.limit = this.at;
      return false;
    }
    this.carry.range(this.chunk, from, length);
    return true;
  }

  /** Moves to behind the next blank line; false, and at the end of the chunk, if there is none. */
  private passBlock(): bool {
    const origin = changetype<usize>(this.chunk);
    const limit = origin + <usize>this.limit;
    let p = origin + <usize>this.at;
    if (this.isBehindReturn && p < limit) {
      this.isBehindReturn = false;
      if (load<u8>(p) == LF) p++;
    }
    while (this.markBytes < NO_MARK && p < limit) {
      if (load<u8>(p) == markByte(this.markBytes)) {
        this.markBytes++;
        p++;
      } else {
        // What looked like the beginning of a mark is the beginning of a line.
        this.lineIsEmpty = this.markBytes == 0;
        this.markBytes = NO_MARK;
      }
    }
    while (p < limit) {
      const lineEnd = findLineEnd(p, limit);
      if (lineEnd > p) this.lineIsEmpty = false;
      p = lineEnd;
      if (p >= limit) break;
      const isBlank = this.lineIsEmpty;
      this.lineIsEmpty = true;
      const byte = load<u8>(p++);
      // A lone CR ends the line at once: an event must not wait for the next one to show that no LF follows.
      if (byte == CR) {
        if (p >= limit) this.isBehindReturn = true;
        else if (load<u8>(p) == LF) p++;
      }
      if (isBlank) {
        this.at = <i32>(p - origin);
        return true;
      }
    }
    this.at = this.limit;
    return false;
  }

  /** Reads the fields of the block in `raw`. */
  private readBlock(): void {
    const raw = this.raw;
    const origin = changetype<usize>(raw.buffer);
    let p = raw.pointer;
    const limit = p + <usize>raw.length;
    if (
      this.isFirstBlock &&
      limit - p >= 3 &&
      load<u8>(p) == markByte(0) &&
      load<u8>(p + 1) == markByte(1) &&
      load<u8>(p + 2) == markByte(2)
    )
      p += 3;
    this.isFirstBlock = false;
    while (p < limit) {
      const lineEnd = findLineEnd(p, limit);
      if (lineEnd > p) this.readField(raw.buffer, <i32>(p - origin), <i32>(lineEnd - origin));
      // The LF of a CRLF looks like one more empty line, which is nothing to a block.
      p = lineEnd + 1;
    }
  }

  /** One line: a name, and behind the first colon and at most one space, a value. A comment's name is empty. */
  private readField(buffer: StaticArray<u8>, from: i32, to: i32): void {
    const origin = changetype<usize>(buffer);
    let colon = from;
    // No field that means anything has a longer name.
    const nameLimit = min(to, from + 6);
    while (colon < nameLimit && load<u8>(origin + <usize>colon) != 0x3a) colon++;
    const nameLength = colon - from;
    let value = to;
    if (colon < to) {
      if (load<u8>(origin + <usize>colon) != 0x3a) return;
      value = colon + 1;
      if (value < to && load<u8>(origin + <usize>value) == 0x20) value++;
    }
    if (nameLength == 4 && load<u32>(origin + <usize>from) == 0x61746164 /* data */) this.addData(buffer, value, to);
    else if (nameLength == 5 && load<u32>(origin + <usize>from) == 0x6e657665 /* even */ && load<u8>(origin + <usize>from, 4) == 0x74) {
      this.event.set(buffer, value, to - value);
    } else if (nameLength == 2 && load<u16>(origin + <usize>from) == 0x6469 /* id */) this.setId(buffer, value, to);
    else if (nameLength == 5 && load<u32>(origin + <usize>from) == 0x72746572 /* retr */ && load<u8>(origin + <usize>from, 4) == 0x79) {
      this.setRetry(origin, value, to);
    }
  }

  private addData(buffer: StaticArray<u8>, from: i32, to: i32): void {
    this.isEvent = true;
    if (this.lineCount++ == 0) {
      this.data.set(buffer, from, to - from);
      return;
    }
    const lines = this.lines;
    if (this.lineCount == 2) {
      lines.clear();
      lines.bytes(this.data);
    }
    lines.byte(LF);
    lines.range(buffer, from, to - from);
    lines.pointAt(this.data);
  }

  private setId(buffer: StaticArray<u8>, from: i32, to: i32): void {
    const origin = changetype<usize>(buffer);
    for (let i = from; i < to; i++) if (load<u8>(origin + <usize>i) == 0) return;
    this.lastId.clear();
    this.lastId.range(buffer, from, to - from);
    this.lastId.pointAt(this.id);
  }

  private setRetry(origin: usize, from: i32, to: i32): void {
    if (from == to) return;
    let milliseconds: u64 = 0;
    for (let i = from; i < to; i++) {
      const digit = <u32>load<u8>(origin + <usize>i) - 0x30;
      if (digit > 9) return;
      milliseconds = min(milliseconds * 10 + digit, <u64>u32.MAX_VALUE);
    }
    this.hasRetry = true;
    this.retry = <u32>milliseconds;
  }
}

/** U+FEFF in UTF-8. */
function markByte(index: i32): u8 {
  return index == 0 ? 0xef : index == 1 ? 0xbb : 0xbf;
}

/** The first CR or LF in `[at, end)`; else `end`. Reads nothing behind it. */
function findLineEnd(at: usize, end: usize): usize {
  while (end - at >= 16) {
    const chunk = v128.load(at);
    const mask = i8x16.bitmask(v128.or(i8x16.eq(chunk, i8x16.splat(0x0a)), i8x16.eq(chunk, i8x16.splat(0x0d))));
    if (mask != 0) return at + <usize>ctz(mask);
    at += 16;
  }
  while (at < end && load<u8>(at) != LF && load<u8>(at) != CR) at++;
  return at;
}
