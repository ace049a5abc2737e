/** Whether JSON that comes in pieces, as content of a string, is whole. */
import { Bytes } from "../bytes/bytes";

const BACKSLASH: u8 = 0x5c;
const QUOTE: u8 = 0x22;

/** Follows an object or an array through its pieces, by its brackets outside of strings. It isn't validated. */
@final
export class Completeness {
  private depth: i32 = 0;
  private begun: bool = false;
  private isInString: bool = false;
  /** Inside of a string, behind a backslash of the JSON text. */
  private isEscaped: bool = false;
  /** Behind a backslash of the string around the JSON text. */
  private isOuterEscape: bool = false;
  /** Hexadecimal digits of an outer `\u` that are still to come. */
  private digits: i32 = 0;

  clear(): void {
    this.depth = this.digits = 0;
    this.begun = this.isInString = this.isEscaped = this.isOuterEscape = false;
  }

  /** Whether something began and has ended. */
  get isComplete(): bool {
    return this.begun && this.depth <= 0;
  }

  add(content: Bytes): void {
    for (let i = 0; i < content.length; i++) {
      const byte = content.at(i);
      if (this.digits > 0) this.digits--;
      else if (this.isOuterEscape) {
        this.isOuterEscape = false;
        // Of the escapes only these two stand for what JSON is made of; line feeds and tabs are white space, and `\u` stands for text.
        if (byte == BACKSLASH || byte == QUOTE) this.take(byte);
        else {
          if (byte == 0x75) this.digits = 4;
          this.isEscaped = false;
        }
      } else if (byte == BACKSLASH) this.isOuterEscape = true;
      else this.take(byte);
    }
  }

  /** A character of the JSON text. */
  private take(byte: u8): void {
    if (this.isInString) {
      if (this.isEscaped) this.isEscaped = false;
      else if (byte == BACKSLASH) this.isEscaped = true;
      else if (byte == QUOTE) this.isInString = false;
    } else if (byte == QUOTE) this.isInString = true;
    else if (byte == 0x7b || byte == 0x5b) {
      this.depth++;
      this.begun = true;
    } else if (byte == 0x7d || byte == 0x5d) this.depth--;
  }
}
