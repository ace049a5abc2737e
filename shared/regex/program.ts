/** What a pattern is compiled to. */

export enum Op {
  /** One code point: `x`. */
  Char,
  /** Any code point but the ends of lines. */
  Any,
  /** One of `Program.sets[x]`. */
  Set,
  /** Goes on at `x` and, with less weight, at `y`: relative. */
  Split,
  /** Goes on at `x`: relative. */
  Jump,
  /** Notes the position in slot `x`. */
  Save,
  /** Forgets the slots from `x` up to `y`. */
  Clear,
  Begin,
  End,
  Match,
}

/** Ranges of code points: first and last, in pairs. */
@final
export class CharacterSet {
  ranges: Array<u32> = [];
  isNegated: bool = false;

  add(first: u32, last: u32): void {
    this.ranges.push(first);
    this.ranges.push(last);
  }

  /** `\d`, `\w` and `\s` (ASCII); false: none of them. */
  addShorthand(letter: u8): bool {
    if (letter == 0x64 || letter == 0x77) this.add(0x30, 0x39);
    if (letter == 0x77) {
      this.add(0x41, 0x5a);
      this.add(0x5f, 0x5f);
      this.add(0x61, 0x7a);
    }
    if (letter == 0x73) {
      this.add(0x09, 0x0d);
      this.add(0x20, 0x20);
    }
    return letter == 0x64 || letter == 0x77 || letter == 0x73;
  }

  has(point: u32): bool {
    const ranges = this.ranges;
    for (let i = 0; i + 1 < ranges.length; i += 2) if (point >= ranges[i] && point <= ranges[i + 1]) return !this.isNegated;
    return this.isNegated;
  }
}

@final
export class Program {
  ops: Array<Op> = [];
  xs: Array<i32> = [];
  ys: Array<i32> = [];
  sets: Array<CharacterSet> = [];
  /** How many groups it has, the whole match included. */
  groups: i32 = 1;

  get length(): i32 {
    return this.ops.length;
  }

  emit(op: Op, x: i32 = 0, y: i32 = 0): void {
    this.ops.push(op);
    this.xs.push(x);
    this.ys.push(y);
  }

  /** Puts an instruction in front of the fragment that begins at `at`, whose own jumps are relative and stay within. */
  insert(at: i32, op: Op, x: i32 = 0, y: i32 = 0): void {
    this.emit(op, x, y);
    for (let i = this.length - 1; i > at; i--) {
      this.ops[i] = this.ops[i - 1];
      this.xs[i] = this.xs[i - 1];
      this.ys[i] = this.ys[i - 1];
    }
    this.ops[at] = op;
    this.xs[at] = x;
    this.ys[at] = y;
  }
}
