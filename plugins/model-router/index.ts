import { Bytes } from "../../shared/bytes/bytes";
import { Problems } from "../../shared/config/problems";
import { requestHeaders } from "../../shared/host/headers";
import { distrustRoute, isInternalHeader } from "../../shared/pipeline/edge";
import { Exchange } from "../../shared/pipeline/exchange";
import { StageFactory } from "../../shared/pipeline/module";
import { Needs } from "../../shared/pipeline/needs";
import { LocalAnswer } from "../../shared/pipeline/reply";
import { providerFor } from "../../shared/pipeline/routing";
import { configFor, report } from "../../shared/pipeline/rules";
import { Stage } from "../../shared/pipeline/stage";
import { Verdict } from "../../shared/pipeline/verdict";
import { Failure } from "../../shared/protocols/failure";
import { Operation } from "../../shared/protocols/operation";
import { parseRules } from "../../shared/rules/parse";
import { Rules } from "../../shared/rules/rules";
import { ModelRouterConfig, ModelRouterParser } from "./config";

/** model-router: from a model's name to a route. Fields and errors: README.md. */
@final
export class ModelRouter extends Stage {
  constructor(private rules: Rules<ModelRouterConfig>) {
    super("model-router", Needs.Model);
  }

  /** The headers that name the model to routes are this plugin's: a client's own are gone, on every path. */
  override onHead(exchange: Exchange): Verdict {
    const config = configFor<ModelRouterConfig>(this.rules, exchange);
    if (config == null) return Verdict.Pass;
    exchange.modelKey = config.modelKey;
    takeOut(exchange, config.modelHeader);
    takeOut(exchange, config.providerHeader);
    return Verdict.Pass;
  }

  override needsOf(exchange: Exchange): u32 {
    const config = configFor<ModelRouterConfig>(this.rules, exchange);
    return config != null && config.reads(exchange) ? this.needs : Needs.Head;
  }

  /** Names the model in a header, so that Envoy picks the route by it; the generated routes have the names of the patterns, `provider:<id>` that of a provider. */
  override onModel(exchange: Exchange): Verdict {
    const config = configFor<ModelRouterConfig>(this.rules, exchange);
    if (config == null) return Verdict.Pass;
    if (exchange.model.isEmpty) return this.routeWithoutModel(config, exchange);
    if (!config.reads(exchange)) return Verdict.Pass;
    const asked = exchange.model;
    let named = false;
    if (config.providerHeader.length > 0) {
      const slash = asked.indexOf(0x2f);
      if (slash > 0 && slash + 1 < asked.length && config.isProvider(asked.slice(0, slash))) {
        named = true;
        const provider = asked.slice(0, slash);
        exchange.setRoutingHeader(config.providerHeader, provider);
        exchange.rename(asked.slice(slash + 1));
        if (config.catalogue != null) exchange.nameRoute(Bytes.of("provider:" + provider.toString()));
      }
    }
    const catalogue = config.catalogue;
    if (!named && catalogue != null) {
      const pattern = catalogue.patternFor(asked);
      if (pattern == null) return exchange.refuse(catalogue.refusal(asked));
      exchange.nameRoute(pattern);
    }
    if (config.modelHeader.length > 0) exchange.setRoutingHeader(config.modelHeader, asked);
    if (named || config.modelHeader.length > 0) exchange.pickRouteAgain();
    return Verdict.Pass;
  }

  /** A model that no pattern has isn't served, by whatever way it is asked for. */
  override mayUse(exchange: Exchange, model: Bytes): Failure | null {
    const config = configFor<ModelRouterConfig>(this.rules, exchange);
    if (config == null) return null;
    const catalogue = config.catalogue;
    return catalogue == null || catalogue.patternFor(model) != null ? null : catalogue.refusal(model);
  }

  /** A request that needn't name a model, or is about something that the provider keeps, goes where a later plugin says. */
  private routeWithoutModel(config: ModelRouterConfig, exchange: Exchange): Verdict {
    if (config.providerHeader.length == 0) return Verdict.Pass;
    const provider = providerFor(exchange);
    if (provider == null) return Verdict.Pass;
    exchange.setRoutingHeader(config.providerHeader, provider);
    if (config.catalogue != null) exchange.nameRoute(Bytes.of("provider:" + provider.toString()));
    else exchange.pickRouteAgain();
    return Verdict.Pass;
  }

  /** What there is: answered from the configuration, no provider is asked. Only here, since not everybody may know. */
  override onRoute(exchange: Exchange): Verdict {
    if (exchange.endpoint.operation != Operation.Models || !exchange.method.is("GET")) return Verdict.Pass;
    const config = configFor<ModelRouterConfig>(this.rules, exchange);
    if (config == null) return Verdict.Pass;
    const catalogue = config.catalogue;
    if (catalogue == null) return Verdict.Pass;
    return exchange.answer(
      new LocalAnswer(200, "application/json", catalogue.list(exchange.endpoint.dialect)).detailed("model-router.models"),
    );
  }
}

/** Removes a header that the client brought. Those that every module of ours guards are gone already, or an earlier one's own. */
function takeOut(exchange: Exchange, lower: string): void {
  if (lower.length == 0 || exchange.head.indexOf(lower) < 0) return;
  const name = Bytes.of(lower);
  if (isInternalHeader(name)) return;
  exchange.head.removeBytes(name);
  requestHeaders.removeBytes(name);
  distrustRoute();
}

@final
export class ModelRouterFactory extends StageFactory {
  constructor() {
    super("model-router");
  }

  override create(configuration: Bytes): Stage | null {
    const problems = new Problems(this.name);
    const rules = parseRules<ModelRouterConfig>(configuration, new ModelRouterParser(), problems);
    report(problems);
    return rules == null ? null : new ModelRouter(rules);
  }
}
