import { Bytes } from "../../shared/bytes/bytes";
import { Problems } from "../../shared/config/problems";
import { TextMap } from "../../shared/config/text-map";
import { Regex } from "../../shared/regex/regex";
import { Replacement } from "../../shared/regex/replacement";
import { escapedName } from "./provider";

/** Bytes of a model's name that patterns are tried on: with the bounds of a pattern, that bounds the work. */
const LONGEST_NAME = 256;

/** A pattern, and what is put in place of what it matches. */
@final
class PatternRule {
  constructor(
    public regex: Regex,
    public replacement: Replacement,
  ) {}
}

/**
 * From the client's name of a model to a provider's: exact names first, then the longest beginning (`gpt-*`), then the first pattern that matches (`~^gpt-(.*)$`, `$1` in its target), then `*`. An empty
 * target keeps the name.
 */
@final
export class ModelMapping {
  private exact: TextMap = new TextMap();
  private stems: Array<Bytes> = [];
  private stemTargets: Array<Bytes> = [];
  private patterns: Array<PatternRule> = [];

  /** `problems` says which pattern can't be used. */
  constructor(configured: TextMap, path: string, problems: Problems) {
    const names = configured.names;
    for (let i = 0; i < names.length; i++) {
      const name = names[i];
      if (name.at(0) == 0x7e) {
        this.addPattern(name, configured.values[i], path, problems);
        continue;
      }
      const target = escapedName(configured.values[i]);
      if (name.at(name.length - 1) == 0x2a) {
        this.stems.push(name.slice(0, name.length - 1));
        this.stemTargets.push(target);
      } else this.exact.set(name, target);
    }
  }

  private addPattern(name: Bytes, target: Bytes, path: string, problems: Problems): void {
    const regex = new Regex(name.slice(1));
    if (regex.problem.length > 0) return problems.refuse(path, `found in the pattern "${name.toString()}" ${regex.problem}`);
    const replacement = new Replacement(target, regex.groups.length >> 1);
    if (replacement.problem.length > 0)
      return problems.refuse(path, `found in "${target.toString()}", for the pattern "${name.toString()}", ${replacement.problem}`);
    this.patterns.push(new PatternRule(regex, replacement));
  }

  /** The provider's name, escaped; null: as the client says. `model` is UTF-8. */
  of(model: Bytes): Bytes | null {
    let target = this.exact.get(model);
    let longest = -1;
    if (target == null) {
      for (let i = 0; i < this.stems.length; i++) {
        const stem = this.stems[i];
        if (stem.length > longest && model.startsWithBytes(stem)) {
          longest = stem.length;
          target = this.stemTargets[i];
        }
      }
      if (longest <= 0 && model.length <= LONGEST_NAME) {
        for (let i = 0; i < this.patterns.length; i++) {
          const replaced = this.patterns[i].replacement.in(model, this.patterns[i].regex);
          if (replaced != null) return replaced.isEmpty ? null : escapedName(replaced);
        }
      }
    }
    return target != null && target.isEmpty ? null : target;
  }
}
