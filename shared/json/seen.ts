/** Which of an object's known keys have come: two readers may pick different ones of two equal keys, so policy refuses them. */
@final
export class Seen {
  private keys: u64 = 0;
  /** Whether any key came twice. */
  hasDuplicate: bool = false;

  clear(): void {
    this.keys = 0;
    this.hasDuplicate = false;
  }

  /** Notes that key number `key` (0–63, the caller's own numbering) has come. True the first time. */
  first(key: i32): bool {
    const bit = (<u64>1) << (key & 63);
    const isFirst = (this.keys & bit) == 0;
    if (!isFirst) this.hasDuplicate = true;
    this.keys |= bit;
    return isFirst;
  }

  /** Whether key number `key` has come. */
  has(key: i32): bool {
    return (this.keys & ((<u64>1) << (key & 63))) != 0;
  }
}
