/** Finds an object's `usage` or `meta` in JSON that comes in pieces and isn't kept, be it megabytes of a picture. */
import { Bytes } from "../../bytes/bytes";
import { ByteWriter } from "../../bytes/writer";

/** What is kept of a value: a longer one is no usage. */
const VALUE_LIMIT = 4096;
/** Longer keys than those that are looked for are told apart by their length. */
const KEY_LIMIT = 8;

/**
 * Follows strings and brackets, nothing else: what isn't JSON finds nothing, or something that a reader then refuses. A line end outside of a string at the top begins anew, so that each event of a stream
 * (`data: {…}`) is a text of its own; what stands in front of its first brace is passed over.
 */
@final
export class UsageFinder {
  /** The value that `read` stopped behind, with its key in front as an object: `{"usage":…}`; null: none. Valid until the next call. */
  found: Bytes | null = null;
  private readonly kept: ByteWriter = new ByteWriter(0);
  private readonly key: ByteWriter = new ByteWriter(KEY_LIMIT * 2);
  private depth: i32 = 0;
  private inString: bool = false;
  private escaped: bool = false;
  /** The string that is read may be a key at the top. */
  private inKey: bool = false;
  private expectsKey: bool = false;
  private keeps: bool = false;

  /** Reads on from an offset, up to behind the next value that was looked for, or to the end: where it stands then. */
  read(bytes: Bytes, from: i32): i32 {
    this.found = null;
    const length = bytes.length;
    let at = from;
    while (at < length) {
      if (this.inString && !this.escaped && !this.keeps && !this.inKey) at = stringEnd(bytes, at);
      if (at >= length) break;
      const byte = bytes.at(at++);
      if (this.inString) this.inside(byte);
      else if (this.outside(byte)) return at;
    }
    return at;
  }

  private inside(byte: u8): void {
    // JSON has no such string: whatever this is, it ends here.
    if (byte == 0x0a) return this.reset();
    if (this.keeps) this.keep(byte);
    if (this.escaped) this.escaped = false;
    else if (byte == 0x5c) this.escaped = true;
    else if (byte == 0x22) this.inString = this.inKey = false;
    if (this.inKey && this.key.length <= KEY_LIMIT) this.key.byte(byte);
  }

  /** True: the value that was kept is complete. */
  private outside(byte: u8): bool {
    switch (byte) {
      case 0x22:
        this.inString = this.depth > 0;
        this.inKey = this.depth == 1 && this.expectsKey;
        if (this.inKey) this.key.clear();
        break;
      case 0x7b:
      case 0x5b:
        if (this.depth == 0 && byte == 0x5b) return false;
        if (this.depth++ == 0) this.expectsKey = true;
        break;
      case 0x7d:
      case 0x5d:
        if (this.depth > 0) this.depth--;
        if (this.depth == 0) this.keeps = false;
        if (this.keeps) this.keep(byte);
        return this.keeps && this.depth == 1 && this.close();
      case 0x3a:
        if (this.depth != 1 || !this.expectsKey) break;
        this.expectsKey = false;
        this.begin();
        return false;
      case 0x2c:
        if (this.depth == 1) {
          this.expectsKey = true;
          this.keeps = false;
        }
        break;
      case 0x0a:
        if (this.depth == 0) this.expectsKey = false;
        break;
    }
    if (this.keeps) this.keep(byte);
    return false;
  }

  private reset(): void {
    this.depth = 0;
    this.inString = this.escaped = this.inKey = this.expectsKey = this.keeps = false;
  }

  private begin(): void {
    const key = this.key.view();
    this.keeps = key.is("usage") || key.is("meta");
    if (!this.keeps) return;
    this.kept.clear();
    this.kept.ascii('{"');
    this.kept.bytes(key);
    this.kept.ascii('":');
  }

  private keep(byte: u8): void {
    if (this.kept.length < VALUE_LIMIT) this.kept.byte(byte);
    else this.keeps = false;
  }

  private close(): bool {
    this.keeps = false;
    this.kept.byte(0x7d);
    this.found = this.kept.view();
    return true;
  }
}

/** Where the next quote or backslash stands; the length, if nowhere. */
function stringEnd(bytes: Bytes, from: i32): i32 {
  let at = from;
  while (at < bytes.length) {
    const byte = bytes.at(at);
    if (byte == 0x22 || byte == 0x5c) break;
    at++;
  }
  return at;
}
