import { nowMilliseconds } from "../../shared/host/time";
import { Bytes } from "../../shared/bytes/bytes";
import { ByteWriter } from "../../shared/bytes/writer";
import { Problems } from "../../shared/config/problems";
import { requestHeaders } from "../../shared/host/headers";
import { recallSignedThinking } from "../../shared/pipeline/answer-chain";
import { serveAllClients } from "../../shared/pipeline/all-clients";
import { badTimeout, clientTimeout, timeIsOver } from "../../shared/pipeline/deadline";
import { Exchange } from "../../shared/pipeline/exchange";
import { StageFactory } from "../../shared/pipeline/module";
import { lookAtHealth } from "../../shared/pipeline/health";
import { Needs } from "../../shared/pipeline/needs";
import { PlannedTarget, Provider, Readiness } from "../../shared/pipeline/provider";
import { configFor, report } from "../../shared/pipeline/rules";
import { Stage } from "../../shared/pipeline/stage";
import { Verdict } from "../../shared/pipeline/verdict";
import { Failure, FailureKind } from "../../shared/protocols/failure";
import { Operation, isStateful, mayOmitModel, nameOf } from "../../shared/protocols/operation";
import { parseRules } from "../../shared/rules/parse";
import { Rules } from "../../shared/rules/rules";
import { Redis } from "../../shared/store/redis";
import { ObjectPath } from "../../shared/protocols/objects/path";
import { noBoundary } from "./bounds";
import { AiProxyConfig, AiProxyParser } from "./config";
import { estimateTokens } from "./estimated-count";
import { noSuchObjectPath, ownersAreKnown, refuseNamed, settleObjects, shareObjects, storesAnswer } from "./objects";
import { Plans, isUncounted, unfit, usableKeys } from "./plan";
import { balanceByPrompt } from "./prompt-hash";

/** Envoy's own, up to the headers of an answer: https://www.envoyproxy.io/docs/envoy/latest/configuration/http/http_filters/router_filter#x-envoy-upstream-rq-per-try-timeout-ms */
const TRY_TIMEOUT = "x-envoy-upstream-rq-per-try-timeout-ms";
const number = new ByteWriter(16);
const view = new Bytes();

/** ai-proxy: decides which providers are asked, in which order; the attempts speak to them. Fields and errors: README.md. */
@final
export class AiProxy extends Stage {
  constructor(
    private rules: Rules<AiProxyConfig>,
    /** Whether some scope has plans: then the route that counts is known only once the model is. */
    private plansSomewhere: bool,
    /** Whether some provider keeps objects for callers. */
    private keepsObjects: bool,
    /** Where what outlives requests is kept; null: in this Envoy's shared data. */
    private redis: Redis | null,
  ) {
    super("ai-proxy", Needs.Conversation | Needs.Plan);
  }

  /** A path that nobody here serves is said so at once. */
  override onHead(exchange: Exchange): Verdict {
    if (!this.serves(exchange)) return Verdict.Pass;
    const operation = exchange.endpoint.operation;
    if (operation == Operation.Unknown) return exchange.refuse(noSuchPath());
    if (isStateful(operation)) {
      if (!this.keepsObjects) return exchange.refuse(notServed(operation));
      return ObjectPath.of(exchange.method, exchange.path, operation) == null ? exchange.refuse(noSuchObjectPath()) : Verdict.Pass;
    }
    const method = operation == Operation.Models ? "GET" : "POST";
    if (exchange.method.is(method)) return Verdict.Pass;
    return exchange.refuse(
      Failure.of(FailureKind.InvalidRequest, `The method ${exchange.method.toString()} is not served here. Use ${method}.`).withAllowed(
        method,
      ),
    );
  }

  override needsOf(exchange: Exchange): u32 {
    return exchange.endpoint.operation != Operation.Models && this.serves(exchange) ? this.needs : Needs.Head;
  }

  /** No provider is asked for its models: they are the configuration's, which a plugin before this one tells, if it has any. */
  override onRoute(exchange: Exchange): Verdict {
    return exchange.endpoint.operation == Operation.Models && this.serves(exchange) ? exchange.refuse(noSuchPath()) : Verdict.Pass;
  }

  /** Where a request about objects goes, their owners say; so they are asked for before the route is picked. */
  override onRead(exchange: Exchange): Verdict {
    exchange.redis = this.redis;
    if (!this.keepsObjects || this.redis == null || !isStateful(exchange.endpoint.operation)) return Verdict.Pass;
    const config = this.rules.global;
    if (config != null) shareObjects(config.fields.sharedObjects);
    return ownersAreKnown(exchange) ? Verdict.Pass : Verdict.AskAgain;
  }

  /** Whose model has to be named by nobody: the provider that the path begins with, else the first that has the API. */
  override providerFor(exchange: Exchange): Bytes | null {
    if (!mayOmitModel(exchange.endpoint.operation) || !exchange.isRead) return null;
    const config = this.rules.global;
    if (config == null) return null;
    shareObjects(config.fields.sharedObjects);
    // What an upload holds doesn't say where it goes; its lines are read once, later.
    const isUpload = exchange.endpoint.operation == Operation.Files && exchange.method.is("POST");
    if (isStateful(exchange.endpoint.operation) && exchange.consumer != null && !isUpload) settleObjects(exchange);
    const keeper = exchange.keeper;
    return keeper != null ? keeper : config.providerWithoutModel(exchange);
  }

  /** Strikes what doesn't fit, fixes the order, and names the cluster that tries it. */
  override onPlan(exchange: Exchange): Verdict {
    const config = configFor<AiProxyConfig>(this.rules, exchange);
    if (config == null || !exchange.isRead) return Verdict.Pass;
    if (config.fields.requireDataBoundary && exchange.boundary == null) return exchange.refuse(noBoundary());
    shareObjects(config.fields.sharedObjects);
    if (this.keepsObjects) {
      exchange.keepsAnswer = config.keepsAnswers && exchange.consumer != null && storesAnswer(exchange.conversation);
      if (!ownersAreKnown(exchange)) return Verdict.AskAgain;
      exchange.keeper = null;
      exchange.keeperKey = 0;
      const failure = settleObjects(exchange);
      if (failure != null) return exchange.refuse(failure);
      const keeper = exchange.keeper;
      if (keeper != null && !config.hasKey(keeper, exchange.keeperKey)) return exchange.refuse(keyIsGone());
    } else {
      const failure = refuseNamed(exchange);
      if (failure != null) return exchange.refuse(failure);
    }
    exchange.causes = config.causes;
    exchange.answerLimit = config.fields.answerLimit;
    exchange.stallTimeout = config.fields.stallTimeout;
    exchange.tellsAttempts = config.fields.attemptsHeader;
    const timeout = clientTimeout(exchange.head);
    if (timeout != 0) {
      if (timeout < 0) return exchange.refuse(badTimeout(exchange.head));
      exchange.endsAt = exchange.startedAt / 1_000_000 + timeout;
      if (nowMilliseconds() >= exchange.endsAt) return exchange.refuse(timeIsOver());
    }
    if (config.signsThinking && !recallSignedThinking(exchange)) return Verdict.AskAgain;
    const plans = config.plans;
    if (plans != null) return this.follow(plans, config, exchange);
    const single = config.single;
    return single == null ? Verdict.Pass : this.speakHere(single, config, exchange);
  }

  private follow(plans: Plans, config: AiProxyConfig, exchange: Exchange): Verdict {
    const failure = plans.choose(exchange);
    if (failure != null) return exchange.refuse(failure);
    if (plans.estimates) return estimateTokens(exchange);
    const plan = plans.plan;
    if (plan == null) return exchange.refuse(Failure.of(FailureKind.Internal, "No plan was found for this request."));
    // Those after it have the time of its attempt to get ready.
    if (mustWait(plan.targets[0].provider, exchange)) return Verdict.AskAgain;
    if (plan.waitsForAll) for (let i = 1; i < plans.count; i++) if (mustWait(plan.targets[i].provider, exchange)) return Verdict.AskAgain;
    exchange.targets = plan.targets;
    exchange.targetCount = plans.count;
    const fields = config.fields;
    if (plan.hashesPrompts) balanceByPrompt(exchange.conversation);
    requestHeaders.set("x-sluice-cluster", plan.cluster);
    requestHeaders.set("x-envoy-max-retries", decimal(plans.count - 1));
    const limit = exchange.conversation.stream ? plan.streamLimit(fields.firstContentTimeout) : fields.answerTimeout;
    exchange.tryLimit = limit;
    requestHeaders.set(TRY_TIMEOUT, decimal(limit));
    exchange.pickRouteAgain();
    return Verdict.Pass;
  }

  private speakHere(single: PlannedTarget, config: AiProxyConfig, exchange: Exchange): Verdict {
    if (isUncounted(exchange, single)) return estimateTokens(exchange);
    lookAtHealth();
    const failure = unfit(exchange, single);
    if (failure != null) return exchange.refuse(failure);
    if (usableKeys(exchange, single) == 0) return exchange.refuse(single.provider.exhaustion());
    if (mustWait(single.provider, exchange)) return Verdict.AskAgain;
    if (exchange.conversation.stream && !config.streamLimit.isEmpty) exchange.setRoutingHeader(TRY_TIMEOUT, config.streamLimit);
    exchange.targets = [single];
    exchange.targetCount = 1;
    exchange.writesHere = true;
    return Verdict.Pass;
  }

  /** Whether the request is this plugin's, as far as the route is known. */
  private serves(exchange: Exchange): bool {
    if (this.plansSomewhere) return true;
    const config = configFor<AiProxyConfig>(this.rules, exchange);
    return config != null && config.isActive;
  }
}

@final
export class AiProxyFactory extends StageFactory {
  constructor() {
    super("ai-proxy");
    serveAllClients();
  }

  override create(configuration: Bytes): Stage | null {
    const problems = new Problems(this.name);
    const rules = parseRules<AiProxyConfig>(configuration, new AiProxyParser(), problems);
    report(problems);
    if (rules == null) return null;
    let plansSomewhere = false;
    let keepsObjects = false;
    const global = rules.global;
    if (global != null && global.plans != null) plansSomewhere = true;
    if (global != null && global.keepsObjects) keepsObjects = true;
    for (let i = 0; i < rules.all.length; i++) {
      const config = rules.all[i].config;
      if (config != null && config.plans != null) plansSomewhere = true;
      if (config != null && config.keepsObjects) keepsObjects = true;
    }
    return new AiProxy(rules, plansSomewhere, keepsObjects, global == null ? null : global.redis);
  }
}

/** Whether a provider gets ready first; then the exchange is resumed, and asks again. */
function mustWait(provider: Provider, exchange: Exchange): bool {
  if (provider.prepare() != Readiness.Waiting) return false;
  provider.awaitReadiness(exchange);
  return true;
}

function noSuchPath(): Failure {
  return Failure.of(
    FailureKind.NotFound,
    "The gateway serves no such path. Served are POST /v1/chat/completions, /v1/responses, /v1/completions, /v1/embeddings, /v1/messages, /v1/messages/count_tokens, /v1beta/models/{model}:generateContent, :streamGenerateContent, :countTokens, :embedContent, :batchEmbedContents, images, audio, moderations and rerank (docs/endpoints.md) and, where models are configured, GET /v1/models and /v1beta/models.",
  );
}

/** The vendor knows one owner of its objects, the key, which all callers share. */
function notServed(operation: Operation): Failure {
  return Failure.of(
    FailureKind.Permission,
    `Not served here: ${nameOf(operation)}. They would belong to the provider's key, which all callers share. ${
      operation == Operation.StoredResponses ? "Ask with the whole conversation, or set" : "Set"
    } \`stateful: true\` on the provider in gateway.yaml (\`statefulEndpoints\` in ai-proxy) to keep each for its maker.`,
  );
}

function keyIsGone(): Failure {
  return Failure.of(
    FailureKind.NotFound,
    "The key that made this object is not configured any more, so the provider can't be asked for it.",
  );
}

function decimal(value: i32): Bytes {
  number.clear();
  number.unsigned(max(value, 0));
  return number.pointAt(view);
}
