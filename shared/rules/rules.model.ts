/** How `_rules_` are matched, written down as plainly as possible: rules.test.ts compares the compiled form with it. */

export interface Rule {
  _match_route_: string[];
  _match_domain_: string[];
  _match_service_: string[];
  _match_route_prefix_: string[];
  name: string;
}

export interface Asked {
  route: string;
  authority: string;
  cluster: string;
}

export function firstMatch(rules: Rule[], asked: Asked): Rule | undefined {
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
