import { Bytes } from "../../shared/bytes/bytes";
import { ByteWriter } from "../../shared/bytes/writer";
import { Regex } from "../../shared/regex/regex";

/** Which statuses count: regular expressions (shared/regex), each for all of a status, where Higress's find theirs anywhere in it. */
@final
export class StatusPatterns {
  private patterns: Array<Regex> = [];

  /** Adds a pattern. Not "": it can't be used, and this is what is wrong with it. */
  add(pattern: Bytes): string {
    const whole = new ByteWriter(32);
    whole.ascii("^(?:");
    whole.bytes(pattern);
    whole.ascii(")$");
    const regex = new Regex(whole.view());
    this.patterns.push(regex);
    return regex.problem;
  }

  match(status: i32): bool {
    const text = Bytes.of(status.toString());
    for (let i = 0; i < this.patterns.length; i++) if (this.patterns[i].search(text)) return true;
    return false;
  }
}
