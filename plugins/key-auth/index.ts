import { Bytes } from "../../shared/bytes/bytes";
import { Problems } from "../../shared/config/problems";
import { Tristate } from "../../shared/config/reader";
import { requestHeaders } from "../../shared/host/headers";
import { BOUNDARY_HEADER, DataBoundary } from "../../shared/pipeline/boundary";
import { Exchange } from "../../shared/pipeline/exchange";
import { StageFactory } from "../../shared/pipeline/module";
import { configFor, report } from "../../shared/pipeline/rules";
import { Stage } from "../../shared/pipeline/stage";
import { Verdict } from "../../shared/pipeline/verdict";
import { parseRules } from "../../shared/rules/parse";
import { Rules } from "../../shared/rules/rules";
import { KeyAuthConfig, KeyAuthParser } from "./config";
import { refuse, Refusal } from "./refusals";
import { findCredential } from "./search";

/** key-auth: who is asking, and may they? Fields and errors: README.md. */
@final
export class KeyAuth extends Stage {
  constructor(
    private rules: Rules<KeyAuthConfig>,
    /** Whether every scope looks for the same keys in the same places: then who asks is known, or refused, before the route is. */
    private identifiesEarly: bool,
    /** Whether a request needs a key where no `allow` asks for one. */
    private required: bool,
    /** Whether data of some consumer, in whatever scope, may not reach every provider: then it is said of all. */
    private limitsData: bool,
  ) {
    super("key-auth");
  }

  /** Who: from the headers alone, before anything is read or routed. */
  override onHead(exchange: Exchange): Verdict {
    const config = this.rules.global;
    return config != null && this.identifiesEarly ? this.identify(exchange, config, this.required) : Verdict.Pass;
  }

  /** May they: once the route is known. */
  override onRoute(exchange: Exchange): Verdict {
    const config = configFor<KeyAuthConfig>(this.rules, exchange);
    if (config == null) return Verdict.Pass;
    const isLimited = config.fields.allow != null;
    if (!exchange.credentialAccepted && (!this.identifiesEarly || isLimited)) {
      const verdict = this.identify(exchange, config, this.required || isLimited);
      if (verdict != Verdict.Pass) return verdict;
    }
    if (!isLimited) return Verdict.Pass;
    const consumer = exchange.consumer;
    return consumer != null && config.allows(consumer) ? Verdict.Pass : refuse(exchange, Refusal.NotAllowedHere, config);
  }

  private identify(exchange: Exchange, config: KeyAuthConfig, required: bool): Verdict {
    const found = findCredential(exchange, config);
    const credential = found.credential;
    if (credential == null) return required ? refuse(exchange, found.any ? Refusal.WrongKey : Refusal.NoKey, config) : Verdict.Pass;
    exchange.credentialAccepted = true;
    const consumer = credential.consumer;
    exchange.consumer = consumer;
    if (consumer == null) return Verdict.Pass;
    requestHeaders.set("x-mse-consumer", consumer);
    if (!this.limitsData) return Verdict.Pass;
    const limited = credential.boundary;
    const boundary = limited == null ? DataBoundary.anything() : limited;
    exchange.boundary = boundary;
    requestHeaders.set(BOUNDARY_HEADER, boundary.write());
    return Verdict.Pass;
  }
}

@final
export class KeyAuthFactory extends StageFactory {
  constructor() {
    super("key-auth");
  }

  override create(configuration: Bytes): Stage | null {
    const problems = new Problems(this.name);
    const parser = new KeyAuthParser();
    const rules = parseRules<KeyAuthConfig>(configuration, parser, problems);
    report(problems);
    if (rules == null) return null;
    const global = rules.global;
    const required = isRequired(global, parser.someRuleAllows);
    let early = true;
    let limitsData = global != null && global.limitsData;
    for (let i = 0; i < rules.all.length; i++) {
      const config = rules.all[i].config;
      if (config != null && config.limitsData) limitsData = true;
      // A rule that switches the plugin off, or looks for other keys, has to be asked first.
      if (config == null || global == null || !config.identifiesLike(global)) early = false;
    }
    return new KeyAuth(rules, early, required, limitsData);
  }
}

/** Whether a request that no rule matches needs a key: `global_auth` says it; not given, it does if no rule names whom it lets in. */
function isRequired(global: KeyAuthConfig | null, someRuleAllows: bool): bool {
  if (global == null) return false;
  const said = global.fields.globalAuth;
  return said == Tristate.Absent ? !someRuleAllows : said == Tristate.True;
}
