/** Writes JSON by appending; commas come by themselves. */
import { Bytes } from "../bytes/bytes";
import { copyBytes } from "../bytes/copy";
import { Source, Span } from "../bytes/span";
import { ByteWriter } from "../bytes/writer";
import { escape, unescape } from "./unescape";

/**
 * A `ByteWriter` that knows whether a comma is due. Nothing is checked: whoever begins an object ends it. What `ByteWriter`'s own methods write (`ascii("data: ")`) stands
 * outside the JSON; `startValue` says that a new JSON text begins there.
 */
export class JsonWriter extends ByteWriter {
  /** Whether the next key or value follows another. After `cutTo`, set it to what it was where the cut is. */
  commaDue: bool = false;
  private inString: bool = false;

  override clear(): void {
    super.clear();
    this.startValue();
  }

  /** The next value begins a JSON text of its own. */
  startValue(): void {
    this.commaDue = false;
    this.inString = false;
  }

  beginObject(): void {
    this.separate();
    this.byte(0x7b);
    this.commaDue = false;
  }

  endObject(): void {
    this.byte(0x7d);
    this.commaDue = true;
  }

  beginArray(): void {
    this.separate();
    this.byte(0x5b);
    this.commaDue = false;
  }

  endArray(): void {
    this.byte(0x5d);
    this.commaDue = true;
  }

  /** A member's key: ASCII that needs no escapes. */
  key(ascii: string): void {
    this.separate();
    this.byte(0x22);
    this.ascii(ascii);
    this.byte(0x22);
    this.byte(0x3a);
    this.commaDue = false;
  }

  /** A member's key whose content is escaped already, as `keySpan` gives it. */
  keyEscaped(content: Bytes): void {
    this.separate();
    this.quoted(content);
    this.byte(0x3a);
    this.commaDue = false;
  }

  /** A member's key in UTF-8. */
  keyText(utf8: Bytes): void {
    this.separate();
    this.byte(0x22);
    escape(utf8, this);
    this.byte(0x22);
    this.byte(0x3a);
    this.commaDue = false;
  }

  /** A string whose content is escaped already. */
  escaped(content: Bytes): void {
    this.separate();
    this.quoted(content);
    this.commaDue = true;
  }

  /** As `escaped`, for a span. */
  escapedFrom(source: Source, content: Span): void {
    this.beginString();
    source.write(content, this);
    this.endString();
  }

  /** A string, given as UTF-8; ill-formed bytes become U+FFFD. */
  text(utf8: Bytes): void {
    this.beginString();
    escape(utf8, this);
    this.endString();
  }

  /** A string, given as a literal in ASCII that needs no escapes. */
  asciiText(literal: string): void {
    this.beginString();
    this.ascii(literal);
    this.endString();
  }

  /** A string in parts: until `endString`, write its content with `moreEscaped`, `moreText`, `ascii` and `unsigned`. */
  beginString(): void {
    this.separate();
    this.byte(0x22);
    this.commaDue = false;
    this.inString = true;
  }

  /** A part of a string, escaped already. */
  moreEscaped(content: Bytes): void {
    this.bytes(content);
  }

  /** A part of a string, in UTF-8. */
  moreText(utf8: Bytes): void {
    escape(utf8, this);
  }

  endString(): void {
    this.byte(0x22);
    this.inString = false;
    this.commaDue = true;
  }

  /** A whole JSON value, as it is. */
  raw(json: Bytes): void {
    this.separate();
    this.bytes(json);
    this.commaDue = true;
  }

  /** As `raw`, for a span. */
  rawFrom(source: Source, json: Span): void {
    this.separate();
    source.write(json, this);
    this.commaDue = true;
  }

  /** A string that contains a JSON text (OpenAI's tool arguments), from that text. */
  embed(json: Bytes): void {
    this.text(json);
  }

  /** The inverse of `embed`: a JSON value, from the escaped content of a string that contains it. Whoever calls has seen that it is JSON. */
  unescaped(content: Bytes): void {
    this.separate();
    unescape(content, this);
    this.commaDue = true;
  }

  override unsigned(value: u64): void {
    this.separate();
    super.unsigned(value);
    this.commaDue = !this.inString;
  }

  override signed(value: i64): void {
    this.separate();
    this.commaDue = false;
    super.signed(value);
    this.commaDue = !this.inString;
  }

  boolean(value: bool): void {
    this.separate();
    this.ascii(value ? "true" : "false");
    this.commaDue = true;
  }

  /** null */
  nothing(): void {
    this.separate();
    this.ascii("null");
    this.commaDue = true;
  }

  // @ts-ignore: decorator
  @inline
  private separate(): void {
    if (this.commaDue) this.byte(0x2c);
  }

  // @ts-ignore: decorator
  @inline
  private quoted(content: Bytes): void {
    const length = content.length;
    const to = this.reserve(length + 2);
    store<u8>(to, 0x22);
    copyBytes(to + 1, content.pointer, length);
    store<u8>(to + 1 + <usize>length, 0x22);
    this.length += length + 2;
  }
}
