/** What is put in place of matches: https://pkg.go.dev/regexp#Regexp.Expand, without names. */
import { Bytes, EMPTY } from "../bytes/bytes";
import { codePointLength } from "./code-points";
import { ByteWriter } from "../bytes/writer";
import { Regex } from "./regex";

@final
export class Replacement {
  /** What is wrong with it; "": nothing. */
  problem: string = "";
  private literals: Array<Bytes> = [];
  /** The group behind each literal; -1: none. */
  private groups: Array<i32> = [];

  constructor(text: Bytes, groupCount: i32) {
    this.read(text, groupCount);
  }

  private read(text: Bytes, groupCount: i32): void {
    const literal = new ByteWriter(text.length);
    let at = 0;
    while (at < text.length) {
      if (text.at(at) != 0x24) {
        literal.byte(text.at(at++));
        continue;
      }
      at++;
      if (text.at(at) == 0x24) {
        literal.byte(text.at(at++));
        continue;
      }
      const isBraced = text.at(at) == 0x7b;
      if (isBraced) at++;
      const start = at;
      let group = 0;
      while (<u32>text.at(at) - 0x30 < 10 && group < 1000) group = group * 10 + (text.at(at++) - 0x30);
      if (at == start || (isBraced && text.at(at) != 0x7d))
        return this.refuse("a `$` without a number: write `$1`, `${1}`, or `$$` for the sign");
      if (isBraced) at++;
      else if (isWord(text.at(at))) return this.refuse("a number with a letter behind it: write `${1}`");
      if (group >= groupCount) return this.refuse(`\`$${group}\`: the pattern has ${groupCount - 1} groups`);
      this.literals.push(literal.copySince(0));
      this.groups.push(group);
      literal.clear();
    }
    this.literals.push(literal.copySince(0));
    this.groups.push(-1);
  }

  private refuse(problem: string): void {
    this.problem = problem;
  }

  /** The text with every match of a pattern replaced; null where there is none. */
  in(text: Bytes, regex: Regex): Bytes | null {
    if (!regex.search(text)) return null;
    const out = new ByteWriter(text.length);
    let copied = 0;
    let last = -1;
    for (let from = 0; from <= text.length && regex.search(text, from);) {
      const start = regex.groups[0];
      const end = regex.groups[1];
      // Go counts no empty match right behind another.
      if (end > start || start != last) {
        out.bytes(text.slice(copied, start));
        this.expand(text, regex, out);
        copied = last = end;
      }
      from = end > start ? end : end < text.length ? end + codePointLength(text, end) : end + 1;
    }
    out.bytes(text.slice(copied));
    return out.view();
  }

  private expand(text: Bytes, regex: Regex, out: ByteWriter): void {
    for (let i = 0; i < this.literals.length; i++) {
      out.bytes(this.literals[i]);
      const group = this.groups[i];
      if (group < 0) continue;
      const start = regex.groups[group * 2];
      const end = regex.groups[group * 2 + 1];
      out.bytes(start < 0 || end < 0 ? EMPTY : text.slice(start, end));
    }
  }
}

function isWord(byte: u8): bool {
  return <u32>(byte | 0x20) - 0x61 < 26 || byte == 0x5f;
}
