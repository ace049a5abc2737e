/** Reads `application/vnd.amazon.eventstream`: https://smithy.io/2.0/aws/amazon-eventstream.html */
import { Bytes, NO_BUFFER } from "../bytes/bytes";
import { ByteWriter } from "../bytes/writer";
import { crc32 } from "../crypto/crc32";
import { FrameHeaders } from "./headers";

/** How long a frame may be. AWS's own limit is 24 MiB; what a model says comes in frames of some hundred bytes. */
export const FRAME_LIMIT: u32 = 16 << 20;
/** How long the headers of a frame may be, by the specification. */
const HEADERS_LIMIT: u32 = 128 << 10;
/** Total length, length of the headers, and their checksum: four bytes each. */
const PRELUDE = 12;
const CHECKSUM = 4;

/** Why a stream can't be read any further. */
export enum FrameProblem {
  None,
  /** Longer than `FRAME_LIMIT`. */
  TooLong,
  /** The lengths don't agree with each other. */
  BadLength,
  /** The checksum of the lengths, or of the whole frame, is another. */
  BadChecksum,
  /** The headers aren't what the specification allows. */
  BadHeaders,
}

/**
 * Takes a stream in chunks that may be cut anywhere, and gives its frames.
 *
 * ```ts
 * reader.feed(chunk);
 * while (reader.next()) use(reader.headers, reader.payload);
 * ```
 *
 * The views are valid until the next call of a method. A frame that lies in one chunk is not copied; the chunk must stay unchanged until `next` says false. After a `problem` nothing more is read: where the next frame
 * would begin isn't known.
 */
@final
export class FrameReader {
  readonly headers: FrameHeaders = new FrameHeaders();
  readonly payload: Bytes = new Bytes();
  problem: FrameProblem = FrameProblem.None;

  private readonly chunk: Bytes = new Bytes();
  private at: i32 = 0;
  /** The beginning of a frame whose end hasn't come. */
  private readonly carry: ByteWriter = new ByteWriter(0);
  /** Whether the frame in `carry` has been handed out. */
  private carryIsSpent: bool = false;
  private readonly view: Bytes = new Bytes();
  private readonly part: Bytes = new Bytes();

  /** Adds bytes, after `next` has said false. */
  feed(bytes: Bytes): void {
    if (this.problem != FrameProblem.None) return;
    this.chunk.set(bytes.buffer, bytes.start, bytes.length);
    this.at = 0;
  }

  /** The next frame. False: more bytes are needed, or there is a `problem`. */
  next(): bool {
    if (this.carryIsSpent) this.carry.clear();
    this.carryIsSpent = false;
    if (this.problem != FrameProblem.None) return false;
    if (this.carry.length > 0) return this.nextCarried();
    const left = this.chunk.length - this.at;
    this.view.set(this.chunk.buffer, this.chunk.start + this.at, left);
    const length = left < PRELUDE ? 0 : this.lengthOf(this.view);
    if (this.problem != FrameProblem.None) return false;
    if (length == 0 || length > left) return this.keep(left);
    this.at += length;
    this.view.length = length;
    return this.take(this.view);
  }

  /** Whether the stream, as far as it was read, stands inside a frame. */
  get hasPartial(): bool {
    return !this.carryIsSpent && this.carry.length > 0;
  }

  private nextCarried(): bool {
    if (this.carry.length < PRELUDE && !this.keep(min(PRELUDE - this.carry.length, this.chunk.length - this.at), true)) return false;
    const length = this.lengthOf(this.carry.pointAt(this.view));
    if (this.problem != FrameProblem.None) return false;
    const missing = length - this.carry.length;
    const left = this.chunk.length - this.at;
    if (missing > left) return this.keep(left);
    this.keep(missing);
    this.carryIsSpent = true;
    return this.take(this.carry.pointAt(this.view));
  }

  /** Copies the next `count` bytes of the chunk; whether the prelude is whole, where it is asked for. Once the chunk is read it is let go. */
  private keep(count: i32, prelude: bool = false): bool {
    this.carry.range(this.chunk.buffer, this.chunk.start + this.at, count);
    this.at += count;
    if (this.at >= this.chunk.length) {
      this.chunk.set(NO_BUFFER, 0, 0);
      this.at = 0;
    }
    return prelude && this.carry.length >= PRELUDE;
  }

  /** The length of the frame that begins here, once its prelude is there and agrees with itself; else a problem. */
  private lengthOf(frame: Bytes): i32 {
    const total = unsignedAt(frame, 0);
    const headers = unsignedAt(frame, 4);
    if (crc32(this.part.set(frame.buffer, frame.start, 8)) != unsignedAt(frame, 8)) return this.fail(FrameProblem.BadChecksum);
    if (total > FRAME_LIMIT) return this.fail(FrameProblem.TooLong);
    if (headers > HEADERS_LIMIT || total < headers + <u32>(PRELUDE + CHECKSUM)) return this.fail(FrameProblem.BadLength);
    return <i32>total;
  }

  private take(frame: Bytes): bool {
    const end = frame.length - CHECKSUM;
    if (crc32(this.part.set(frame.buffer, frame.start, end)) != unsignedAt(frame, end)) {
      this.fail(FrameProblem.BadChecksum);
      return false;
    }
    const headers = <i32>unsignedAt(frame, 4);
    if (!this.headers.read(this.part.set(frame.buffer, frame.start + PRELUDE, headers))) {
      this.fail(FrameProblem.BadHeaders);
      return false;
    }
    const start = PRELUDE + headers;
    this.payload.set(frame.buffer, frame.start + start, end - start);
    return true;
  }

  private fail(problem: FrameProblem): i32 {
    this.problem = problem;
    this.chunk.set(NO_BUFFER, 0, 0);
    this.at = 0;
    return 0;
  }
}

/** The four bytes at `at`, the highest first. */
export function unsignedAt(bytes: Bytes, at: i32): u32 {
  return ((<u32>bytes.at(at)) << 24) | ((<u32>bytes.at(at + 1)) << 16) | ((<u32>bytes.at(at + 2)) << 8) | (<u32>bytes.at(at + 3));
}
