import { beforeAll, describe, expect, test } from "vitest";
import { assembly, type Assembly } from "../../test/assembly/compile.ts";
import { printedSeed, Random } from "../../test/assembly/random.ts";

let wasm: Assembly;
beforeAll(async () => {
  wasm = await assembly(new URL("./rules.testing.ts", import.meta.url));
});

const NOTHING = "nothing";

/** Loads a configuration, and says what was refused or warned of. */
function load(config: unknown, options: { inherits?: boolean; strict?: boolean } = {}): string {
  const text = typeof config === "string" ? config : JSON.stringify(config);
  return wasm.text("load", text, Number(options.inherits ?? false), Number(options.strict ?? false));
}

/** The name of the configuration that holds for a request. */
function match(request: { route?: string; authority?: string; cluster?: string }): string {
  const found = wasm.call("match", [request.route ?? "", request.authority ?? "", request.cluster ?? ""]);
  return found === 0 ? NOTHING : wasm.output.toString();
}

describe("the global part", () => {
  test("holds where no rule matches", () => {
    expect(load({ name: "global", _rules_: [{ _match_route_: ["a"], name: "a" }] })).toBe("");
    expect(match({ route: "a" })).toBe("a");
    expect(match({ route: "b" })).toBe("global");
  });

  test("is there if the whole is empty", () => {
    expect(load({})).toBe("");
    expect(match({})).toBe("unnamed");
    expect(load("")).toBe("");
    expect(match({})).toBe("unnamed");
  });

  test("isn't there if there are only rules", () => {
    expect(load({ _rules_: [{ _match_route_: ["a"], name: "a" }] })).toBe("");
    expect(match({ route: "b" })).toBe(NOTHING);
  });

  test("is there if any other field is, whatever its value", () => {
    expect(load({ extra: null, _rules_: [{ _match_route_: ["a"], name: "a" }] })).toBe("");
    expect(match({ route: "b" })).toBe("unnamed");
  });

  test("refuses the whole if it can't be used and there are no rules", () => {
    expect(load({ name: 17 })).toBe("named: name: found number 17, expected a string\n");
    expect(load({ name: "", _rules_: [] })).toBe("named: name: found an empty string, expected a string that is not empty\n");
    expect(match({})).toBe(NOTHING);
  });

  test("is left out, with a warning, if it can't be used and there are rules", () => {
    const config = { name: 17, _rules_: [{ _match_route_: ["a"], name: "a" }] };
    expect(load(config)).toBe("warning: named: name: found number 17, expected a string: the global part is left out\n");
    expect(match({ route: "a" })).toBe("a");
    expect(match({ route: "b" })).toBe(NOTHING);
  });

  test("refuses the whole all the same where the plugin says that it is needed", () => {
    const config = { name: 17, _rules_: [{ _match_route_: ["a"], name: "a" }] };
    expect(load(config, { strict: true })).toBe("named: name: found number 17, expected a string\n");
  });

  test("must be there if there is no rule", () => {
    const refusal = "named: _rules_: found no rule, and no field beside it, expected one of both\n";
    expect(load({ _rules_: [] })).toBe(refusal);
    expect(load({ _rules_: null })).toBe(refusal);
  });
});

describe("the order of rules", () => {
  test("decides: the first that matches wins, be it by a table or by a pattern", () => {
    load({
      _rules_: [
        { _match_domain_: ["*.example.com"], name: "pattern" },
        { _match_route_: ["a"], name: "route" },
        { _match_service_: ["api.dns"], name: "service" },
        { _match_route_prefix_: ["a"], name: "prefix" },
        { _match_route_: ["a", "b"], name: "again" },
      ],
    });
    expect(match({ route: "a", authority: "x.example.com" })).toBe("pattern");
    expect(match({ route: "a", authority: "example.org" })).toBe("route");
    expect(match({ route: "b", cluster: "api.dns" })).toBe("service");
    expect(match({ route: "ab" })).toBe("prefix");
    expect(match({ route: "b" })).toBe("again");
    expect(match({ route: "c" })).toBe(NOTHING);
  });

  test("is the same as that of a plain scan, for any rules and requests", () => {
    const random = new Random(printedSeed("rules"));
    const some = (from: readonly string[]): string[] => Array.from({ length: random.below(3) }, () => random.pick(from));
    const routes = ["a", "ab", "abc", "b", "ba", ""];
    const domains = ["*", "*.com", "a.com", "A.com", "b.com", "a*", "[::1]", "*]", ""];
    const services = ["x", "x:80", "y", "y:443", "plain", "outbound|80||x", ""];
    const authorities = ["a.com", "A.COM:80", "b.com:443", "[::1]", "[::1]:80", "c.org", ""];
    const clusters = ["outbound|80||x", "outbound|443|v1|x", "outbound|443||y", "a|b|c|d|x", "outbound|80|x", "plain", "x", "x:80", ""];
    for (let round = 0; round < 400; round++) {
      const rules: Rule[] = Array.from({ length: 1 + random.below(6) }, (_, index) => ({
        _match_route_: some(routes),
        _match_domain_: some(domains),
        _match_service_: some(services),
        _match_route_prefix_: some(routes),
        name: `rule ${index}`,
      })).filter((rule) =>
        [rule._match_route_, rule._match_domain_, rule._match_service_, rule._match_route_prefix_].some((list) => list.some(Boolean)),
      );
      if (rules.length === 0) continue;
      load({ name: "global", _rules_: rules });
      for (let request = 0; request < 10; request++) {
        const asked = { route: random.pick(routes), authority: random.pick(authorities), cluster: random.pick(clusters) };
        expect(match(asked), JSON.stringify({ rules, asked })).toBe(firstMatch(rules, asked)?.name ?? "global");
      }
    }
  });

  test("holds among thousands of rules", () => {
    const _rules_ = Array.from({ length: 5000 }, (_, index) => ({ _match_route_: [`route-${index}`, "shared"], name: `rule ${index}` }));
    expect(load({ _rules_ })).toBe("");
    expect(match({ route: "route-4321" })).toBe("rule 4321");
    expect(match({ route: "shared" })).toBe("rule 0");
    expect(match({ route: "route-5000" })).toBe(NOTHING);
  });
});

describe("_match_domain_", () => {
  const matches = (domain: string, authority: string) => {
    load({ _rules_: [{ _match_domain_: [domain], name: "matched" }] });
    return match({ authority }) === "matched";
  };

  test.each([
    ["example.com", "example.com", true],
    ["example.com", "example.com:8080", true],
    ["example.com", "api.example.com", false],
    ["example.com", "example.com.evil.org", false],
    ["*.example.com", "api.example.com:443", true],
    ["*.example.com", "example.com", false],
    ["api.*", "api.example.com", true],
    ["api.*", "an.api.example.com", false],
    ["*", "anything", true],
    ["*", "", true],
    ["[::1]", "[::1]:8080", true],
    ["[::1]", "[::1]", true],
    ["[:", "[::1]", false],
    // Envoy picks the virtual host whatever the case: a rule must not be passed by in capitals.
    ["example.com", "EXAMPLE.com", true],
    ["Example.COM", "example.com", true],
    ["*.Example.com", "API.example.com", true],
  ])("%s for %s: %s", (domain, authority, expected) => {
    expect(matches(domain, authority)).toBe(expected);
  });
});

describe("_match_service_", () => {
  const matches = (service: string, cluster: string) => {
    load({ _rules_: [{ _match_service_: [service], name: "matched" }] });
    return match({ cluster }) === "matched";
  };

  test.each([
    ["api.dns", "outbound|443||api.dns", true],
    ["api.dns", "outbound|443|canary|api.dns", true],
    ["api.dns:443", "outbound|443||api.dns", true],
    ["api.dns:80", "outbound|443||api.dns", false],
    ["api.dns", "outbound|443||other.dns", false],
    ["api.dns", "outbound|443|api.dns", false],
    ["api.dns", "outbound|443|||api.dns", false],
    ["openai", "openai", true],
    ["openai", "openai-2", false],
    ["outbound|443||api.dns", "outbound|443||api.dns", true],
    ["443", "outbound|443||api.dns", false],
    ["api.dns", "", false],
  ])("%s for %s: %s", (service, cluster, expected) => {
    expect(matches(service, cluster)).toBe(expected);
  });
});

describe("several match keys in one rule", () => {
  test("route and service must both hold", () => {
    load({ _rules_: [{ _match_route_: ["a"], _match_service_: ["api.dns"], name: "both" }] });
    expect(match({ route: "a", cluster: "outbound|443||api.dns" })).toBe("both");
    expect(match({ route: "a", cluster: "outbound|443||other" })).toBe(NOTHING);
    expect(match({ route: "b", cluster: "outbound|443||api.dns" })).toBe(NOTHING);
  });

  test("a domain beside a route isn't looked at", () => {
    const warnings = load({ _rules_: [{ _match_route_: ["a"], _match_domain_: ["example.com"], name: "route" }] });
    expect(warnings).toBe("warning: named: _rules_[0]._match_domain_: not looked at beside _match_route_: ignored\n");
    expect(match({ route: "a", authority: "other.org" })).toBe("route");
    expect(match({ route: "b", authority: "example.com" })).toBe(NOTHING);
  });

  test("without a route: the domain, then the service, then the prefix", () => {
    const rule = { _match_domain_: ["example.com"], _match_service_: ["api.dns"], _match_route_prefix_: ["a"], name: "rule" };
    load({ _rules_: [rule] });
    expect(match({ authority: "example.com" })).toBe("rule");
    expect(match({ route: "a", cluster: "api.dns" })).toBe(NOTHING);
    load({ _rules_: [{ ...rule, _match_domain_: [] }] });
    expect(match({ cluster: "api.dns" })).toBe("rule");
    expect(match({ route: "a", authority: "example.com" })).toBe(NOTHING);
  });
});

describe("_disable_", () => {
  test("switches the plugin off where the rule matches, and asks nothing else of the rule", () => {
    expect(load({ name: "global", _rules_: [{ _match_route_: ["a"], _disable_: true, name: 17 }] })).toBe("");
    expect(match({ route: "a" })).toBe(NOTHING);
    expect(match({ route: "b" })).toBe("global");
  });

  test("false changes nothing", () => {
    load({ _rules_: [{ _match_route_: ["a"], _disable_: false, name: "a" }] });
    expect(match({ route: "a" })).toBe("a");
  });

  test("in the global part switches the plugin off where no rule matches; rules still inherit", () => {
    const config = { _disable_: true, extra: "!", _rules_: [{ _match_route_: ["a"], name: "a" }] };
    expect(load(config, { inherits: true })).toBe("");
    expect(match({ route: "a" })).toBe("a!");
    expect(match({ route: "b" })).toBe(NOTHING);
    expect(load({ _disable_: true })).toBe("");
    expect(match({})).toBe(NOTHING);
  });

  test("must be a boolean", () => {
    expect(load({ _disable_: "yes" })).toBe('named: _disable_: found "yes", expected true or false\n');
    expect(load({ _rules_: [{ _match_route_: ["a"], _disable_: 1 }] })).toBe(
      "named: _rules_[0]._disable_: found number 1, expected true or false\n",
    );
  });
});

describe("inheritance", () => {
  const config = { name: "global", extra: "!", _rules_: [{ _match_route_: ["a"], name: "a" }] };

  test("is the plugin's choice", () => {
    load(config, { inherits: true });
    expect(match({ route: "a" })).toBe("a!");
    load(config, { inherits: false });
    expect(match({ route: "a" })).toBe("a");
  });
});

describe("a wrong configuration is refused with one line", () => {
  const NO_KEY = "found no match key, expected one of _match_route_, _match_domain_, _match_service_, _match_route_prefix_";
  test.each([
    [{ _rules_: [{ _match_route_: ["a"] }, { name: "a" }] }, `_rules_[1]: ${NO_KEY}`],
    [{ _rules_: [{ _match_route_: [] }] }, `_rules_[0]: ${NO_KEY}`],
    [{ _rules_: [{ _match_route_: ["a"], name: 1 }] }, "_rules_[0].name: found number 1, expected a string"],
    [{ _rules_: [{ _match_route_: "a" }] }, "_rules_[0]._match_route_: found a string, expected a list"],
    [{ _rules_: [{ _match_domain_: ["a", 2] }] }, "_rules_[0]._match_domain_[1]: found number 2, expected a string"],
    [{ _rules_: [17] }, "_rules_[0]: found a number, expected an object"],
    [{ _rules_: {} }, "_rules_: found an object, expected a list"],
    ['{"_rules_":[{"_match_route_":["a"]}],"_rules_":[]}', "_rules_: found twice, expected once"],
    [[], "found a list, expected an object"],
    ["17", "found a number, expected an object"],
    ['{"name":"a"', "the configuration is not valid JSON: it ends in the middle of a value at byte 11"],
    ["{} {}", "the configuration is not valid JSON: more text after the end of the value at byte 3"],
  ])("%j", (config, refusal) => {
    expect(load(config)).toBe(`named: ${refusal}\n`);
    expect(match({ route: "a" })).toBe(NOTHING);
  });

  test("an empty name is no match key, and no prefix of everything", () => {
    expect(load({ name: "global", _rules_: [{ _match_route_prefix_: ["", "a"], name: "a" }] })).toBe(
      "warning: named: _rules_[0]._match_route_prefix_[0]: an empty name: ignored\n",
    );
    expect(match({ route: "b" })).toBe("global");
    expect(load({ _rules_: [{ _match_route_prefix_: [""] }] })).toMatch(/found no match key/);
  });

  test("a mistyped match key is pointed out", () => {
    expect(load({ _rules_: [{ _match_route_: ["a"], _match_domains_: ["b"] }] })).toBe(
      'named: _rules_[0]: found unknown field "_match_domains_", expected one of _match_route_, _match_route_prefix_, _match_domain_, _match_service_, _disable_; did you mean "_match_domain_"?\n',
    );
  });

  test("nor is a global part left out for a mistyped field, though it is for other mistakes", () => {
    const rules = [{ _match_route_: ["a"], name: "a" }];
    expect(load({ name: 17, _rules_: rules })).toMatch(/^warning: .*the global part is left out\n$/);
    const refusal = 'named: found unknown field "nmae", expected one of name, extra; did you mean "name"?\n';
    expect(load({ nmae: "g", _rules_: rules })).toBe(refusal);
    expect(load({ nmae: "g", _disable_: true })).toBe(refusal);
  });
});

test("what nobody looks at needn't be fetched", () => {
  const needs = (rule: object) => {
    load({ _rules_: [rule] });
    return wasm.call("needs");
  };
  expect(needs({ _match_route_: ["a"] })).toBe(1);
  expect(needs({ _match_route_prefix_: ["a"] })).toBe(1);
  expect(needs({ _match_domain_: ["a"] })).toBe(2);
  expect(needs({ _match_service_: ["a"] })).toBe(4);
  expect(needs({ _match_route_: ["a"], _match_service_: ["a"] })).toBe(5);
  expect(needs({ _match_route_: ["a"], _match_domain_: ["a"] })).toBe(1);
  load({});
  expect(wasm.call("needs")).toBe(0);
});

// How rules are matched, written down as plainly as possible, for the compiled form to be compared with.
interface Rule {
  _match_route_: string[];
  _match_domain_: string[];
  _match_service_: string[];
  _match_route_prefix_: string[];
  name: string;
}

interface Asked {
  route: string;
  authority: string;
  cluster: string;
}

function firstMatch(rules: Rule[], asked: Asked): Rule | undefined {
  return rules.find((rule) => matches(rule, asked));
}

function matches(rule: Rule, { route, authority, cluster }: Asked): boolean {
  const routes = rule._match_route_.filter(Boolean);
  const domains = rule._match_domain_.filter(Boolean);
  const services = rule._match_service_.filter(Boolean);
  const prefixes = rule._match_route_prefix_.filter(Boolean);
  const byService = () => services.some((service) => isService(service, cluster));
  if (routes.length > 0 && services.length > 0) return routes.includes(route) && byService();
  if (routes.length > 0) return routes.includes(route);
  if (domains.length > 0) return domains.some((domain) => isDomain(domain.toLowerCase(), withoutPort(authority).toLowerCase()));
  if (services.length > 0) return byService();
  return prefixes.some((prefix) => route.startsWith(prefix));
}

function isDomain(pattern: string, domain: string): boolean {
  if (pattern.startsWith("*")) return domain.endsWith(pattern.slice(1));
  if (pattern.endsWith("*")) return domain.startsWith(pattern.slice(0, -1));
  return domain === pattern;
}

function withoutPort(authority: string): string {
  const colon = authority.lastIndexOf(":");
  return colon > authority.lastIndexOf("]") ? authority.slice(0, colon) : authority;
}

function isService(service: string, cluster: string): boolean {
  if (cluster === "") return false;
  if (service === cluster) return true;
  const parts = cluster.split("|");
  if (parts.length !== 4) return false;
  return service === parts[3] || service === `${parts[3]}:${parts[1]}`;
}
