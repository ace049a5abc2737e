import { Bytes, EMPTY } from "../../shared/bytes/bytes";
import { Problems, within } from "../../shared/config/problems";
import { ConfigReader } from "../../shared/config/reader";
import { CAUSE_NAMES, USUAL_CAUSES, causeNamed } from "../../shared/pipeline/causes";
import { Exchange } from "../../shared/pipeline/exchange";
import { addStatus } from "../../shared/pipeline/status";
import { PlannedTarget } from "../../shared/pipeline/provider";
import { BedrockProvider } from "../../shared/protocols/bedrock/provider";
import { RuleParser } from "../../shared/rules/parse";
import { REDIS_OWNER, providerOwner, secretOf } from "../../shared/secrets/secret";
import { redisFor } from "../../shared/store/pipelined";
import { Redis } from "../../shared/store/redis";
import { RedisSettings } from "../../shared/store/settings";
import { AzureService } from "./azure";
import { applyCustomUrl } from "./custom-url";
import { applyCapabilities } from "./capabilities";
import { bedrockIsComplete, bedrockOptions, signerOf } from "./bedrock";
import { AiProxyFields, PlanFields, PROVIDER_TYPE_NAMES, ProviderFields, ProviderType, RedisFields } from "./config.generated";
import { TencentSigner } from "./own-headers";
import { missingIn } from "./own-protocols";
import { applyMessageFields } from "./message-fields";
import { ModelMapping } from "./model-mapping";
import { placeIn } from "./bounds";
import { Plan, Plans, Sticky } from "./plan";
import { ConfiguredProvider, escapedName } from "./provider";
import { failoverPolicyOf, keyPoolOf, probed } from "./failover";
import { RequestSettings } from "./request-settings";
import { RequestSigner } from "./signer";
import { StatusRetry } from "./status-retry";
import { TextFile } from "./text-file";
import { missingField, vendorOf } from "./vendors.generated";
import { VertexProvider } from "./vertex";
import { ContextWindows } from "./windows";

/** What holds in one scope: the providers, and where requests go. */
@final
export class AiProxyConfig {
  providers: Array<ConfiguredProvider> = [];
  /** Orders of targets, each a composite cluster; null: `single` or nothing. */
  plans: Plans | null = null;
  /** The one provider that this filter itself speaks to, downstream; null: none. */
  single: PlannedTarget | null = null;
  /** Milliseconds for its streams to begin, in digits; empty: no limit. */
  streamLimit: Bytes = EMPTY;

  /** Whether some provider that is asked here keeps answers for callers. */
  keepsAnswers: bool = false;
  /** Where what outlives requests is kept; null: in Envoy's shared data. */
  redis: Redis | null = null;
  /** Whether a provider here signs what its model thought. */
  signsThinking: bool = false;

  /** Which failures move on to the next target: bits of `causes.ts`. */
  causes: u32 = USUAL_CAUSES;

  constructor(public fields: AiProxyFields) {}

  /** Null if it can't be used: the reader's problems say why. `base` lends what is the same. */
  static make(fields: AiProxyFields, base: AiProxyConfig | null, reader: ConfigReader): AiProxyConfig | null {
    const problems = reader.problems;
    if (problems.refused) return null;
    const at = reader.path;
    const config = new AiProxyConfig(fields);
    const sameProviders = base != null && base.fields.providers === fields.providers;
    if (base != null && sameProviders) config.providers = base.providers;
    else config.addProviders(fields.providers, at, problems);
    config.single = config.makeSingle(at, problems);
    config.redis = base != null && base.fields.redis === fields.redis ? base.redis : redisOf(fields.redis, within(at, "redis"), problems);
    const inherits = base != null && base.fields.plans === fields.plans;
    // What a rule names itself wins over plans that it inherits.
    const namesOne = fields.provider != null || !fields.activeProviderId.isEmpty;
    if (fields.plans.length > 0 && !(inherits && namesOne)) {
      if (base != null && inherits && sameProviders && base.fields.sticky.equals(fields.sticky)) config.plans = base.plans;
      else config.plans = config.makePlans(fields.plans, at, problems);
    }
    config.causes = causesIn(fields.fallbackOn, within(at, "fallbackOn"), problems);
    config.noteSigning();
    config.noteKeeping();
    return problems.refused ? null : config;
  }

  private noteKeeping(): void {
    const plans = this.plans;
    if (plans != null) this.keepsAnswers = plans.keepAnswers;
    const single = this.single;
    if (single != null && single.provider.keepsObjects) this.keepsAnswers = true;
  }

  private noteSigning(): void {
    for (let i = 0; i < this.providers.length; i++) if (this.providers[i].signsThinking) this.signsThinking = true;
    const single = this.single;
    if (single != null && single.provider.signsThinking) this.signsThinking = true;
  }

  /** Whether requests of this scope are this plugin's to serve. */
  get isActive(): bool {
    return this.plans != null || this.single != null;
  }

  /** Whether some provider keeps objects for callers. */
  get keepsObjects(): bool {
    for (let i = 0; i < this.providers.length; i++) if (this.providers[i].keepsObjects) return true;
    return false;
  }

  /** Whether the provider of an object still has the key that made it. */
  hasKey(provider: Bytes, key: u64): bool {
    const found = this.provider(provider);
    return found != null && found.keepsObjects && found.hasKey(key);
  }

  /** Who is asked where no model says it: the provider whose id stands in front of the path (`/openai/v1/moderations`), else the first that serves the operation; null: none does. */
  providerWithoutModel(exchange: Exchange): Bytes | null {
    const conversation = exchange.conversation;
    const all = this.providers;
    const boundary = exchange.boundary;
    let first: Bytes | null = null;
    for (let i = 0; i < all.length; i++) {
      if (!all[i].serves(conversation) || (boundary != null && !boundary.admits(all[i].region, all[i].tags))) continue;
      if (startsWithName(exchange.path, all[i].id)) return all[i].id;
      if (first == null) first = all[i].id;
    }
    return first;
  }

  private addProviders(all: Array<ProviderFields>, at: string, problems: Problems): void {
    for (let i = 0; i < all.length && !problems.refused; i++) {
      const path = within(at, `providers[${i}]`);
      if (all[i].id.isEmpty)
        return problems.refuse(path + ".id", "found nothing, expected a name that targets and activeProviderId can refer to");
      if (this.provider(all[i].id) != null) {
        return problems.refuse(path + ".id", `found "${all[i].id.toString()}" a second time, expected each provider to have its own`);
      }
      const provider = makeProvider(all[i], path, problems);
      if (provider != null) this.providers.push(provider);
    }
  }

  private makePlans(all: Array<PlanFields>, at: string, problems: Problems): Plans | null {
    const sticky = this.fields.sticky;
    if (!Sticky.reads(sticky))
      problems.refuse(within(at, "sticky"), `found "${sticky.toString()}", expected consumer, or header: and the name of a header`);
    const plans = new Plans(new Sticky(sticky));
    for (let i = 0; i < all.length && !problems.refused; i++) {
      const path = within(at, `plans[${i}]`);
      const targets: Array<PlannedTarget> = [];
      const plan = new Plan(all[i].cluster, all[i].weight, targets);
      for (let j = 0; j < all[i].targets.length; j++) {
        const target = all[i].targets[j];
        const provider = this.provider(target.provider);
        if (provider == null) {
          problems.refuse(
            `${path}.targets[${j}].provider`,
            `found "${target.provider.toString()}", expected the id of a provider: ${this.ids()}`,
          );
          return null;
        }
        if (provider.retry != null) {
          problems.refuse(
            `${path}.targets[${j}].provider`,
            `found "${target.provider.toString()}", whose retryOnFailure is on, expected it off: in a plan Envoy asks again, where a target is repeated`,
          );
          return null;
        }
        plan.noteLimit(provider.firstByteTimeout);
        if (provider.texts.areFetched) plan.waitsForAll = true;
        if (provider.hashesPrompts) plan.hashesPrompts = true;
        targets.push(new PlannedTarget(provider, target.model.isEmpty ? null : escapedName(target.model)));
      }
      plans.add(plan);
    }
    if (plans.totalWeight == 0) problems.refuse(within(at, "plans"), "found only weights of 0, expected at least one plan to be drawn");
    return plans;
  }

  /** `provider`, as older configurations of Higress have it, or the one of `providers` that `activeProviderId` names. An unknown name makes the plugin do nothing, as in Higress. */
  private makeSingle(at: string, problems: Problems): PlannedTarget | null {
    const own = this.fields.provider;
    if (own != null) {
      const isNamed = !own.id.isEmpty;
      if (!isNamed) own.id = Bytes.of(PROVIDER_TYPE_NAMES[own.type]);
      const provider = makeProvider(own, within(at, "provider"), problems);
      if (provider == null) return null;
      // Rules may name it by `activeProviderId`, as in Higress.
      if (isNamed) {
        const first: Array<ConfiguredProvider> = [];
        first.push(provider);
        this.providers = first.concat(this.providers);
      }
      return this.alone(provider);
    }
    const active = this.fields.activeProviderId;
    if (active.isEmpty) return null;
    const provider = this.provider(active);
    if (provider == null) {
      problems.warn(within(at, "activeProviderId"), `no provider is called "${active.toString()}": nothing is done here`);
      return null;
    }
    return this.alone(provider);
  }

  private alone(provider: ConfiguredProvider): PlannedTarget {
    if (provider.firstByteTimeout > 0) this.streamLimit = Bytes.of(provider.firstByteTimeout.toString());
    return new PlannedTarget(provider, null);
  }

  private provider(id: Bytes): ConfiguredProvider | null {
    for (let i = 0; i < this.providers.length; i++) if (this.providers[i].id.equals(id)) return this.providers[i];
    return null;
  }

  private ids(): string {
    const ids: Array<string> = [];
    for (let i = 0; i < this.providers.length; i++) ids.push(this.providers[i].id.toString());
    return ids.join(", ");
  }
}

/** Makes `AiProxyConfig`s for the rules: a rule starts with the global part. */
@final
export class AiProxyParser extends RuleParser<AiProxyConfig> {
  override parseGlobal(reader: ConfigReader): AiProxyConfig | null {
    return AiProxyConfig.make(AiProxyFields.parse(reader), null, reader);
  }

  override parseRule(reader: ConfigReader, global: AiProxyConfig | null): AiProxyConfig | null {
    return AiProxyConfig.make(AiProxyFields.parse(reader, global == null ? null : global.fields), global, reader);
  }

  /** Rules name providers of the global part: without it they mean nothing. */
  override needsGlobal(): bool {
    return true;
  }
}

function redisOf(fields: RedisFields | null, path: string, problems: Problems): Redis | null {
  if (fields == null) return null;
  const settings = new RedisSettings();
  const password = fields.password.isEmpty ? EMPTY : secretOf(fields.password, REDIS_OWNER, path + ".password", problems);
  if (password == null) return null;
  settings.cluster = fields.serviceName;
  settings.username = fields.username;
  settings.password = password;
  settings.database = fields.database;
  settings.timeout = fields.timeout;
  if (!settings.username.isEmpty && password.isEmpty)
    problems.refuse(path + ".password", "found nothing, expected the password of the user that `username` names");
  return problems.refused ? null : redisFor(settings);
}

function causesIn(names: Array<Bytes> | null, path: string, problems: Problems): u32 {
  if (names == null) return USUAL_CAUSES;
  let causes: u32 = 0;
  for (let i = 0; i < names.length; i++) {
    const cause = causeNamed(names[i]);
    if (cause == 0) problems.refuse(`${path}[${i}]`, `found "${names[i].toString()}", expected one of ${CAUSE_NAMES.join(", ")}`);
    causes |= cause;
  }
  return causes;
}

/** Whether a path's first segment is the given name. */
function startsWithName(path: Bytes, name: Bytes): bool {
  return path.at(0) == 0x2f && path.at(name.length + 1) == 0x2f && path.slice(1, name.length + 1).equals(name);
}

function makeProvider(fields: ProviderFields, path: string, problems: Problems): ConfiguredProvider | null {
  const provider = makeVendor(fields, path, problems);
  if (provider == null) return null;
  const retention = fields.promptCacheRetention;
  if (!retention.isEmpty && !retention.is("in_memory") && !retention.is("24h"))
    problems.refuse(path + ".promptCacheRetention", `found "${retention.toString()}", expected in_memory or 24h`);
  if (fields.modelMapping.length > 0) provider.mapping = new ModelMapping(fields.modelMapping, path + ".modelMapping", problems);
  if (fields.contextWindows.length > 0) provider.windows = new ContextWindows(fields.contextWindows, path + ".contextWindows", problems);
  placeIn(provider, fields, path, problems);
  addStatus(provider);
  provider.settings = RequestSettings.of(fields, provider.mainDialect, path, problems);
  provider.retry = StatusRetry.of(fields.retryOnFailure, path + ".retryOnFailure", problems);
  provider.texts.add(TextFile.ofContext(fields, path, problems));
  provider.texts.add(provider.fileOfMoonshot());
  return problems.refused ? null : provider;
}

function makeVendor(fields: ProviderFields, path: string, problems: Problems): ConfiguredProvider | null {
  const policy = failoverPolicyOf(fields, path, problems);
  const pool = keyPoolOf(fields, policy, path, problems);
  if (pool == null) return null;
  const lacking = missingIn(fields);
  if (lacking != null) {
    problems.refuse(`${path}.${lacking[0]}`, `found nothing, expected ${lacking[1]}`);
    return null;
  }
  if (!bedrockIsComplete(fields, path, problems)) return null;
  let signer: RequestSigner | null = signerOf(fields, path, problems);
  const missing = missingField(fields);
  if (missing.length > 0) {
    problems.refuse(
      `${path}.${missing}`,
      fields.providerDomain.isEmpty && missing != "cloudflareAccountId" && missing != "azureServiceUrl"
        ? `found nothing, expected the host of the server${missing == "providerDomain" ? "" : " (or providerDomain)"}`
        : `found nothing, expected a string: type ${PROVIDER_TYPE_NAMES[fields.type]} needs it`,
    );
    return null;
  }
  const vendor = vendorOf(fields);
  if (fields.type == ProviderType.Bedrock) vendor.speakBy(new BedrockProvider(bedrockOptions(fields)));
  applyCustomUrl(fields, vendor, path, problems);
  applyCapabilities(vendor, fields.capabilities, path + ".capabilities", problems);
  applyMessageFields(fields, vendor, path, problems);
  if (problems.refused) return null;
  if (fields.type == ProviderType.Vertex) return VertexProvider.make(fields, pool, vendor, path, problems);
  if (fields.type == ProviderType.Hunyuan && !fields.hunyuanAuthId.isEmpty) {
    const owner = providerOwner(fields.id);
    const id = secretOf(fields.hunyuanAuthId, owner, path + ".hunyuanAuthId", problems);
    const key = secretOf(fields.hunyuanAuthKey, owner, path + ".hunyuanAuthKey", problems);
    if (id == null || key == null) return null;
    signer = new TencentSigner(id, key);
  }
  let azure: AzureService | null = null;
  if (fields.type == ProviderType.Azure) azure = AzureService.of(fields.azureServiceUrl, path + ".azureServiceUrl", problems);
  return problems.refused ? null : probed(new ConfiguredProvider(fields, pool, vendor, signer, azure), pool, policy, fields);
}
