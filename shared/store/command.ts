import { Bytes } from "../bytes/bytes";
import { ByteWriter } from "../bytes/writer";

/** One command to Redis, word by word: RESP's array of bulk strings (https://redis.io/docs/latest/develop/reference/protocol-spec/#sending-commands-to-a-redis-server), so that any bytes may be in a word. Reused after `begin`. */
@final
export class Command {
  private readonly words: ByteWriter = new ByteWriter(256);
  private count: i32 = 0;

  /** Begins another command; `name` is ASCII. */
  begin(name: string): this {
    this.words.clear();
    this.count = 0;
    return this.ascii(name);
  }

  bytes(word: Bytes): this {
    this.head(word.length);
    this.words.bytes(word);
    return this.close();
  }

  ascii(word: string): this {
    this.head(word.length);
    this.words.ascii(word);
    return this.close();
  }

  /** A whole number, in decimal. */
  number(value: u64): this {
    let digits = 1;
    for (let rest = value / 10; rest != 0; rest /= 10) digits++;
    this.head(digits);
    this.words.unsigned(value);
    return this.close();
  }

  /** How many bytes `write` adds, about. */
  get length(): i32 {
    return this.words.length + 16;
  }

  /** Appends the command to a pipeline. */
  write(out: ByteWriter): void {
    out.byte(0x2a);
    out.unsigned(this.count);
    out.byte(0x0d);
    out.byte(0x0a);
    out.range(this.words.buffer, 0, this.words.length);
  }

  private head(length: i32): void {
    this.words.byte(0x24);
    this.words.unsigned(length);
    this.close();
    this.count++;
  }

  private close(): this {
    this.words.byte(0x0d);
    this.words.byte(0x0a);
    return this;
  }
}
