/** How many warnings are kept: thousands of rules may all have the same mistake. */
const WARNING_LIMIT = 20;

/**
 * What is wrong with a plugin's configuration, in lines for the log: the first refusal, and warnings. No line holds the value of a field that is marked as
 * secret. Whoever loads the configuration logs the warnings, and the refusal if there is one.
 */
@final
export class Problems {
  /** Why the configuration is refused; empty while nothing is. */
  refusal: string = "";
  readonly warnings: string[] = [];
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

/** The path of a field inside what `path` names; empty stands for the whole. */
export function within(path: string, field: string): string {
  return path.length > 0 ? path + "." + field : field;
}
