/** Cuts a stream of JSON objects: what Gemini answers to `streamGenerateContent` where a proxy on the way has dropped `alt=sse`. */
import { Bytes } from "../../bytes/bytes";
import { ByteWriter } from "../../bytes/writer";

/** Longer objects are no answer. */
const OBJECT_LIMIT = 16 << 20;

/** Where the cutter stands between objects. */
enum Place {
  /** Nothing has come. */
  Before,
  /** Inside the list, or between objects that stand one after the other. */
  Between,
  Inside,
  /** The list is closed. */
  Closed,
}

/**
 * Finds the objects in `[{…},{…}]` and in `{…}{…}`, fed with bytes cut anywhere. It only counts braces outside strings; whether an object is valid JSON is for its reader to say.
 */
@final
export class JsonStream {
  /** The object that `next` found: valid until the next call. */
  readonly object: Bytes = new Bytes();
  /** Something stands between the objects that doesn't belong there, or an object is too long. */
  failed: bool = false;
  private readonly bytes: Bytes = new Bytes();
  private at: i32 = 0;
  private place: Place = Place.Before;
  private isList: bool = false;
  private depth: i32 = 0;
  private inString: bool = false;
  private escaped: bool = false;
  private readonly pieces: ByteWriter = new ByteWriter(0);

  /** The next bytes: call `next` until it says false, before they change. */
  feed(bytes: Bytes): void {
    this.bytes.set(bytes.buffer, bytes.start, bytes.length);
    this.at = 0;
  }

  /** The next object. False: more bytes are needed, or it has failed. */
  next(): bool {
    const bytes = this.bytes;
    if (this.place != Place.Inside) this.pieces.clear();
    let from = this.at;
    while (this.at < bytes.length && !this.failed) {
      const at = this.at++;
      if (this.place != Place.Inside) {
        from = at;
        this.step(bytes.at(at));
      } else if (this.passes(bytes.at(at))) {
        this.place = Place.Between;
        this.keep(from);
        this.pieces.pointAt(this.object);
        return !this.failed;
      }
    }
    if (this.place == Place.Inside) this.keep(from);
    this.bytes.length = 0;
    return false;
  }

  /** Whether the stream may end here: no object is open, and a list is closed. */
  get isComplete(): bool {
    return this.isList ? this.place == Place.Closed : this.place == Place.Between;
  }

  private keep(from: i32): void {
    if (this.at - from > OBJECT_LIMIT - this.pieces.length) this.failed = true;
    else this.pieces.range(this.bytes.buffer, this.bytes.start + from, this.at - from);
  }

  /** A byte between objects. */
  private step(byte: u8): void {
    if (byte == 0x20 || byte == 0x0a || byte == 0x0d || byte == 0x09) return;
    if (byte == 0x7b && this.place != Place.Closed) {
      this.place = Place.Inside;
      this.depth = 1;
    } else if (byte == 0x5b && this.place == Place.Before) {
      this.place = Place.Between;
      this.isList = true;
    } else if (byte == 0x5d && this.isList && this.place == Place.Between) this.place = Place.Closed;
    else if (byte != 0x2c || !this.isList || this.place == Place.Closed) this.failed = true;
  }

  /** A byte of an object. True: it is the last one. */
  private passes(byte: u8): bool {
    if (this.escaped) this.escaped = false;
    else if (this.inString) {
      if (byte == 0x5c) this.escaped = true;
      else if (byte == 0x22) this.inString = false;
    } else if (byte == 0x22) this.inString = true;
    else if (byte == 0x7b) this.depth++;
    else if (byte == 0x7d) return --this.depth == 0;
    return false;
  }
}
