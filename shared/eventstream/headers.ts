/** The headers of a frame: a name, a type of value, a value. https://smithy.io/2.0/aws/amazon-eventstream.html#headers */
import { Bytes } from "../bytes/bytes";

/** Types of values, by their number in the frame. */
enum ValueType {
  True,
  False,
  Byte,
  Short,
  Integer,
  Long,
  ByteArray,
  String,
  Timestamp,
  Uuid,
}

/** How long a value of this type is; -1: two bytes in front of it say so; -2: there is no such type. */
function sizeOf(type: i32): i32 {
  switch (type) {
    case ValueType.True:
    case ValueType.False:
      return 0;
    case ValueType.Byte:
      return 1;
    case ValueType.Short:
      return 2;
    case ValueType.Integer:
      return 4;
    case ValueType.Long:
    case ValueType.Timestamp:
      return 8;
    case ValueType.Uuid:
      return 16;
    case ValueType.ByteArray:
    case ValueType.String:
      return -1;
    default:
      return -2;
  }
}

/** The headers of one frame, found by name in their bytes: there are three or four of them. */
@final
export class FrameHeaders {
  private readonly bytes: Bytes = new Bytes();
  private readonly value: Bytes = new Bytes();
  // Of the header that `step` has read.
  private nameAt: i32 = 0;
  private nameLength: i32 = 0;
  private type: i32 = 0;
  private valueAt: i32 = 0;
  private valueLength: i32 = 0;

  /** Looks at these headers from now on. False: they aren't well-formed, and there are none. */
  read(bytes: Bytes): bool {
    this.bytes.set(bytes.buffer, bytes.start, bytes.length);
    let at = 0;
    while (at < this.bytes.length) {
      at = this.step(at);
      if (at >= 0) continue;
      this.bytes.length = 0;
      return false;
    }
    return true;
  }

  /** The value of a header that is a string, valid until the next call; empty where there is none, or one of another type. */
  text(name: string): Bytes {
    for (let at = 0; at < this.bytes.length;) {
      at = this.step(at);
      if (at < 0) break;
      this.value.set(this.bytes.buffer, this.bytes.start + this.nameAt, this.nameLength);
      if (this.type == ValueType.String && this.value.is(name))
        return this.value.set(this.bytes.buffer, this.bytes.start + this.valueAt, this.valueLength);
    }
    return this.value.set(this.bytes.buffer, 0, 0);
  }

  /** Reads the header at `at`: where the next one begins; -1 if it goes past the end, has no name or an unknown type. */
  private step(at: i32): i32 {
    const bytes = this.bytes;
    this.nameLength = bytes.at(at);
    this.nameAt = at + 1;
    const typeAt = this.nameAt + this.nameLength;
    if (this.nameLength == 0 || typeAt >= bytes.length) return -1;
    this.type = bytes.at(typeAt);
    let size = sizeOf(this.type);
    if (size == -2) return -1;
    this.valueAt = typeAt + 1;
    if (size == -1) {
      if (typeAt + 2 >= bytes.length) return -1;
      size = ((<i32>bytes.at(typeAt + 1)) << 8) | (<i32>bytes.at(typeAt + 2));
      this.valueAt += 2;
    }
    this.valueLength = size;
    const next = this.valueAt + size;
    return next > bytes.length ? -1 : next;
  }
}
