/** Regular expressions in linear time: all ways through a pattern are followed at once, byte by byte (https://swtch.com/~rsc/regexp/regexp2.html), so that no text makes one slow. */
import { Bytes } from "../bytes/bytes";
import { codePointAt, codePointLength } from "./code-points";
import { Compiler } from "./compile";
import { Op, Program } from "./program";

/** Ways through a pattern, the best one first, each with the positions of its groups. */
@final
class Threads {
  count: i32 = 0;
  readonly places: StaticArray<i32>;
  readonly slots: StaticArray<i32>;

  constructor(size: i32, slots: i32) {
    this.places = new StaticArray<i32>(size);
    this.slots = new StaticArray<i32>(size * slots);
  }
}

@final
export class Regex {
  /** What is wrong with the pattern; "": nothing. */
  readonly problem: string;
  /** Where the groups of the last match begin and end, in pairs, the whole first; -1: not part of it. */
  readonly groups: StaticArray<i32>;
  private readonly program: Program;
  private now: Threads;
  private next: Threads;
  /** At which step an instruction was reached last. */
  private reached: StaticArray<i32>;
  private step: i32 = 0;
  private readonly held: StaticArray<i32>;
  private text: Bytes = new Bytes();

  constructor(pattern: Bytes) {
    const compiler = new Compiler(pattern);
    const program = compiler.program;
    this.program = program;
    this.problem = compiler.problem;
    const slots = program.groups * 2;
    this.groups = new StaticArray<i32>(slots);
    this.held = new StaticArray<i32>(slots);
    this.now = new Threads(program.length, slots);
    this.next = new Threads(program.length, slots);
    this.reached = new StaticArray<i32>(program.length);
  }

  /** Finds the first match at or after `from` (UTF-8); with several there, the one that the pattern prefers. */
  search(text: Bytes, from: i32 = 0): bool {
    if (this.problem.length > 0) return false;
    this.text.set(text.buffer, text.start, text.length);
    this.now.count = 0;
    let isFound = false;
    for (let at = from; ; at += codePointLength(text, at)) {
      this.step++;
      // The threads of the last step are followed first: they began earlier.
      const due = this.next;
      due.count = 0;
      if (at > from) this.advance(at);
      if (!isFound) {
        this.held.fill(-1);
        this.follow(0, at);
      }
      if (this.cutAtMatch(due)) isFound = true;
      this.next = this.now;
      this.now = due;
      if (at >= text.length || (due.count == 0 && isFound)) break;
    }
    return isFound;
  }

  /** Follows the threads whose code point is the one that ends at `at`. */
  private advance(at: i32): void {
    const program = this.program;
    const now = this.now;
    let start = at - 1;
    while (start > 0 && (this.text.at(start) & 0xc0) == 0x80) start--;
    const point = codePointAt(this.text, start);
    for (let i = 0; i < now.count; i++) {
      const place = now.places[i];
      if (!takes(program, place, point)) continue;
      const slots = this.held.length;
      for (let slot = 0; slot < slots; slot++) this.held[slot] = now.slots[i * slots + slot];
      this.follow(place + 1, at);
    }
  }

  /** Adds the threads that an instruction leads to without a further code point. */
  private follow(place: i32, at: i32): void {
    if (this.reached[place] == this.step) return;
    this.reached[place] = this.step;
    const program = this.program;
    const x = program.xs[place];
    const held = this.held;
    switch (program.ops[place]) {
      case Op.Jump:
        return this.follow(place + x, at);
      case Op.Split:
        this.follow(place + x, at);
        return this.follow(place + program.ys[place], at);
      case Op.Begin:
        if (at == 0) this.follow(place + 1, at);
        return;
      case Op.End:
        if (at == this.text.length) this.follow(place + 1, at);
        return;
      case Op.Save: {
        const before = held[x];
        held[x] = at;
        this.follow(place + 1, at);
        held[x] = before;
        return;
      }
      case Op.Clear: {
        const before = new StaticArray<i32>(held.length);
        for (let i = 0; i < held.length; i++) before[i] = held[i];
        held.fill(-1, x, program.ys[place]);
        this.follow(place + 1, at);
        for (let i = 0; i < held.length; i++) held[i] = before[i];
        return;
      }
      default: {
        const next = this.next;
        const index = next.count++;
        next.places[index] = place;
        for (let i = 0; i < held.length; i++) next.slots[index * held.length + i] = held[i];
      }
    }
  }

  /** A match ends all threads behind it: they are worse. */
  private cutAtMatch(threads: Threads): bool {
    const slots = this.groups.length;
    for (let i = 0; i < threads.count; i++) {
      if (this.program.ops[threads.places[i]] != Op.Match) continue;
      for (let slot = 0; slot < slots; slot++) this.groups[slot] = threads.slots[i * slots + slot];
      threads.count = i;
      return true;
    }
    return false;
  }
}

function takes(program: Program, place: i32, point: u32): bool {
  const x = program.xs[place];
  switch (program.ops[place]) {
    case Op.Char:
      return point == <u32>x;
    case Op.Any:
      return point != 0x0a && point != 0x0d && point != 0x2028 && point != 0x2029;
    case Op.Set:
      return program.sets[x].has(point);
    default:
      return false;
  }
}
