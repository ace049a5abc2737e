import { Bytes } from "./bytes";
import { ByteWriter } from "./writer";

/**
 * Where some bytes stand in a `Source`: the offset in the upper 32 bits (its highest bit says *arena*), the length in the lower 32. A number, so
 * that a conversation of a thousand parts costs no thousand objects. `ABSENT` is what an absent field has: no JSON value stands at offset 0
 * with length 0.
 */
export type Span = u64;

export const ABSENT: Span = 0;
const ARENA: u32 = 0x80000000;

// @ts-ignore: decorator
@inline
export function span(start: i32, length: i32): Span {
  return ((<u64>start) << 32) | (<u64>(<u32>length));
}

// @ts-ignore: decorator
@inline
export function spanLength(s: Span): i32 {
  return <i32>(<u32>s);
}

/** The offset, without the mark of the arena. */
// @ts-ignore: decorator
@inline
export function spanStart(s: Span): i32 {
  return <i32>((<u32>(s >> 32)) & ~ARENA);
}

/** The bytes that spans point into: a body as it came, and an arena for what was made later (decoded arguments, edits). */
@final
export class Source {
  body: Bytes = new Bytes();
  arena: ByteWriter = new ByteWriter(0);

  /** Starts over with another body. Spans made before are void. */
  reset(body: Bytes): void {
    this.body.set(body.buffer, body.start, body.length);
    this.arena.clear();
  }

  /** A span for bytes that are copied into the arena. */
  keep(bytes: Bytes): Span {
    const start = this.arena.length;
    this.arena.bytes(bytes);
    return this.since(start);
  }

  /** A span for ASCII text, copied into the arena. */
  keepAscii(text: string): Span {
    const start = this.arena.length;
    this.arena.ascii(text);
    return this.since(start);
  }

  /** A span for what was written to the arena since it had the length `start`. */
  since(start: i32): Span {
    return ((<u64>((<u32>start) | ARENA)) << 32) | (<u64>(<u32>(this.arena.length - start)));
  }

  /** Two spans as one: the first is copied into the arena, unless it is what was written there last. */
  join(first: Span, second: Span): Span {
    const isLast = ((<u32>(first >> 32)) & ARENA) != 0 && spanStart(first) + spanLength(first) == this.arena.length;
    const start = isLast ? spanStart(first) : this.arena.length;
    const more = ((<u32>(second >> 32)) & ARENA) != 0 ? this.bytes(second).copy() : this.bytes(second);
    if (!isLast) this.write(first, this.arena);
    this.arena.bytes(more);
    return this.since(start);
  }

  /** A new view; one into the arena is valid until the arena is written to. */
  bytes(s: Span): Bytes {
    return this.point(s, new Bytes());
  }

  /** As `bytes`, in a view that is reused. */
  point(s: Span, view: Bytes): Bytes {
    const start = <u32>(s >> 32);
    if (start & ARENA) return view.set(this.arena.buffer, <i32>(start & ~ARENA), spanLength(s));
    return view.set(this.body.buffer, <i32>start, spanLength(s));
  }

  /** Appends the bytes of a span (of this source) to `out`. */
  write(s: Span, out: ByteWriter): void {
    const start = <u32>(s >> 32);
    if (start & ARENA) out.range(this.arena.buffer, <i32>(start & ~ARENA), spanLength(s));
    else out.range(this.body.buffer, <i32>start, spanLength(s));
  }

  /** Whether the span's bytes are the given ASCII text. */
  is(s: Span, ascii: string): bool {
    return spanLength(s) == ascii.length && this.point(s, SCRATCH).is(ascii);
  }
}

const SCRATCH = new Bytes();
