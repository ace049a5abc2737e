import { Bytes } from "../bytes/bytes";
import { ByteTable } from "../config/byte-table";

/** Greater than the number of any rule. */
export const NO_RULE = i32.MAX_VALUE;

/** For each name the first rule that lists it. */
@final
export class FirstRules {
  private names: ByteTable = new ByteTable();
  private rules: i32[] = [];

  /** Notes that a rule lists a name; rules come in their order. */
  add(name: Bytes, rule: i32): void {
    if (this.names.add(name) == this.rules.length) this.rules.push(rule);
  }

  /** The number of the first rule that lists the name; `NO_RULE` if none does. */
  find(name: Bytes): i32 {
    const number = this.names.find(name);
    return number < 0 ? NO_RULE : this.rules[number];
  }
}
