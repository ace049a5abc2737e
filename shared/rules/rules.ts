/** Which part of a plugin's configuration holds for a request: `_rules_` of Higress, compiled once. */
import { Bytes } from "../bytes/bytes";
import { Matcher } from "./matchers";
import { FirstRules } from "./first-rules";
import { domainOf } from "./domain";
import { ServiceName } from "./service";

/** One rule's outcome; a rule that switches the plugin off has no configuration. */
@final
export class Rule<T> {
  constructor(readonly config: T | null) {}
}

/**
 * The compiled rules of one plugin. `match` looks names up in tables and tries only the patterns that stand before what it found, so that the first rule in
 * the configuration's order wins however many there are.
 */
@final
export class Rules<T> {
  /** What holds where no rule matches; null if the plugin does nothing there. */
  global: T | null = null;
  readonly all: Rule<T>[] = [];

  readonly routes: FirstRules = new FirstRules();
  readonly domains: FirstRules = new FirstRules();
  readonly services: FirstRules = new FirstRules();
  /** Everything that no table finds, in the order of the rules. */
  readonly matchers: Matcher[] = [];
  /** Whether `match` looks at the route's name, at the authority, at the cluster's name: what it doesn't look at may be left empty. */
  needsRoute: bool = false;
  needsDomain: bool = false;
  needsCluster: bool = false;

  private service: ServiceName = new ServiceName();

  /**
   * The configuration that holds for a request; null if the plugin does nothing there. `authority` is the header `:authority`, with its port or not;
   * `cluster` the name of the cluster, in Istio's form or any other. To be asked again when the route changes.
   */
  match(route: Bytes, authority: Bytes, cluster: Bytes): T | null {
    const service = this.service.set(cluster);
    let first = this.all.length;
    if (this.needsRoute) first = min(first, this.routes.find(route));
    if (this.needsCluster) first = min(first, service.firstOf(this.services));
    const domain = this.needsDomain ? domainOf(authority) : authority;
    if (this.needsDomain) first = min(first, this.domains.find(domain));
    for (let i = 0; i < this.matchers.length; i++) {
      const matcher = this.matchers[i];
      if (matcher.rule >= first) break;
      if (matcher.matches(route, domain, service)) {
        first = matcher.rule;
        break;
      }
    }
    return first < this.all.length ? this.all[first].config : this.global;
  }
}
