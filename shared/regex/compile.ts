/** Reads a pattern: literals, `.`, classes, groups, alternation, `*`, `+`, `?`, `^`, `$`, in the syntax that RE2 and ECMAScript share. What else there is in either is refused by its name. */
import { Bytes } from "../bytes/bytes";
import { codePointAt, codePointLength } from "./code-points";
import { CharacterSet, Op, Program } from "./program";

/** Bytes of a pattern; with the bounds of `Regex` it keeps the work for one text small. */
export const LONGEST_PATTERN = 256;
const DEEPEST = 32;

@final
export class Compiler {
  readonly program: Program = new Program();
  /** What is wrong with the pattern; "": nothing. */
  problem: string = "";
  private at: i32 = 0;
  private depth: i32 = 0;

  constructor(private readonly pattern: Bytes) {
    if (pattern.length > LONGEST_PATTERN) {
      this.problem = `a pattern of more than ${LONGEST_PATTERN} bytes`;
      this.at = pattern.length;
    }
    const program = this.program;
    program.emit(Op.Save, 0);
    this.alternation();
    if (this.problem.length == 0 && this.at < pattern.length) this.refuse("a `)` without its `(`");
    program.emit(Op.Save, 1);
    program.emit(Op.Match);
  }

  private refuse(problem: string): bool {
    if (this.problem.length == 0) this.problem = problem;
    this.at = this.pattern.length;
    return false;
  }

  private next(): u8 {
    return this.pattern.at(this.at);
  }

  private isMore(byte: u8): bool {
    return this.at < this.pattern.length && this.next() == byte;
  }

  /** Whether it can match nothing; so do the others. */
  private alternation(): bool {
    const program = this.program;
    const start = program.length;
    const first = this.sequence();
    if (!this.isMore(0x7c)) return first;
    this.at++;
    program.insert(start, Op.Split, 1, program.length - start + 2);
    const jump = program.length;
    program.emit(Op.Jump);
    const rest = this.alternation();
    program.xs[jump] = program.length - jump;
    return first || rest;
  }

  private sequence(): bool {
    let isNullable = true;
    while (this.at < this.pattern.length && this.next() != 0x7c && this.next() != 0x29) {
      const start = this.program.length;
      const groups = this.program.groups;
      const atom = this.atom();
      if (!this.repeat(start, groups, atom)) isNullable = false;
    }
    return isNullable;
  }

  /** Reads a quantifier behind an atom, if there is one. */
  private repeat(start: i32, groups: i32, isNullable: bool): bool {
    const program = this.program;
    const sign = this.at < this.pattern.length ? this.next() : <u8>0;
    if (sign == 0x7b) return this.refuse("`{`, a counted repetition: write it out, or `\\{` for the character");
    if (sign != 0x2a && sign != 0x2b && sign != 0x3f) return isNullable;
    if (isNullable) return this.refuse("a repetition of what can match nothing");
    this.at++;
    if (this.isMore(0x3f)) return this.refuse("a lazy repetition (`*?`)");
    if (this.isMore(0x2b) || this.isMore(0x2a)) return this.refuse("a repetition of a repetition");
    if (sign != 0x3f && program.groups > groups) program.insert(start, Op.Clear, groups * 2, program.groups * 2);
    const length = program.length - start;
    if (sign == 0x2b) program.emit(Op.Split, -length, 1);
    else {
      const loops = sign == 0x2a;
      program.insert(start, Op.Split, 1, length + (loops ? 2 : 1));
      if (loops) program.emit(Op.Jump, -(length + 1));
    }
    return sign != 0x2b;
  }

  private atom(): bool {
    const program = this.program;
    const byte = this.next();
    switch (byte) {
      case 0x28:
        return this.group();
      case 0x5b:
        return this.set();
      case 0x5c:
        return this.escaped();
      case 0x2a:
      case 0x2b:
      case 0x3f:
        return this.refuse("a repetition of nothing");
      case 0x7b:
        return this.refuse("`{`, a counted repetition: write it out, or `\\{` for the character");
      case 0x5d:
      case 0x7d:
        return this.refuse(`a \`${String.fromCharCode(byte)}\` that closes nothing: write \`\\${String.fromCharCode(byte)}\``);
      case 0x5e:
      case 0x24:
        this.at++;
        program.emit(byte == 0x5e ? Op.Begin : Op.End);
        return true;
      case 0x2e:
        this.at++;
        program.emit(Op.Any);
        return false;
      default:
        program.emit(Op.Char, this.point());
        return false;
    }
  }

  /** The code point here, consumed. */
  private point(): i32 {
    const point = codePointAt(this.pattern, this.at);
    this.at += codePointLength(this.pattern, this.at);
    return <i32>point;
  }

  private group(): bool {
    if (++this.depth > DEEPEST) return this.refuse("more than 32 groups within each other");
    const program = this.program;
    this.at++;
    let captures = true;
    if (this.isMore(0x3f)) {
      this.at++;
      if (!this.isMore(0x3a)) return this.refuse("`(?`, other than `(?:…)`: no lookaround, named groups or flags");
      this.at++;
      captures = false;
    }
    const slot = captures ? program.groups++ * 2 : 0;
    if (captures) program.emit(Op.Save, slot);
    const isNullable = this.alternation();
    if (captures) program.emit(Op.Save, slot + 1);
    if (!this.isMore(0x29)) return this.refuse("a `(` without its `)`");
    this.at++;
    this.depth--;
    return isNullable;
  }

  private escaped(): bool {
    this.at++;
    if (this.at >= this.pattern.length) return this.refuse("a `\\` at the end");
    const byte = this.next();
    const set = new CharacterSet();
    if (set.addShorthand(byte | 0x20) && isLetter(byte)) {
      set.isNegated = byte < 0x61;
      this.at++;
      return this.addSet(set);
    }
    if (!isPunctuation(byte)) return this.refuse(`\`\\${this.quoted(byte)}\`: only \\d, \\w, \\s, \\D, \\W, \\S and signs may be escaped`);
    this.program.emit(Op.Char, this.point());
    return false;
  }

  private quoted(byte: u8): string {
    return byte < 0x80 ? String.fromCharCode(byte) : "…";
  }

  private addSet(set: CharacterSet): bool {
    this.program.emit(Op.Set, this.program.sets.length);
    this.program.sets.push(set);
    return false;
  }

  private set(): bool {
    const set = new CharacterSet();
    this.at++;
    if (this.isMore(0x5e)) {
      set.isNegated = true;
      this.at++;
    }
    if (this.isMore(0x5d)) return this.refuse("an empty class");
    while (!this.isMore(0x5d)) {
      if (this.at >= this.pattern.length) return this.refuse("a `[` without its `]`");
      const first = this.member(set);
      if (this.problem.length > 0) return false;
      const isRange = this.isMore(0x2d) && this.at + 1 < this.pattern.length && this.pattern.at(this.at + 1) != 0x5d;
      if (!isRange) {
        if (first >= 0) set.add(first, first);
        continue;
      }
      this.at++;
      const last = this.member(set);
      if (first < 0 || last < first) return this.refuse("a range in a class that runs backwards, or has no end");
      set.add(first, last);
    }
    this.at++;
    return this.addSet(set);
  }

  /** A code point of a class; -1: several, added already, or a problem. */
  private member(set: CharacterSet): i32 {
    const byte = this.next();
    if (byte == 0x5b) {
      this.refuse("a `[` within a class: write `\\[`");
      return -1;
    }
    if (byte != 0x5c) return this.point();
    this.at++;
    const escaped = this.at < this.pattern.length ? this.next() : <u8>0;
    if (set.addShorthand(escaped)) {
      this.at++;
      return -1;
    }
    if (isPunctuation(escaped)) return this.point();
    this.refuse(`\`\\${this.quoted(escaped)}\` in a class: only \\d, \\w, \\s and signs may be escaped there`);
    return -1;
  }
}

function isLetter(byte: u8): bool {
  return <u32>(byte | 0x20) - 0x61 < 26;
}

function isPunctuation(byte: u8): bool {
  return byte > 0x20 && byte < 0x7f && !isLetter(byte) && !(<u32>byte - 0x30 < 10) && byte != 0x5f;
}
