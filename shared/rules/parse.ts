/** Reads a plugin's whole configuration: the global part, and `_rules_`. */
import { Bytes } from "../bytes/bytes";
import { ABSENT } from "../bytes/span";
import { NO_TEXTS, ConfigReader, Scope, isJson } from "../config/reader";
import { Problems } from "../config/problems";
import { normalDomain } from "./domain";
import { DomainPrefix, DomainSuffix, RouteAndService, RoutePrefix } from "./matchers";
import { Rule, Rules } from "./rules";

const RULES = "_rules_";
const DISABLE = "_disable_";
const ROUTE = "_match_route_";
const ROUTE_PREFIX = "_match_route_prefix_";
const DOMAIN = "_match_domain_";
const SERVICE = "_match_service_";

/** What is the rules' own in the whole and in a rule: the plugin's parser doesn't see it. */
const NAMES_IN_WHOLE: StaticArray<string> = [RULES, DISABLE];
const NAMES_IN_RULE: StaticArray<string> = [ROUTE, ROUTE_PREFIX, DOMAIN, SERVICE, DISABLE];

const STAR: u8 = 0x2a;

/** How a plugin makes its configuration from what was read; AssemblyScript has no closures, so it is a class. */
export abstract class RuleParser<T> {
  /** Reads the part that holds where no rule matches. Null, or a refusal in `reader.problems`, if it can't be used. */
  abstract parseGlobal(reader: ConfigReader): T | null;

  /**
   * Reads a rule. `global` is the global part, null if there is none that can be used: a plugin whose rules inherit starts with a copy of it, the others leave
   * it alone. Null, or a refusal in `reader.problems`, if the rule can't be used.
   */
  abstract parseRule(reader: ConfigReader, global: T | null): T | null;

  /** Whether a global part that can't be used refuses the whole. By default it is left out if there are rules, as in Higress. */
  needsGlobal(): bool {
    return false;
  }
}

/** Reads a plugin's configuration; null, with the reason in `problems.refusal`, if it is refused. No text at all counts as `{}`. */
export function parseRules<T>(text: Bytes, parser: RuleParser<T>, problems: Problems): Rules<T> | null {
  if (text.isEmpty) text = Bytes.of("{}");
  if (!isJson(text, problems)) return null;
  const reader = new ConfigReader(problems);
  const outline = new Outline();
  if (!outline.read(reader.start(text))) return null;

  const rules = new Rules<T>();
  let inherited: T | null = null;
  if (outline.hasGlobal) {
    inherited = parser.parseGlobal(reader.start(text, Scope.Global, "", NAMES_IN_WHOLE));
    if (inherited == null && !problems.refused) problems.refuse("", "the global part is refused");
    if (problems.refused) {
      const isNeeded = !outline.isDisabled && (outline.rules.length == 0 || parser.needsGlobal());
      if (isNeeded || problems.isFinal) return null;
      problems.forgive("the global part is left out");
      inherited = null;
    }
    if (!outline.isDisabled) rules.global = inherited;
  } else if (outline.rules.length == 0) {
    problems.refuse(RULES, "found no rule, and no field beside it, expected one of both");
    return null;
  }

  for (let i = 0; i < outline.rules.length; i++) {
    const rule = outline.rules[i];
    const path = `${RULES}[${i}]`;
    const match = new Match();
    match.read(reader.start(rule, Scope.Rule, path));
    if (problems.refused || !addMatch<T>(rules, match, i, path, problems)) return null;
    let config: T | null = null;
    if (!match.isDisabled) {
      config = parser.parseRule(reader.start(rule, Scope.Rule, path, NAMES_IN_RULE), inherited);
      if (config == null && !problems.refused) problems.refuse(path, "the rule is refused");
      if (problems.refused) return null;
    }
    rules.all.push(new Rule<T>(config));
  }
  return rules;
}

/** What the whole consists of. */
@final
class Outline {
  hasGlobal: bool = false;
  isDisabled: bool = false;
  rules: Bytes[] = [];

  /** False if the configuration is refused. */
  read(reader: ConfigReader): bool {
    if (!reader.enterObject()) return false;
    let fields = 0;
    let listed = false;
    while (reader.nextMember()) {
      if (reader.is(RULES)) {
        // Of two lists of rules, one would silently not hold.
        if (listed) reader.problems.refuse(RULES, "found twice, expected once");
        listed = true;
        if (!reader.json.nothing()) this.readRules(reader);
      } else {
        // Also one whose value is null makes a global part.
        fields++;
        if (reader.is(DISABLE) && !reader.json.nothing()) this.isDisabled = reader.flag();
      }
    }
    this.hasGlobal = fields > 0 || !listed;
    return !reader.problems.refused;
  }

  private readRules(reader: ConfigReader): void {
    if (!reader.enterList()) return;
    while (reader.nextItem()) {
      const rule = reader.json.skip();
      if (rule != ABSENT) this.rules.push(reader.json.bytes(rule));
    }
  }
}

/** What a rule asks for. */
@final
class Match {
  isDisabled: bool = false;
  routes: Bytes[] = NO_TEXTS;
  routePrefixes: Bytes[] = NO_TEXTS;
  domains: Bytes[] = NO_TEXTS;
  services: Bytes[] = NO_TEXTS;

  read(reader: ConfigReader): void {
    if (!reader.enterObject()) return;
    while (reader.nextField()) {
      if (reader.is(ROUTE)) this.routes = filledTexts(reader);
      else if (reader.is(ROUTE_PREFIX)) this.routePrefixes = filledTexts(reader);
      else if (reader.is(DOMAIN)) this.domains = filledTexts(reader);
      else if (reader.is(SERVICE)) this.services = filledTexts(reader);
      else if (reader.is(DISABLE)) this.isDisabled = reader.flag();
    }
  }
}

/** Empty names are left out: they would match nothing, and an empty prefix everything. */
function filledTexts(reader: ConfigReader): Bytes[] {
  const filled = new Array<Bytes>();
  if (!reader.enterList()) return filled;
  while (reader.nextItem()) {
    const text = reader.text();
    if (!text.isEmpty) filled.push(text);
    else if (!reader.problems.refused) reader.problems.warn(reader.path, "an empty name: ignored");
  }
  return filled;
}

/** Files what a rule asks for where `Rules.match` finds it. The kind of a rule is decided by which keys it has, in Higress's order. */
function addMatch<T>(rules: Rules<T>, match: Match, rule: i32, path: string, problems: Problems): bool {
  const hasRoutes = match.routes.length > 0;
  const hasServices = match.services.length > 0;
  const hasDomains = match.domains.length > 0;
  const hasPrefixes = match.routePrefixes.length > 0;
  const byRoute = hasRoutes;
  const byService = hasServices && (hasRoutes || !hasDomains);
  const byDomain = hasDomains && !hasRoutes;
  const byPrefix = hasPrefixes && !hasRoutes && !hasDomains && !hasServices;
  if (!byRoute && !byService && !byDomain && !byPrefix) {
    problems.refuse(path, `found no match key, expected one of ${ROUTE}, ${DOMAIN}, ${SERVICE}, ${ROUTE_PREFIX}`);
    return false;
  }
  if (hasDomains && !byDomain) problems.warn(`${path}.${DOMAIN}`, `not looked at beside ${ROUTE}: ignored`);
  if (hasServices && !byService) problems.warn(`${path}.${SERVICE}`, `not looked at beside ${DOMAIN}: ignored`);
  if (hasPrefixes && !byPrefix) problems.warn(`${path}.${ROUTE_PREFIX}`, "not looked at beside other match keys: ignored");

  rules.needsRoute = rules.needsRoute || byRoute || byPrefix;
  rules.needsCluster = rules.needsCluster || byService;
  rules.needsDomain = rules.needsDomain || byDomain;
  if (byRoute && byService) {
    const both = new RouteAndService(rule);
    for (let i = 0; i < match.routes.length; i++) both.routes.add(match.routes[i], rule);
    for (let i = 0; i < match.services.length; i++) both.services.add(match.services[i], rule);
    rules.matchers.push(both);
  } else if (byRoute) {
    for (let i = 0; i < match.routes.length; i++) rules.routes.add(match.routes[i], rule);
  } else if (byDomain) {
    for (let i = 0; i < match.domains.length; i++) addDomain<T>(rules, normalDomain(match.domains[i]), rule);
  } else if (byService) {
    for (let i = 0; i < match.services.length; i++) rules.services.add(match.services[i], rule);
  } else {
    for (let i = 0; i < match.routePrefixes.length; i++) rules.matchers.push(new RoutePrefix(rule, match.routePrefixes[i]));
  }
  return true;
}

function addDomain<T>(rules: Rules<T>, domain: Bytes, rule: i32): void {
  if (domain.at(0) == STAR) rules.matchers.push(new DomainSuffix(rule, domain.slice(1)));
  else if (domain.at(domain.length - 1) == STAR) rules.matchers.push(new DomainPrefix(rule, domain.slice(0, domain.length - 1)));
  else rules.domains.add(domain, rule);
}
