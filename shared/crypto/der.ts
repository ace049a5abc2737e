import { Bytes, EMPTY } from "../bytes/bytes";

/** The tags of what private keys are made of. */
export namespace DerTag {
  export const INTEGER: u8 = 0x02;
  export const OCTET_STRING: u8 = 0x04;
  export const NULL: u8 = 0x05;
  export const OBJECT_ID: u8 = 0x06;
  export const SEQUENCE: u8 = 0x30;
}

/** Reads values in DER (X.690, https://www.itu.int/rec/T-REC-X.690), one after the other. After the first that is malformed or of another kind `failed` is true, and every further value is empty. */
@final
export class DerReader {
  failed: bool = false;
  private at: i32 = 0;

  constructor(private bytes: Bytes) {}

  /** Whether there is nothing more. */
  get atEnd(): bool {
    return this.at >= this.bytes.length;
  }

  /** The content of the next value, which must have this tag. */
  read(tag: u8): Bytes {
    const bytes = this.bytes;
    if (this.failed || bytes.length - this.at < 2 || bytes.at(this.at) != tag) return this.fail();
    let at = this.at + 1;
    let length = <i32>bytes.at(at++);
    if (length >= 0x80) {
      const count = length & 0x7f;
      // No key has gibibytes, and a length of unknown extent is not DER.
      if (count == 0 || count > 3) return this.fail();
      length = 0;
      for (let i = 0; i < count; i++) length = (length << 8) | (<i32>bytes.at(at++));
    }
    if (at > bytes.length || length > bytes.length - at) return this.fail();
    this.at = at + length;
    return bytes.slice(at, at + length);
  }

  /** The next value, a sequence, to be read in its turn. */
  enter(): DerReader {
    const inner = new DerReader(this.read(DerTag.SEQUENCE));
    inner.failed = this.failed;
    return inner;
  }

  /** The next value, an integer that isn't negative: big-endian, without zeros in front (0 itself: empty). */
  unsigned(): Bytes {
    const content = this.read(DerTag.INTEGER);
    if (content.isEmpty || content.at(0) >= 0x80) return this.fail();
    let zeros = 0;
    while (zeros < content.length && content.at(zeros) == 0) zeros++;
    return content.slice(zeros);
  }

  private fail(): Bytes {
    this.failed = true;
    return EMPTY;
  }
}
