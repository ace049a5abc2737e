import { Bytes } from "../bytes/bytes";

/** How many warnings are kept: thousands of rules may all have the same mistake. */
const WARNING_LIMIT = 20;
/** How much of a value a message repeats. */
const QUOTED_LIMIT = 60;

/**
 * What is wrong with a plugin's configuration, in lines for the log: the first refusal, and warnings. No line holds the value of a field that is marked as
 * secret. Whoever loads the configuration logs the warnings, and the refusal if there is one.
 */
@final
export class Problems {
  /** Why the configuration is refused; empty while nothing is. */
  refusal: string = "";
  readonly warnings: string[] = [];
  /** Whether the refusal counts wherever it stands, also in a part that could be left out: it may be the rest that was mistyped. */
  isFinal: bool = false;
  private kept: i32 = 0;

  constructor(
    /** The plugin's name: each line starts with it. */
    readonly plugin: string,
  ) {}

  get refused(): bool {
    return this.refusal.length > 0;
  }

  /** Refuses the configuration. Only the first refusal is kept: what follows it may be its consequence. */
  refuse(path: string, message: string): void {
    if (!this.refused) this.refusal = this.line(path, message);
  }

  /** Refuses the whole, whichever part the mistake is in. */
  refuseAll(path: string, message: string): void {
    if (this.refused) return;
    this.isFinal = true;
    this.refuse(path, message);
  }

  /** Whether another warning would be left out. */
  get isFull(): bool {
    return this.kept > WARNING_LIMIT;
  }

  warn(path: string, message: string): void {
    this.keep(this.line(path, message));
  }

  /** Turns the refusal into a warning, with its consequence: where a part that fails does not fail the whole. */
  forgive(consequence: string): void {
    // Past the limit too: that a part is missing must not go unseen.
    if (this.refused) this.warnings.push(this.refusal + ": " + consequence);
    this.refusal = "";
  }

  private line(path: string, message: string): string {
    return path.length > 0 ? `${this.plugin}: ${path}: ${message}` : `${this.plugin}: ${message}`;
  }

  private keep(line: string): void {
    if (this.kept < WARNING_LIMIT) this.warnings.push(line);
    else if (this.kept == WARNING_LIMIT) this.warnings.push(`${this.plugin}: more warnings are left out`);
    this.kept++;
  }
}

/** The content of a JSON string, as it was written (so that nothing in it can break the line), in quotes; cut if it is long. */
export function quoted(content: Bytes): string {
  return `"${cut(content)}"`;
}

/** A text, cut if it is long. */
export function cut(text: Bytes): string {
  if (text.length <= QUOTED_LIMIT) return text.toString();
  let end = QUOTED_LIMIT;
  // Not inside a character.
  while (end > 0 && (text.at(end) & 0xc0) == 0x80) end--;
  return text.slice(0, end).toString() + "…";
}

/** The path of a field inside what `path` names; empty stands for the whole. */
export function within(path: string, field: string): string {
  return path.length > 0 ? path + "." + field : field;
}
