import { Bytes } from "../bytes/bytes";

const FREE: i32 = -1;

/**
 * Numbers its keys in the order in which they were added, and finds a key's number in constant time. For tables that configuration builds and requests
 * read; keys are kept, not copied, and never removed.
 */
@final
export class ByteTable {
  readonly keys: Bytes[] = [];
  private slots: StaticArray<i32> = new StaticArray<i32>(8).fill(FREE);

  get length(): i32 {
    return this.keys.length;
  }

  /** The key's number; a key that is not there yet is added, and its number is the former `length`. */
  add(key: Bytes): i32 {
    const slot = this.slotOf(key);
    const number = this.slots[slot];
    if (number != FREE) return number;
    const added = this.keys.length;
    this.keys.push(key);
    this.slots[slot] = added;
    if (this.keys.length * 2 > this.slots.length) this.grow();
    return added;
  }

  /** The key's number; -1 if it is not there. */
  find(key: Bytes): i32 {
    return this.slots[this.slotOf(key)];
  }

  private slotOf(key: Bytes): i32 {
    const slots = this.slots;
    const mask = slots.length - 1;
    const hash = key.hash();
    let slot = (<i32>(hash ^ (hash >> 32))) & mask;
    // At most half of the slots are taken, so there is always a free one to end at.
    while (slots[slot] != FREE && !this.keys[slots[slot]].equals(key)) slot = (slot + 1) & mask;
    return slot;
  }

  private grow(): void {
    this.slots = new StaticArray<i32>(this.slots.length * 2).fill(FREE);
    for (let number = 0; number < this.keys.length; number++) this.slots[this.slotOf(this.keys[number])] = number;
  }
}
