/** What rules.test.ts calls: rules of a plugin whose whole configuration is a name, inherited or not. */
import { Bytes } from "../bytes/bytes";
import { OUTPUT, input } from "../../test/assembly/io";
import { Problems } from "../config/problems";
import { ConfigReader } from "../config/reader";
import { Form } from "../config/forms";
import { RuleParser, parseRules } from "./parse";
import { Rules } from "./rules";
export * from "../../test/assembly/io";

const KNOWN: StaticArray<string> = ["name", "extra"];

@final
class Named {
  name: Bytes = Bytes.of("unnamed");
  extra: Bytes = new Bytes();
}

@final
class NamedParser extends RuleParser<Named> {
  constructor(
    private inherits: bool,
    private strict: bool,
  ) {
    super();
  }

  parseGlobal(reader: ConfigReader): Named | null {
    return this.read(reader, new Named());
  }

  parseRule(reader: ConfigReader, global: Named | null): Named | null {
    const named = new Named();
    if (this.inherits && global != null) {
      named.name = global.name;
      named.extra = global.extra;
    }
    return this.read(reader, named);
  }

  needsGlobal(): bool {
    return this.strict;
  }

  private read(reader: ConfigReader, named: Named): Named {
    if (!reader.enterObject()) return named;
    while (reader.nextField()) {
      if (reader.is("name")) named.name = reader.text(Form.Filled);
      else if (reader.is("extra")) named.extra = reader.text();
      else reader.passOver(KNOWN);
    }
    return named;
  }
}

let rules: Rules<Named> | null = null;

/** Loads the input; writes the warnings and the refusal, a line each. True if it was accepted. */
export function load(inherits: bool, strict: bool): bool {
  const problems = new Problems("named");
  rules = parseRules<Named>(input(), new NamedParser(inherits, strict), problems);
  for (let i = 0; i < problems.warnings.length; i++) OUTPUT.bytes(Bytes.of("warning: " + problems.warnings[i] + "\n"));
  if (problems.refused) OUTPUT.bytes(Bytes.of(problems.refusal + "\n"));
  return rules != null;
}

/** Matches a route, an authority and a cluster; writes the name that holds there. False if nothing does. */
export function match(): bool {
  const loaded = rules;
  if (loaded == null) return false;
  const named = loaded.match(input(0), input(1), input(2));
  if (named == null) return false;
  OUTPUT.bytes(named.name);
  OUTPUT.bytes(named.extra);
  return true;
}

/** What the rules look at: 1 for the route, 2 for the domain, 4 for the cluster. */
export function needs(): i32 {
  const loaded = rules;
  return loaded == null ? 0 : (<i32>loaded.needsRoute) | ((<i32>loaded.needsDomain) << 1) | ((<i32>loaded.needsCluster) << 2);
}
