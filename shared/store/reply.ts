/** Redis's replies, RESP2: https://redis.io/docs/latest/develop/reference/protocol-spec/ */
import { Bytes, EMPTY } from "../bytes/bytes";
import { ByteWriter } from "../bytes/writer";

/** What a value is. */
export enum ReplyKind {
  /** There is no reply: Redis couldn't be asked, or what it said is no reply. */
  Lost,
  /** Redis refuses the command; `text` says why, and begins with a word in capitals. */
  Error,
  /** A word such as `OK`. */
  Status,
  Number,
  Text,
  /** No such key, or no such list. */
  Null,
  /** `count` values follow. */
  List,
}

/** Redis's own limit of a value. */
const LARGEST_TEXT: i64 = 512 * 1024 * 1024;
/** More values in one reply than anything here asks for. */
const LARGEST_LIST: i64 = 1 << 20;
/** A status, an error or a number is one line. */
const LONGEST_LINE = 64 * 1024;
const CR: u8 = 0x0d;
const LF: u8 = 0x0a;

/** One value. The views hold until the reader is fed again. */
@final
export class Reply {
  kind: ReplyKind = ReplyKind.Lost;
  /** Of a status, an error or a text. */
  text: Bytes = new Bytes();
  number: i64 = 0;
  /** Of a list: its values. */
  count: i32 = 0;

  get isLost(): bool {
    return this.kind == ReplyKind.Lost;
  }

  /** Neither lost nor an error: the command was carried out. */
  get isDone(): bool {
    return this.kind > ReplyKind.Error;
  }
}

/**
 * Reads replies one after the other, from bytes that are cut anywhere. `next` goes from reply to reply, once a reply is there with all that belongs to it; `element` then goes through the values of a list, and of lists in it, in their order. Whatever
 * is no RESP2 makes `failed`, and nothing is read any more.
 */
@final
export class ReplyReader {
  /** What was read is no reply of Redis's. */
  failed: bool = false;
  /** The reply that `next` has found, and then its elements. */
  readonly value: Reply = new Reply();
  private bytes: Bytes = EMPTY;
  /** Where the next reply begins. */
  private from: i32 = 0;
  /** How far the next reply has been looked through, and how many values of it are still to come. */
  private at: i32 = 0;
  private pending: i64 = 1;
  private values: i64 = 0;
  /** The next element of the current reply, and where that ends. */
  private elementAt: i32 = 0;
  private elementsEnd: i32 = 0;
  private readonly header: Reply = new Reply();

  /** Begins anew with these bytes, without copying them. */
  start(bytes: Bytes): this {
    this.failed = false;
    this.bytes = bytes;
    this.from = this.at = this.elementAt = this.elementsEnd = 0;
    this.pending = 1;
    this.values = 0;
    this.value.kind = ReplyKind.Lost;
    return this;
  }

  /** Adds bytes behind those that came before. */
  feed(bytes: Bytes): void {
    const rest = this.bytes.slice(this.from);
    const kept = new ByteWriter(rest.length + bytes.length);
    kept.bytes(rest);
    kept.bytes(bytes);
    this.bytes = kept.view();
    this.at -= this.from;
    this.from = this.elementAt = this.elementsEnd = 0;
  }

  /** Whether another whole reply is there; false: not yet, or `failed`. */
  next(): bool {
    while (this.pending > 0) {
      if (this.failed) return false;
      const end = this.readValue(this.at, this.header);
      if (end < 0) return false;
      this.at = end;
      this.pending--;
      if (++this.values > LARGEST_LIST) return this.fail();
      if (this.header.kind == ReplyKind.List) this.pending += this.header.count;
    }
    this.elementAt = this.readValue(this.from, this.value);
    this.elementsEnd = this.from = this.at;
    this.pending = 1;
    this.values = 0;
    return true;
  }

  /** Steps to the next value of the reply, if that is a list: its elements, and of one that is a list the elements behind it. */
  element(): bool {
    if (this.elementAt < 0 || this.elementAt >= this.elementsEnd) return false;
    this.elementAt = this.readValue(this.elementAt, this.value);
    return this.elementAt >= 0;
  }

  /** Lets go of the bytes. */
  release(): void {
    this.start(EMPTY);
  }

  private fail(): bool {
    this.failed = true;
    this.value.kind = ReplyKind.Lost;
    return false;
  }

  /** Reads a value, of a list its head alone; where it ends, or -1: it isn't all there, or `failed`. */
  private readValue(from: i32, into: Reply): i32 {
    const bytes = this.bytes;
    if (from >= bytes.length) return -1;
    const end = bytes.indexOf(LF, from);
    const length = (end < 0 ? bytes.length : end) - from;
    // Also of what is no reply, and has no line end: it isn't gathered for long.
    if (length > LONGEST_LINE || !isType(bytes.at(from))) return this.refuse();
    if (end < 0) return -1;
    if (length < 2 || bytes.at(end - 1) != CR) return this.refuse();
    const line = bytes.slice(from + 1, end - 1);
    into.count = 0;
    into.number = 0;
    into.text.set(bytes.buffer, bytes.start + from + 1, line.length);
    switch (bytes.at(from)) {
      case 0x2b:
        into.kind = ReplyKind.Status;
        return end + 1;
      case 0x2d:
        into.kind = ReplyKind.Error;
        return end + 1;
      default:
        break;
    }
    if (!isWhole(line)) return this.refuse();
    const number = wholeOf(line);
    into.number = number;
    if (bytes.at(from) == 0x3a) {
      into.kind = ReplyKind.Number;
      return end + 1;
    }
    into.text.set(EMPTY.buffer, 0, 0);
    if (number == -1) {
      into.kind = ReplyKind.Null;
      return end + 1;
    }
    if (bytes.at(from) == 0x2a) {
      if (number < 0 || number > LARGEST_LIST) return this.refuse();
      into.kind = ReplyKind.List;
      into.count = <i32>number;
      return end + 1;
    }
    if (number < 0 || number > LARGEST_TEXT) return this.refuse();
    const size = <i32>number;
    const start = end + 1;
    if (size > bytes.length - start - 2) return -1;
    if (bytes.at(start + size) != CR || bytes.at(start + size + 1) != LF) return this.refuse();
    into.kind = ReplyKind.Text;
    into.text.set(bytes.buffer, bytes.start + start, size);
    return start + size + 2;
  }

  private refuse(): i32 {
    this.fail();
    return -1;
  }
}

function isType(byte: u8): bool {
  return byte == 0x2b || byte == 0x2d || byte == 0x3a || byte == 0x24 || byte == 0x2a;
}

/** A whole number that 64 bits surely hold. */
function isWhole(line: Bytes): bool {
  const from = line.at(0) == 0x2d ? 1 : 0;
  if (line.length == from || line.length - from > 18) return isLongest(line);
  for (let i = from; i < line.length; i++) if (<u32>line.at(i) - 0x30 > 9) return false;
  return true;
}

/** The numbers of nineteen digits that Redis has, up to 2⁶³ - 1, and down to -2⁶³. */
function isLongest(line: Bytes): bool {
  const isNegative = line.at(0) == 0x2d;
  const digits = line.slice(isNegative ? 1 : 0);
  if (digits.length != 19) return false;
  for (let i = 0; i < 19; i++) if (<u32>digits.at(i) - 0x30 > 9) return false;
  return digits.compare(isNegative ? LOWEST : HIGHEST) <= 0;
}

const HIGHEST = Bytes.of("9223372036854775807");
const LOWEST = Bytes.of("9223372036854775808");

function wholeOf(line: Bytes): i64 {
  const isNegative = line.at(0) == 0x2d;
  let value: i64 = 0;
  for (let i = isNegative ? 1 : 0; i < line.length; i++) value = value * 10 + (<i64>line.at(i) - 0x30);
  return isNegative ? -value : value;
}
