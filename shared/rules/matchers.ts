/** What a rule asks for where a table of names can't answer. */
import { Bytes } from "../bytes/bytes";
import { FirstRules, NO_RULE } from "./first-rules";
import { ServiceName } from "./service";

export abstract class Matcher {
  constructor(
    /** The number of the rule. */
    readonly rule: i32,
  ) {}

  /** `domain` is in lower case and without a port. */
  abstract matches(route: Bytes, domain: Bytes, service: ServiceName): bool;
}

/** `_match_route_` and `_match_service_` in one rule: both must hold. */
@final
export class RouteAndService extends Matcher {
  readonly routes: FirstRules = new FirstRules();
  readonly services: FirstRules = new FirstRules();

  matches(route: Bytes, domain: Bytes, service: ServiceName): bool {
    return this.routes.find(route) != NO_RULE && service.firstOf(this.services) != NO_RULE;
  }
}

/** `_match_route_prefix_`. */
@final
export class RoutePrefix extends Matcher {
  constructor(
    rule: i32,
    readonly prefix: Bytes,
  ) {
    super(rule);
  }

  matches(route: Bytes, domain: Bytes, service: ServiceName): bool {
    return route.startsWithBytes(this.prefix);
  }
}

/** `_match_domain_` with `*` at the end. */
@final
export class DomainPrefix extends Matcher {
  constructor(
    rule: i32,
    readonly prefix: Bytes,
  ) {
    super(rule);
  }

  matches(route: Bytes, domain: Bytes, service: ServiceName): bool {
    return domain.startsWithBytes(this.prefix);
  }
}

/** `_match_domain_` with `*` at the beginning. */
@final
export class DomainSuffix extends Matcher {
  constructor(
    rule: i32,
    readonly suffix: Bytes,
  ) {
    super(rule);
  }

  matches(route: Bytes, domain: Bytes, service: ServiceName): bool {
    return domain.endsWithBytes(this.suffix);
  }
}
