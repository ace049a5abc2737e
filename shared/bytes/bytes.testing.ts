/** What bytes.test.ts calls. */
import { OUTPUT, input } from "../../test/assembly/io";
import { writeBase64, writeBase64Url } from "./base64";
import { Bytes } from "./bytes";
import { copyBytes, equalBytes } from "./copy";
import { percentDecoded, writePercentEncoded } from "./percent";
import { ABSENT, Source, span, spanLength, spanStart } from "./span";
import { ByteWriter } from "./writer";
export * from "../../test/assembly/io";

const WRITER = new ByteWriter(0);

/** The first input without its first and last byte: a view that has neighbours. */
function inner(): Bytes {
  return input().slice(1, input().length - 1);
}

export function at(index: i32): u8 {
  return inner().at(index);
}

/** The part, and whether it lies inside the view, also where it is empty. */
export function slice(from: i32, to: i32): bool {
  const view = inner();
  const part = view.slice(from, to);
  OUTPUT.bytes(part);
  return part.start >= view.start && part.start + part.length <= view.start + view.length;
}

/** A view set by hand, over the whole of the first input. */
export function setTo(start: i32, length: i32): void {
  const view = new Bytes().set(input().buffer, start, length);
  OUTPUT.bytes(view);
}

export function copyOf(): bool {
  const copy = inner().copy();
  OUTPUT.bytes(copy);
  return copy.buffer != input().buffer && copy.start == 0;
}

export function indexOf(byte: i32, from: i32): i32 {
  return inner().indexOf(<u8>byte, from);
}

export function equals(): bool {
  return inner().equals(input(1));
}

export function compare(): i32 {
  return inner().compare(input(1));
}

export function startsWithBytes(): bool {
  return inner().startsWithBytes(input(1));
}

export function endsWithBytes(): bool {
  return inner().endsWithBytes(input(1));
}

/** The questions about ASCII text, as bits: is, isIgnoringCase, startsWith, endsWith, contains. */
export function ascii(): i32 {
  const text = input(1).toString();
  const view = inner();
  return (
    (view.is(text) ? 1 : 0) |
    (view.isIgnoringCase(text.toLowerCase()) ? 2 : 0) |
    (view.startsWith(text) ? 4 : 0) |
    (view.endsWith(text) ? 8 : 0) |
    (view.contains(text) ? 16 : 0)
  );
}

export function hash(): u64 {
  return inner().hash();
}

export function toLowerCase(): void {
  OUTPUT.bytes(inner().toLowerCase());
}

/** Decoded to a string and encoded again. */
export function throughString(): void {
  OUTPUT.bytes(Bytes.of(inner().toString()));
}

export function halfAPair(): void {
  OUTPUT.bytes(Bytes.of(String.fromCharCode(0xd800) + "!"));
}

/**
 * Writes the second input in pieces, as the bytes of the first say; after each piece the writer must hold what was written so far. 0, or the number of the piece after which it
 * doesn't.
 */
export function writePieces(): i32 {
  const plan = input();
  const text = input(1);
  const decoded = text.toString();
  const writer = new ByteWriter(0);
  let from = 0;
  for (let i = 0; i < plan.length; i++) {
    const length = min((<i32>plan.at(i)) >> 2, text.length - from);
    switch (plan.at(i) & 3) {
      case 0:
        writer.bytes(text.slice(from, from + length));
        break;
      case 1:
        writer.range(text.buffer, text.start + from, length);
        break;
      case 2:
        writer.ascii(decoded.substring(from, from + length));
        break;
      default:
        for (let j = 0; j < length; j++) writer.byte(text.at(from + j));
        break;
    }
    from += length;
    if (!writer.view().equals(text.slice(0, from))) return i + 1;
  }
  return 0;
}

/** Writes words of four and eight bytes; whether they are read again where they are, and are 0 where they aren't. */
export function words(low: u32, high: u64): bool {
  OUTPUT.word32(low);
  OUTPUT.word64(high);
  const view = OUTPUT.view();
  return (
    view.word32(0) == low &&
    view.word64(4) == high &&
    view.word32(9) == 0 &&
    view.word64(5) == 0 &&
    view.word32(-1) == 0 &&
    view.word64(-1) == 0
  );
}

export function unsigned(value: u64): void {
  OUTPUT.unsigned(value);
}

export function signed(value: i64): void {
  OUTPUT.signed(value);
}

export function codePoint(value: u32): void {
  OUTPUT.codePoint(value);
}

/** A range that is cut to what the buffer has. */
export function range(start: i32, length: i32): void {
  OUTPUT.range(input().buffer, start, length);
}

/** A writer that writes what it holds behind itself, and grows meanwhile. */
export function doubled(times: i32): void {
  WRITER.clear();
  WRITER.bytes(input());
  for (let i = 0; i < times; i++) WRITER.bytes(WRITER.view());
  OUTPUT.bytes(WRITER.view());
}

/** How large a buffer a writer keeps after it held `length` bytes and was cleared. */
export function keptAfter(length: i32): i32 {
  WRITER.clear();
  for (let i = 0; i < length; i++) WRITER.byte(0x78);
  WRITER.clear();
  return WRITER.buffer.length;
}

/** Cut back to `length`, then written on. */
export function cutTo(length: i32): void {
  WRITER.clear();
  WRITER.bytes(input());
  WRITER.cutTo(length);
  WRITER.ascii("|");
  OUTPUT.bytes(WRITER.view());
  OUTPUT.bytes(WRITER.copySince(1));
}

/** Spans into a body and an arena: each bit says that something holds. */
export function spans(): i32 {
  const source = new Source();
  source.reset(inner());
  const start = inner().start;
  const inBody = span(start, 3);
  const kept = source.keep(input());
  const literal = source.keepAscii("literal");
  const before = source.arena.length;
  source.arena.ascii("since");
  const since = source.since(before);
  const empty = source.keepAscii("");
  source.write(inBody, OUTPUT);
  source.write(literal, OUTPUT);
  source.write(since, OUTPUT);
  source.write(ABSENT, OUTPUT);
  source.write(span(1_000_000, 5), OUTPUT);
  let holds = 0;
  if (spanStart(inBody) == start && spanLength(inBody) == 3) holds |= 1;
  if (source.bytes(kept).equals(input())) holds |= 2;
  if (source.is(literal, "literal") && !source.is(literal, "litera") && !source.is(literal, "literaL")) holds |= 4;
  if (empty != ABSENT && source.bytes(empty).isEmpty) holds |= 8;
  if (source.bytes(ABSENT).isEmpty && source.bytes(span(1_000_000, 5)).isEmpty) holds |= 16;
  if (source.bytes(span(input().length - 1, 5)).length == 1) holds |= 32;
  if (spanStart(literal) == input().length && spanLength(literal) == 7) holds |= 64;
  return holds;
}

/** Copies the input behind a mark into a buffer with marks around, and says whether exactly the place between them changed, and whether `equalBytes` sees it. */
export function copiesExactly(): bool {
  const from = inner();
  const room = new StaticArray<u8>(from.length + 2).fill(0xa5);
  const to = changetype<usize>(room) + 1;
  copyBytes(to, from.pointer, from.length);
  for (let i = 0; i < from.length; i++) if (load<u8>(to + <usize>i) != from.at(i)) return false;
  return room[0] == 0xa5 && room[from.length + 1] == 0xa5 && equalBytes(to, from.pointer, from.length);
}

/** Whether `equalBytes` sees that one byte differs. */
export function seesDifference(at: i32): bool {
  const one = inner().copy();
  const other = one.copy();
  store<u8>(other.pointer + <usize>at, ~other.at(at));
  return !equalBytes(one.pointer, other.pointer, one.length) && !one.equals(other);
}

export function base64(): void {
  writeBase64(inner(), OUTPUT);
}

export function base64Url(): void {
  writeBase64Url(inner(), OUTPUT);
}

export function percentEncode(): void {
  writePercentEncoded(inner(), OUTPUT);
}

export function percentDecode(): void {
  OUTPUT.bytes(percentDecoded(inner()));
}
