import { Bytes } from "../bytes/bytes";
import { ByteTable } from "./byte-table";

/** Names and what they stand for, in the order of the configuration. */
@final
export class TextMap {
  readonly values: Bytes[] = [];
  private table: ByteTable = new ByteTable();

  get names(): Bytes[] {
    return this.table.keys;
  }

  get length(): i32 {
    return this.values.length;
  }

  /** A name that comes again keeps its place and gets the new value. */
  set(name: Bytes, value: Bytes): void {
    const number = this.table.add(name);
    if (number < this.values.length) this.values[number] = value;
    else this.values.push(value);
  }

  get(name: Bytes): Bytes | null {
    const number = this.table.find(name);
    return number < 0 ? null : this.values[number];
  }
}
