// Written by scripts/generate.ts from config.schema.json beside it: change that, then run `npm run generate`.
import { Bytes, EMPTY } from "../../shared/bytes/bytes";
import { Form } from "../../shared/config/forms";
import { ConfigReader, NO_TEXTS, Scope } from "../../shared/config/reader";
import { TextMap } from "../../shared/config/text-map";

const AI_PROXY_FIELDS: StaticArray<string> = [
  "provider",
  "providers",
  "activeProviderId",
  "plans",
  "answerTimeout",
  "firstContentTimeout",
  "stallTimeout",
  "sticky",
  "attemptsHeader",
  "fallbackOn",
  "requireDataBoundary",
  "sharedObjects",
  "redis",
  "answerLimit",
];

/** Speaks each provider's protocol: reads the client's request, writes the provider's, and back. */
@final
export class AiProxyFields {
  /** The one provider of this scope. Wins over `providers` and `activeProviderId`. Null if not given. */
  provider: ProviderFields | null = null;
  /** Providers to choose from, each with an `id`. */
  providers: ProviderFields[] = [];
  /** Which of `providers` serves this scope. A rule doesn't inherit it; without it, or `plans`, the plugin does nothing there. Empty if not given. */
  activeProviderId: Bytes = EMPTY;
  /** Where requests of this scope go, attempt by attempt. One plan is drawn by weight; the others stand in for it where a target doesn't fit. */
  plans: PlanFields[] = [];
  /** Time limit in milliseconds for one attempt at an answer that doesn't stream. */
  answerTimeout: i32 = 600000;
  /** Time limit in milliseconds for one attempt at a stream to bring its first content. */
  firstContentTimeout: i32 = 300000;
  /** Milliseconds that a stream may stand still after its first content; then it is broken off. 0: for ever. */
  stallTimeout: i32 = 120000;
  /** By whom a plan is drawn, so that the same one always starts with the same target as long as weights stay: `consumer`, or `header:NAME`; requests without one are drawn each by itself. Empty: every request is. Empty if not given. */
  sticky: Bytes = EMPTY;
  /** Whether the answer's header `x-sluice-attempts` tells which providers were tried, and why each failed, where some did. */
  attemptsHeader: bool = true;
  /** Which failures move a request of this scope on to the plan's next target: `rate_limit`, `server_error`, `timeout`, `connection`, `authentication`, `insufficient_quota`, `overloaded`, `context_length`, `content_filter`. With any other the request ends. Not given: all but `content_filter`. Null if not given. */
  fallbackOn: Bytes[] | null = null;
  /** Whether a request is refused unless key-auth has said what its consumer's data may reach. What it has said holds in any case. */
  requireDataBoundary: bool = false;
  /** Ids of files, vector stores and the like that every consumer may name, whoever made them; `vs_*` stands for all that begin so. */
  sharedObjects: Bytes[] = NO_TEXTS;
  /** A Redis for what outlives requests (signed thinking, owners of objects), shared by all Envoys; without it, it is kept in Envoy's shared data, and lost with a restart. Null if not given. */
  redis: RedisFields | null = null;
  /** How many bytes an answer that doesn't stream may have. */
  answerLimit: i32 = 33554432;

  /** Reads an object; a rule that inherits starts with a copy of the global part as `base`. After a refusal the object is incomplete. */
  static parse(reader: ConfigReader, base: AiProxyFields | null = null): AiProxyFields {
    const fields = base == null ? new AiProxyFields() : base.copy();

    if (!reader.enterObject()) return fields;
    while (reader.nextField()) {
      if (reader.is("provider")) fields.provider = ProviderFields.parse(reader);
      else if (reader.is("providers")) fields.providers = readProviderFields(reader, 0);
      else if (reader.is("activeProviderId")) fields.activeProviderId = reader.text();
      else if (reader.is("plans")) fields.plans = readPlanFields(reader, 0);
      else if (reader.is("answerTimeout")) fields.answerTimeout = <i32>reader.whole(1, 86400000);
      else if (reader.is("firstContentTimeout")) fields.firstContentTimeout = <i32>reader.whole(1, 86400000);
      else if (reader.is("stallTimeout")) fields.stallTimeout = <i32>reader.whole(0, 86400000);
      else if (reader.is("sticky")) fields.sticky = reader.text(Form.Filled);
      else if (reader.is("attemptsHeader")) fields.attemptsHeader = reader.flag();
      else if (reader.is("fallbackOn")) fields.fallbackOn = reader.texts(Form.Filled);
      else if (reader.is("requireDataBoundary")) fields.requireDataBoundary = reader.flag();
      else if (reader.is("sharedObjects")) fields.sharedObjects = reader.texts(Form.Filled);
      else if (reader.is("redis")) {
        if (reader.isFor(Scope.Global)) fields.redis = RedisFields.parse(reader);
      } else if (reader.is("answerLimit")) fields.answerLimit = <i32>reader.whole(1024, 1073741824);
      else reader.passOver(AI_PROXY_FIELDS);
    }

    return fields;
  }

  /** What a rule starts with: everything that rules inherit. Lists and objects are shared, as nobody changes them after parsing. */
  copy(): AiProxyFields {
    const copy = new AiProxyFields();
    copy.providers = this.providers;
    copy.plans = this.plans;
    copy.answerTimeout = this.answerTimeout;
    copy.firstContentTimeout = this.firstContentTimeout;
    copy.stallTimeout = this.stallTimeout;
    copy.sticky = this.sticky;
    copy.attemptsHeader = this.attemptsHeader;
    copy.fallbackOn = this.fallbackOn;
    copy.requireDataBoundary = this.requireDataBoundary;
    copy.sharedObjects = this.sharedObjects;
    copy.answerLimit = this.answerLimit;
    return copy;
  }
}

const REDIS_FIELDS: StaticArray<string> = ["service_name", "username", "password", "database", "timeout"];

/** Where a Redis is, and how to log in. */
@final
export class RedisFields {
  /** The name of Envoy's cluster for it, whose `upstream_config` is `envoy.upstreams.http.tcp`, and which has `max_requests_per_connection: 1` (shared/store/README.md says why). */
  serviceName: Bytes = EMPTY;
  /** The user; without it Redis's default user. Empty if not given. */
  username: Bytes = EMPTY;
  /** The password, `env:NAME` for one in the environment, or `sealed:…`. Without it there is no login. Empty if not given. */
  password: Bytes = EMPTY;
  /** The number of the database. */
  database: i32 = 0;
  /** How long Redis may take, in milliseconds. */
  timeout: i32 = 1000;

  /** Reads an object. After a refusal the object is incomplete. */
  static parse(reader: ConfigReader): RedisFields {
    const fields = new RedisFields();
    let hasServiceName = false;
    if (!reader.enterObject()) return fields;
    while (reader.nextField()) {
      if (reader.is("service_name")) {
        fields.serviceName = reader.text(Form.Filled);
        hasServiceName = true;
      } else if (reader.is("username")) fields.username = reader.text();
      else if (reader.is("password")) fields.password = reader.text(Form.Filled);
      else if (reader.is("database")) fields.database = <i32>reader.whole(0, 65535);
      else if (reader.is("timeout")) fields.timeout = <i32>reader.whole(1, 86400000);
      else reader.passOver(REDIS_FIELDS);
    }
    reader.require(hasServiceName, "service_name", "a string");
    return fields;
  }
}

/** Which vendor it is. */
export enum ProviderType {
  Openai,
  Claude,
  Gemini,
  Azure,
  Bedrock,
  Vertex,
  Deepseek,
  Moonshot,
  Qwen,
  Zhipuai,
  Mistral,
  Groq,
  Openrouter,
  Ollama,
  Vllm,
  Cohere,
  Grok,
  Doubao,
  Hunyuan,
  Baidu,
  Spark,
  Minimax,
  Yi,
  Baichuan,
  Stepfun,
  Ai360,
  Cloudflare,
  Github,
  Fireworks,
  TogetherAi,
  Longcat,
  Perplexity,
  Huggingface,
  Nvidia,
  Sambanova,
  Cerebras,
  Deepinfra,
  Hyperbolic,
  Novita,
  Siliconflow,
  Modelscope,
  Lkeap,
  Ai21,
  Databricks,
  Voyage,
  Jina,
  Lmstudio,
  Llamacpp,
  Xinference,
  Dify,
  Deepl,
  Triton,
  Generic,
}

/** How the configuration spells each `ProviderType`. */
export const PROVIDER_TYPE_NAMES: StaticArray<string> = [
  "openai",
  "claude",
  "gemini",
  "azure",
  "bedrock",
  "vertex",
  "deepseek",
  "moonshot",
  "qwen",
  "zhipuai",
  "mistral",
  "groq",
  "openrouter",
  "ollama",
  "vllm",
  "cohere",
  "grok",
  "doubao",
  "hunyuan",
  "baidu",
  "spark",
  "minimax",
  "yi",
  "baichuan",
  "stepfun",
  "ai360",
  "cloudflare",
  "github",
  "fireworks",
  "together-ai",
  "longcat",
  "perplexity",
  "huggingface",
  "nvidia",
  "sambanova",
  "cerebras",
  "deepinfra",
  "hyperbolic",
  "novita",
  "siliconflow",
  "modelscope",
  "lkeap",
  "ai21",
  "databricks",
  "voyage",
  "jina",
  "lmstudio",
  "llamacpp",
  "xinference",
  "dify",
  "deepl",
  "triton",
  "generic",
];

/** claude (and Claude elsewhere): `auto` has the vendor cache prompts, where the client marks nothing: tools, system texts and the last two turns of the user's are marked; a request in Anthropic's own protocol to Anthropic itself gets `cache_control`, and the vendor finds the places. */
export enum ProviderPromptCache {
  Off,
  Auto,
}

/** How the configuration spells each `ProviderPromptCache`. */
export const PROVIDER_PROMPT_CACHE_NAMES: StaticArray<string> = ["off", "auto"];

/** What becomes of what the client asks for and this provider's protocol can't say: the request is refused with a 400 that names the field, or the field is left out and named in the header `x-sluice-dropped`, the fact `dropped` and the log. */
export enum ProviderOnUnsupported {
  Refuse,
  Drop,
}

/** How the configuration spells each `ProviderOnUnsupported`. */
export const PROVIDER_ON_UNSUPPORTED_NAMES: StaticArray<string> = ["refuse", "drop"];

/** `original`: bodies go on as clients write them, in whichever protocol, to the client's own path (of its query only `alt`, `api-version` and `beta`, since keys may stand in it). Host and key are the provider's, and of the body only what other fields name: `modelMapping`, `customSettings` and their like. */
export enum ProviderProtocol {
  Openai,
  Original,
}

/** How the configuration spells each `ProviderProtocol`. */
export const PROVIDER_PROTOCOL_NAMES: StaticArray<string> = ["openai", "original"];

/** Which of the usable keys an attempt gets: a `random` one by weight, the same one for each consumer (`affinity`), so that a vendor's prompt caches are met again, or the one that was over a limit longest ago (`leastRecentlyLimited`). */
export enum ProviderKeySelection {
  Random,
  Affinity,
  LeastRecentlyLimited,
}

/** How the configuration spells each `ProviderKeySelection`. */
export const PROVIDER_KEY_SELECTION_NAMES: StaticArray<string> = ["random", "affinity", "leastRecentlyLimited"];

/** What becomes of reasoning in answers to OpenAI's clients: `passthrough` keeps it apart, `ignore` leaves it out, `concat` puts it in front of the text, between `<think>` and `</think>`. */
export enum ProviderReasoningContentMode {
  Passthrough,
  Ignore,
  Concat,
}

/** How the configuration spells each `ProviderReasoningContentMode`. */
export const PROVIDER_REASONING_CONTENT_MODE_NAMES: StaticArray<string> = ["passthrough", "ignore", "concat"];

/** `prepend`: `basePath` stands in front of the path that the provider is asked at. `removePrefix`: it is taken off the client's; paths are recognised by their ends whatever stands in front, so that this matters where the client's path goes on, as with `protocol: original`. */
export enum ProviderBasePathHandling {
  RemovePrefix,
  Prepend,
}

/** How the configuration spells each `ProviderBasePathHandling`. */
export const PROVIDER_BASE_PATH_HANDLING_NAMES: StaticArray<string> = ["removePrefix", "prepend"];

/** minimax: `v2` is near to OpenAI's, `pro` is the older one. */
export enum ProviderMinimaxApiType {
  V2,
  Pro,
}

/** How the configuration spells each `ProviderMinimaxApiType`. */
export const PROVIDER_MINIMAX_API_TYPE_NAMES: StaticArray<string> = ["v2", "pro"];

/** dify: the kind of app. */
export enum ProviderBotType {
  Chat,
  Completion,
  Agent,
  Workflow,
}

/** How the configuration spells each `ProviderBotType`. */
export const PROVIDER_BOT_TYPE_NAMES: StaticArray<string> = ["Chat", "Completion", "Agent", "Workflow"];

const PROVIDER_FIELDS: StaticArray<string> = [
  "id",
  "type",
  "apiTokens",
  "region",
  "tags",
  "contextWindows",
  "modelMapping",
  "providerDomain",
  "providerBasePath",
  "claudeVersion",
  "apiVersion",
  "ollamaServerHost",
  "ollamaServerPort",
  "vllmServerHost",
  "qwenDomain",
  "zhipuDomain",
  "timeout",
  "promptCache",
  "statefulEndpoints",
  "passHeaders",
  "onUnsupported",
  "protocol",
  "firstByteTimeout",
  "context",
  "customSettings",
  "failover",
  "keys",
  "keySelection",
  "rememberFailures",
  "hashPrompts",
  "asksForLoad",
  "probeCluster",
  "retryOnFailure",
  "reasoningContentMode",
  "responseJsonSchema",
  "capabilities",
  "basePath",
  "basePathHandling",
  "subPath",
  "contextCleanupCommands",
  "mergeConsecutiveMessages",
  "promoteThinkingOnEmpty",
  "hiclawMode",
  "authHeaderKey",
  "openaiCustomUrl",
  "azureServiceUrl",
  "moonshotFileId",
  "moonshotFileService",
  "qwenFileIds",
  "qwenEnableSearch",
  "qwenEnableCompatible",
  "hunyuanAuthId",
  "hunyuanAuthKey",
  "awsAccessKey",
  "awsSecretKey",
  "awsSessionToken",
  "awsRegion",
  "bedrockAdditionalFields",
  "promptCacheRetention",
  "bedrockPromptCachePointPositions",
  "minimaxApiType",
  "minimaxGroupId",
  "claudeCodeMode",
  "cloudflareAccountId",
  "geminiSafetySetting",
  "geminiThinkingBudget",
  "vertexRegion",
  "vertexProjectId",
  "vertexAuthKey",
  "vertexAuthServiceName",
  "vertexTokenRefreshAhead",
  "vertexOpenAICompatible",
  "targetLang",
  "difyApiUrl",
  "botType",
  "inputVariable",
  "outputVariable",
  "tritonModelVersion",
  "tritonDomain",
  "vllmCustomUrl",
  "doubaoDomain",
  "zhipuCodePlanMode",
  "genericHost",
];

/** One provider: what it speaks, where it is, and the keys for it. */
@final
export class ProviderFields {
  /** The provider's name within this configuration: `activeProviderId`, targets and facts refer to it. Empty if not given. */
  id: Bytes = EMPTY;
  /** Which vendor it is. */
  type: ProviderType = ProviderType.Openai;
  /** Keys for the provider: as they are, `env:NAME` for a variable of Envoy's environment, or `sealed:…`, which `SLUICE_MASTER_KEY` of that environment opens. Without any, type `openai` passes the caller's own `authorization` on. */
  apiTokens: Bytes[] = NO_TEXTS;
  /** Where the provider keeps what it is told: consumers may say which regions their data may reach (`data` of key-auth). Empty if not given. */
  region: Bytes = EMPTY;
  /** What else consumers may demand of a provider that gets their data. */
  tags: Bytes[] = NO_TEXTS;
  /** Tokens of models' windows, prompt and answer, as digits in quotes: by the provider's names of its models, with the patterns of `modelMapping`. A prompt that is surely longer isn't sent there. */
  contextWindows: TextMap = new TextMap();
  /** From the model that the client asks for to the provider's: an exact name first, then the longest beginning followed by `*`, then the first regular expression (`~` and a pattern, see shared/regex) that matches, whose groups the target names as `$1`, then `*`. An empty target keeps the name. */
  modelMapping: TextMap = new TextMap();
  /** The host to ask, in place of the vendor's own. Empty if not given. */
  providerDomain: Bytes = EMPTY;
  /** Stands before the vendor's paths. Empty if not given. */
  providerBasePath: Bytes = EMPTY;
  /** claude: the header `anthropic-version`; if neither this nor `apiVersion` is given, the client's own where it asks at `/v1/messages`, else `2023-06-01`. Empty if not given. */
  claudeVersion: Bytes = EMPTY;
  /** gemini: the version in the path, `v1beta` if not given. claude: as `claudeVersion`, which wins. Empty if not given. */
  apiVersion: Bytes = EMPTY;
  /** ollama: the server's host. Empty if not given. */
  ollamaServerHost: Bytes = EMPTY;
  /** ollama: the server's port. */
  ollamaServerPort: i32 = 11434;
  /** vllm: the server's host. */
  vllmServerHost: Bytes = Bytes.of("vllm-service.cluster.local");
  /** qwen: the host, for another region or a private endpoint. Empty if not given. */
  qwenDomain: Bytes = EMPTY;
  /** zhipuai: the host, such as `api.z.ai`. Empty if not given. */
  zhipuDomain: Bytes = EMPTY;
  /** Time limit in milliseconds for the calls that fetch `context` and `moonshotFileId`; 0: as by default. The model's own have `answerTimeout` and `firstContentTimeout`. */
  timeout: i32 = 120000;
  /** claude (and Claude elsewhere): `auto` has the vendor cache prompts, where the client marks nothing: tools, system texts and the last two turns of the user's are marked; a request in Anthropic's own protocol to Anthropic itself gets `cache_control`, and the vendor finds the places. */
  promptCache: ProviderPromptCache = ProviderPromptCache.Off;
  /** Whether files, batches, fine-tuning jobs and stored answers are served, each for the consumer that made it. Needs key-auth in front, in the same module, and a key of the provider's. */
  statefulEndpoints: bool = false;
  /** Request headers of the client that go on to the provider, beside those that always do. Cookies and keys never go. */
  passHeaders: Bytes[] = NO_TEXTS;
  /** What becomes of what the client asks for and this provider's protocol can't say: the request is refused with a 400 that names the field, or the field is left out and named in the header `x-sluice-dropped`, the fact `dropped` and the log. */
  onUnsupported: ProviderOnUnsupported = ProviderOnUnsupported.Refuse;
  /** `original`: bodies go on as clients write them, in whichever protocol, to the client's own path (of its query only `alt`, `api-version` and `beta`, since keys may stand in it). Host and key are the provider's, and of the body only what other fields name: `modelMapping`, `customSettings` and their like. */
  protocol: ProviderProtocol = ProviderProtocol.Openai;
  /** Time limit in milliseconds for one attempt at a stream to begin, in place of `firstContentTimeout`; 0: none of its own. Envoy knows one limit for all attempts of a plan: the longest of its targets' is taken. */
  firstByteTimeout: i32 = 0;
  /** A text file that becomes a system message of every conversation, behind the client's own. Requests wait until it is there; while it can't be had this provider isn't asked. Null if not given. */
  context: ContextFileFields | null = null;
  /** Members that are set in requests for chat completions. */
  customSettings: CustomSettingFields[] = [];
  /** When a key that fails is taken out, beside those that are refused or over a limit, and how one that was taken out is tried again. Null if not given. */
  failover: FailoverFields | null = null;
  /** Keys as `apiTokens`, with a name for logs and a share of the requests; they stand behind those. */
  keys: KeyFields[] = [];
  /** Which of the usable keys an attempt gets: a `random` one by weight, the same one for each consumer (`affinity`), so that a vendor's prompt caches are met again, or the one that was over a limit longest ago (`leastRecentlyLimited`). */
  keySelection: ProviderKeySelection = ProviderKeySelection.Random;
  /** Whether what attempts show of keys and of the endpoint counts for later requests. Without it nothing is parked, blocked or asked last. */
  rememberFailures: bool = true;
  /** Whether Envoy is told a hash of what a prompt begins with, for a route's `hash_policy` with `filter_state: { key: envoy.hashable_string }`: it picks one of the provider's servers by it. Only in plans. */
  hashPrompts: bool = false;
  /** Whether servers are asked, by `endpoint-load-metrics-format`, to say how busy they are, for Envoy's `client_side_weighted_round_robin`. vLLM's report is completed to one that it takes; clients don't see it. */
  asksForLoad: bool = false;
  /** Envoy's cluster of the provider, where blocked keys are probed. Without it none is: a request tries them after five minutes. Empty if not given. */
  probeCluster: Bytes = EMPTY;
  /** Asks again where a request failed, with another of `apiTokens` if there are several. Where the filter stands downstream alone it makes the further attempts itself, by HTTP calls, so that a stream then comes in one piece; in a plan Envoy makes them, and the target is repeated there. Never for files, batches and jobs. Null if not given. */
  retryOnFailure: RetryFields | null = null;
  /** What becomes of reasoning in answers to OpenAI's clients: `passthrough` keeps it apart, `ignore` leaves it out, `concat` puts it in front of the text, between `<think>` and `</think>`. */
  reasoningContentMode: ProviderReasoningContentMode = ProviderReasoningContentMode.Passthrough;
  /** A JSON Schema that every answer must have, in place of what the client asks for; or OpenAI's `{"name", "strict", "schema"}`, or its whole `response_format`. Where a vendor has no such form, requests are refused. */
  responseJsonSchema: Bytes = EMPTY;
  /** Which APIs of the provider are used, and where: from Higress's name of an API (`openai/v1/chatcompletions`, `openai/v1/embeddings`, `anthropic/v1/messages` …) to its path. It wins over the vendor's own; an empty path switches the API off. */
  capabilities: TextMap = new TextMap();
  /** What `basePathHandling` takes off the client's path, or puts in front of the provider's. Empty if not given. */
  basePath: Bytes = EMPTY;
  /** `prepend`: `basePath` stands in front of the path that the provider is asked at. `removePrefix`: it is taken off the client's; paths are recognised by their ends whatever stands in front, so that this matters where the client's path goes on, as with `protocol: original`. */
  basePathHandling: ProviderBasePathHandling = ProviderBasePathHandling.RemovePrefix;
  /** The older name of a `basePath` that is taken off the client's path. Empty if not given. */
  subPath: Bytes = EMPTY;
  /** Messages of the user's, each word for word, that make the gateway forget: the last one that is there goes, with all in front of it but what systems say. If nothing follows it, it stays. */
  contextCleanupCommands: Bytes[] = NO_TEXTS;
  /** Joins neighbouring messages of one role, but for results of tools: texts with an empty line between them where both are mere texts, else part by part. */
  mergeConsecutiveMessages: bool = false;
  /** An answer to OpenAI's clients that has no text, refusal or call gets the reasoning as its text, which stays reasoning, too; of a stream at its end. */
  promoteThinkingOnEmpty: bool = false;
  /** Turns `mergeConsecutiveMessages` and `promoteThinkingOnEmpty` on. */
  hiclawMode: bool = false;
  /** openai: without `apiTokens`, the header that holds the caller's own key, in place of `authorization`, in which it goes on. Empty if not given. */
  authHeaderKey: Bytes = EMPTY;
  /** openai: host and path of a server in one. A path that ends like one of the APIs (`/chat/completions`, `/embeddings` …) is used as it is, for that API alone; any other takes the place of `/v1` in front of all of them. Empty if not given. */
  openaiCustomUrl: Bytes = EMPTY;
  /** azure: the URL of the resource, whose deployments have the models' names, of one deployment, or of the v1 API (`…/openai/v1`). With its `api-version`, but for v1. Required there. Empty if not given. */
  azureServiceUrl: Bytes = EMPTY;
  /** moonshot: the id of an uploaded file, whose content becomes a system message, as with `context`. Empty if not given. */
  moonshotFileId: Bytes = EMPTY;
  /** moonshot: the cluster through which that file is fetched; the route's own if not given. Empty if not given. */
  moonshotFileService: Bytes = EMPTY;
  /** qwen: ids of uploaded files, which become a system message behind the client's own. */
  qwenFileIds: Bytes[] = NO_TEXTS;
  /** qwen: lets the model search the web, where the client doesn't say whether it may. */
  qwenEnableSearch: bool = false;
  /** qwen: speaks the OpenAI form of its API; `false`: DashScope's own. */
  qwenEnableCompatible: bool = true;
  /** hunyuan: the id of a key of Tencent Cloud's, `env:NAME`, or `sealed:…`. With it requests are signed and go to Tencent Cloud's own API; without, `apiTokens` go to the API in OpenAI's form. Empty if not given. */
  hunyuanAuthId: Bytes = EMPTY;
  /** hunyuan: the key to `hunyuanAuthId`, `env:NAME`, or `sealed:…`. Empty if not given. */
  hunyuanAuthKey: Bytes = EMPTY;
  /** bedrock: id of the AWS access key that requests are signed with, where there are no `apiTokens`: as it is, `env:NAME`, or `sealed:…`. Empty if not given. */
  awsAccessKey: Bytes = EMPTY;
  /** bedrock: the secret of that key: as it is, `env:NAME`, or `sealed:…`. Empty if not given. */
  awsSecretKey: Bytes = EMPTY;
  /** bedrock: the session token of temporary credentials: as it is, `env:NAME`, or `sealed:…`. Empty if not given. */
  awsSessionToken: Bytes = EMPTY;
  /** bedrock: the region, which must be given. The host is `bedrock-runtime.{region}.amazonaws.com`; FIPS and dual-stack endpoints are named by `providerDomain`. Empty if not given. */
  awsRegion: Bytes = EMPTY;
  /** bedrock: members of `additionalModelRequestFields` in every request, before the client's and the gateway's own. */
  bedrockAdditionalFields: Bytes = EMPTY;
  /** `in_memory` or `24h`. openai: the request's `prompt_cache_retention`, where the client names none. bedrock: five minutes, or one hour, Bedrock's longest: prompts are cached at `bedrockPromptCachePointPositions`, unless the client's own says otherwise. Empty if not given. */
  promptCacheRetention: Bytes = EMPTY;
  /** bedrock: where cache points are set, as far as the client's own leave room for them. Null if not given. */
  bedrockPromptCachePointPositions: CachePositionFields | null = null;
  /** minimax: `v2` is near to OpenAI's, `pro` is the older one. */
  minimaxApiType: ProviderMinimaxApiType = ProviderMinimaxApiType.V2;
  /** minimax: the account's group, which `pro` needs. Empty if not given. */
  minimaxGroupId: Bytes = EMPTY;
  /** claude: asks as Claude Code does, with a token of its login in `apiTokens`: as `Bearer`, with its headers and in front of the system texts its first words. Whether such a token may be used so is for Anthropic's terms to say. */
  claudeCodeMode: bool = false;
  /** cloudflare: the account, which stands in the path. Required there. Empty if not given. */
  cloudflareAccountId: Bytes = EMPTY;
  /** gemini and vertex: the threshold (`BLOCK_NONE` …) for each category (`HARM_CATEGORY_HARASSMENT` …), where the client names none. */
  geminiSafetySetting: TextMap = new TextMap();
  /** gemini and vertex: tokens for thinking, where the client says nothing about it and the model thinks; 0: none. -1: nothing is said, the model decides. */
  geminiThinkingBudget: i32 = -1;
  /** vertex: the region, such as `us-east5`, `global`, or `us` and `eu` for several regions. Required with a service account. Empty if not given. */
  vertexRegion: Bytes = EMPTY;
  /** vertex: the project; that of the service account if not given. Empty if not given. */
  vertexProjectId: Bytes = EMPTY;
  /** vertex: the key file (JSON) of a service account, `env:NAME` for a variable of Envoy's environment that holds it, or `sealed:…`. Without it, `apiTokens` has a key for express mode. Empty if not given. */
  vertexAuthKey: Bytes = EMPTY;
  /** vertex: the cluster through which access tokens are fetched, from the `token_uri` of the key file. Where there is none of that name, `outbound|443||NAME.dns` is asked, as Higress calls a DNS service. Empty if not given. */
  vertexAuthServiceName: Bytes = EMPTY;
  /** vertex: how many seconds before its end an access token is renewed. */
  vertexTokenRefreshAhead: i32 = 60;
  /** vertex: asks for models other than Claude in OpenAI's protocol, at `endpoints/openapi`. */
  vertexOpenAICompatible: bool = false;
  /** deepl: the language to translate into. Empty if not given. */
  targetLang: Bytes = EMPTY;
  /** dify: where the API is, if it isn't Dify's own. Empty if not given. */
  difyApiUrl: Bytes = EMPTY;
  /** dify: the kind of app. */
  botType: ProviderBotType = ProviderBotType.Chat;
  /** dify: the app's input that gets the text (Completion, Workflow); `query` if not given. Empty if not given. */
  inputVariable: Bytes = EMPTY;
  /** dify: the workflow's output that is the answer; `text` if not given. Empty if not given. */
  outputVariable: Bytes = EMPTY;
  /** triton: the model's version; if not given the server chooses. Empty if not given. */
  tritonModelVersion: Bytes = EMPTY;
  /** triton: the server's host, with its port. Empty if not given. */
  tritonDomain: Bytes = EMPTY;
  /** vllm: host and path of a server in one, as `openaiCustomUrl`. Empty if not given. */
  vllmCustomUrl: Bytes = EMPTY;
  /** doubao: the host, for another region. Empty if not given. */
  doubaoDomain: Bytes = EMPTY;
  /** zhipuai: asks for conversations in OpenAI's protocol at the path of the coding plan, `/api/coding/paas/v4`. */
  zhipuCodePlanMode: bool = false;
  /** generic: the host to ask; if not given the client's own stays. Empty if not given. */
  genericHost: Bytes = EMPTY;

  /** Reads an object. After a refusal the object is incomplete. */
  static parse(reader: ConfigReader): ProviderFields {
    const fields = new ProviderFields();
    let hasType = false;
    if (!reader.enterObject()) return fields;
    while (reader.nextField()) {
      if (reader.is("id")) fields.id = reader.text(Form.Filled);
      else if (reader.is("type")) {
        fields.type = reader.choice(PROVIDER_TYPE_NAMES);
        hasType = true;
      } else if (reader.is("apiTokens")) fields.apiTokens = reader.texts(Form.HeaderValue, true);
      else if (reader.is("region")) fields.region = reader.text(Form.Filled);
      else if (reader.is("tags")) fields.tags = reader.texts(Form.Filled);
      else if (reader.is("contextWindows")) fields.contextWindows = reader.textMap();
      else if (reader.is("modelMapping")) fields.modelMapping = reader.textMap();
      else if (reader.is("providerDomain")) fields.providerDomain = reader.text(Form.HeaderValue);
      else if (reader.is("providerBasePath")) fields.providerBasePath = reader.text(Form.Path);
      else if (reader.is("claudeVersion")) fields.claudeVersion = reader.text(Form.HeaderValue);
      else if (reader.is("apiVersion")) fields.apiVersion = reader.text(Form.PathSegment);
      else if (reader.is("ollamaServerHost")) fields.ollamaServerHost = reader.text(Form.HeaderValue);
      else if (reader.is("ollamaServerPort")) fields.ollamaServerPort = <i32>reader.whole(1, 65535);
      else if (reader.is("vllmServerHost")) fields.vllmServerHost = reader.text(Form.HeaderValue);
      else if (reader.is("qwenDomain")) fields.qwenDomain = reader.text(Form.HeaderValue);
      else if (reader.is("zhipuDomain")) fields.zhipuDomain = reader.text(Form.HeaderValue);
      else if (reader.is("timeout")) fields.timeout = <i32>reader.whole(0, 86400000);
      else if (reader.is("promptCache")) fields.promptCache = reader.choice(PROVIDER_PROMPT_CACHE_NAMES);
      else if (reader.is("statefulEndpoints")) fields.statefulEndpoints = reader.flag();
      else if (reader.is("passHeaders")) fields.passHeaders = reader.texts(Form.HeaderName);
      else if (reader.is("onUnsupported")) fields.onUnsupported = reader.choice(PROVIDER_ON_UNSUPPORTED_NAMES);
      else if (reader.is("protocol")) fields.protocol = reader.choice(PROVIDER_PROTOCOL_NAMES);
      else if (reader.is("firstByteTimeout")) fields.firstByteTimeout = <i32>reader.whole(0, 86400000);
      else if (reader.is("context")) fields.context = ContextFileFields.parse(reader);
      else if (reader.is("customSettings")) fields.customSettings = readCustomSettingFields(reader, 0);
      else if (reader.is("failover")) fields.failover = FailoverFields.parse(reader);
      else if (reader.is("keys")) fields.keys = readKeyFields(reader, 0);
      else if (reader.is("keySelection")) fields.keySelection = reader.choice(PROVIDER_KEY_SELECTION_NAMES);
      else if (reader.is("rememberFailures")) fields.rememberFailures = reader.flag();
      else if (reader.is("hashPrompts")) fields.hashPrompts = reader.flag();
      else if (reader.is("asksForLoad")) fields.asksForLoad = reader.flag();
      else if (reader.is("probeCluster")) fields.probeCluster = reader.text(Form.Filled);
      else if (reader.is("retryOnFailure")) fields.retryOnFailure = RetryFields.parse(reader);
      else if (reader.is("reasoningContentMode")) fields.reasoningContentMode = reader.choice(PROVIDER_REASONING_CONTENT_MODE_NAMES);
      else if (reader.is("responseJsonSchema")) fields.responseJsonSchema = reader.rawObject();
      else if (reader.is("capabilities")) fields.capabilities = reader.textMap();
      else if (reader.is("basePath")) fields.basePath = reader.text(Form.Path);
      else if (reader.is("basePathHandling")) fields.basePathHandling = reader.choice(PROVIDER_BASE_PATH_HANDLING_NAMES);
      else if (reader.is("subPath")) fields.subPath = reader.text(Form.Path);
      else if (reader.is("contextCleanupCommands")) fields.contextCleanupCommands = reader.texts(Form.Filled);
      else if (reader.is("mergeConsecutiveMessages")) fields.mergeConsecutiveMessages = reader.flag();
      else if (reader.is("promoteThinkingOnEmpty")) fields.promoteThinkingOnEmpty = reader.flag();
      else if (reader.is("hiclawMode")) fields.hiclawMode = reader.flag();
      else if (reader.is("authHeaderKey")) fields.authHeaderKey = reader.text(Form.HeaderName);
      else if (reader.is("openaiCustomUrl")) fields.openaiCustomUrl = reader.text(Form.Filled);
      else if (reader.is("azureServiceUrl")) fields.azureServiceUrl = reader.text(Form.Filled);
      else if (reader.is("moonshotFileId")) fields.moonshotFileId = reader.text(Form.PathSegment);
      else if (reader.is("moonshotFileService")) fields.moonshotFileService = reader.text(Form.Filled);
      else if (reader.is("qwenFileIds")) fields.qwenFileIds = reader.texts(Form.Filled);
      else if (reader.is("qwenEnableSearch")) fields.qwenEnableSearch = reader.flag();
      else if (reader.is("qwenEnableCompatible")) fields.qwenEnableCompatible = reader.flag();
      else if (reader.is("hunyuanAuthId")) fields.hunyuanAuthId = reader.text(Form.Filled);
      else if (reader.is("hunyuanAuthKey")) fields.hunyuanAuthKey = reader.text(Form.Filled, true);
      else if (reader.is("awsAccessKey")) fields.awsAccessKey = reader.text(Form.Any, true);
      else if (reader.is("awsSecretKey")) fields.awsSecretKey = reader.text(Form.Any, true);
      else if (reader.is("awsSessionToken")) fields.awsSessionToken = reader.text(Form.Any, true);
      else if (reader.is("awsRegion")) fields.awsRegion = reader.text(Form.HeaderValue);
      else if (reader.is("bedrockAdditionalFields")) fields.bedrockAdditionalFields = reader.rawObject();
      else if (reader.is("promptCacheRetention")) fields.promptCacheRetention = reader.text(Form.Filled);
      else if (reader.is("bedrockPromptCachePointPositions")) fields.bedrockPromptCachePointPositions = CachePositionFields.parse(reader);
      else if (reader.is("minimaxApiType")) fields.minimaxApiType = reader.choice(PROVIDER_MINIMAX_API_TYPE_NAMES);
      else if (reader.is("minimaxGroupId")) fields.minimaxGroupId = reader.text(Form.PathSegment);
      else if (reader.is("claudeCodeMode")) fields.claudeCodeMode = reader.flag();
      else if (reader.is("cloudflareAccountId")) fields.cloudflareAccountId = reader.text(Form.PathSegment);
      else if (reader.is("geminiSafetySetting")) fields.geminiSafetySetting = reader.textMap();
      else if (reader.is("geminiThinkingBudget")) fields.geminiThinkingBudget = <i32>reader.whole(-1, 1000000);
      else if (reader.is("vertexRegion")) fields.vertexRegion = reader.text(Form.PathSegment);
      else if (reader.is("vertexProjectId")) fields.vertexProjectId = reader.text(Form.PathSegment);
      else if (reader.is("vertexAuthKey")) fields.vertexAuthKey = reader.text(Form.Filled, true);
      else if (reader.is("vertexAuthServiceName")) fields.vertexAuthServiceName = reader.text(Form.Filled);
      else if (reader.is("vertexTokenRefreshAhead")) fields.vertexTokenRefreshAhead = <i32>reader.whole(0, 3000);
      else if (reader.is("vertexOpenAICompatible")) fields.vertexOpenAICompatible = reader.flag();
      else if (reader.is("targetLang")) fields.targetLang = reader.text(Form.Filled);
      else if (reader.is("difyApiUrl")) fields.difyApiUrl = reader.text(Form.HeaderValue);
      else if (reader.is("botType")) fields.botType = reader.choice(PROVIDER_BOT_TYPE_NAMES);
      else if (reader.is("inputVariable")) fields.inputVariable = reader.text(Form.Filled);
      else if (reader.is("outputVariable")) fields.outputVariable = reader.text(Form.Filled);
      else if (reader.is("tritonModelVersion")) fields.tritonModelVersion = reader.text(Form.PathSegment);
      else if (reader.is("tritonDomain")) fields.tritonDomain = reader.text(Form.HeaderValue);
      else if (reader.is("vllmCustomUrl")) fields.vllmCustomUrl = reader.text(Form.Filled);
      else if (reader.is("doubaoDomain")) fields.doubaoDomain = reader.text(Form.HeaderValue);
      else if (reader.is("zhipuCodePlanMode")) fields.zhipuCodePlanMode = reader.flag();
      else if (reader.is("genericHost")) fields.genericHost = reader.text(Form.HeaderValue);
      else reader.passOver(PROVIDER_FIELDS);
    }
    reader.require(
      hasType,
      "type",
      "one of openai, claude, gemini, azure, bedrock, vertex, deepseek, moonshot, qwen, zhipuai, mistral, groq, openrouter, ollama, vllm, cohere, grok, doubao, hunyuan, baidu, spark, minimax, yi, baichuan, stepfun, ai360, cloudflare, github, fireworks, together-ai, longcat, perplexity, huggingface, nvidia, sambanova, cerebras, deepinfra, hyperbolic, novita, siliconflow, modelscope, lkeap, ai21, databricks, voyage, jina, lmstudio, llamacpp, xinference, dify, deepl, triton, generic",
    );
    return fields;
  }
}

function readProviderFields(reader: ConfigReader, minimum: i32): ProviderFields[] {
  const list = new Array<ProviderFields>();
  if (!reader.enterList()) return list;
  while (reader.nextItem()) list.push(ProviderFields.parse(reader));
  reader.requireItems(list.length, minimum);
  return list;
}

const PLAN_FIELDS: StaticArray<string> = ["cluster", "weight", "targets"];

/** One order of targets, which is one composite cluster of Envoy's. */
@final
export class PlanFields {
  /** The composite cluster, whose members are those of `targets` in the same order. */
  cluster: Bytes = EMPTY;
  /** Share of the requests that start with this plan, among the weights of all. 0: only stands in for others. */
  weight: i32 = 1;
  /** Attempt by attempt. */
  targets: TargetFields[] = [];

  /** Reads an object. After a refusal the object is incomplete. */
  static parse(reader: ConfigReader): PlanFields {
    const fields = new PlanFields();
    let hasCluster = false;
    let hasTargets = false;
    if (!reader.enterObject()) return fields;
    while (reader.nextField()) {
      if (reader.is("cluster")) {
        fields.cluster = reader.text(Form.HeaderValue);
        hasCluster = true;
      } else if (reader.is("weight")) fields.weight = <i32>reader.whole(0, 1000000);
      else if (reader.is("targets")) {
        fields.targets = readTargetFields(reader, 1);
        hasTargets = true;
      } else reader.passOver(PLAN_FIELDS);
    }
    reader.require(hasCluster, "cluster", "a string");
    reader.require(hasTargets, "targets", "a list");
    return fields;
  }
}

function readPlanFields(reader: ConfigReader, minimum: i32): PlanFields[] {
  const list = new Array<PlanFields>();
  if (!reader.enterList()) return list;
  while (reader.nextItem()) list.push(PlanFields.parse(reader));
  reader.requireItems(list.length, minimum);
  return list;
}

const TARGET_FIELDS: StaticArray<string> = ["provider", "model"];

/** One attempt: a provider, and the model to ask it for. */
@final
export class TargetFields {
  /** The `id` of a provider. */
  provider: Bytes = EMPTY;
  /** The provider's model, in place of what `modelMapping` says. Empty if not given. */
  model: Bytes = EMPTY;

  /** Reads an object. After a refusal the object is incomplete. */
  static parse(reader: ConfigReader): TargetFields {
    const fields = new TargetFields();
    let hasProvider = false;
    if (!reader.enterObject()) return fields;
    while (reader.nextField()) {
      if (reader.is("provider")) {
        fields.provider = reader.text(Form.Filled);
        hasProvider = true;
      } else if (reader.is("model")) fields.model = reader.text(Form.Filled);
      else reader.passOver(TARGET_FIELDS);
    }
    reader.require(hasProvider, "provider", "a string");
    return fields;
  }
}

function readTargetFields(reader: ConfigReader, minimum: i32): TargetFields[] {
  const list = new Array<TargetFields>();
  if (!reader.enterList()) return list;
  while (reader.nextItem()) list.push(TargetFields.parse(reader));
  reader.requireItems(list.length, minimum);
  return list;
}

const RETRY_FIELDS: StaticArray<string> = ["enabled", "maxRetries", "retryTimeout", "retryOnStatus"];
const DEFAULT_RETRY_ON_STATUS: Bytes[] = [Bytes.of("4.*"), Bytes.of("5.*")];

/** When a provider is asked again. */
@final
export class RetryFields {
  /** Whether it is. */
  enabled: bool = false;
  /** How often, beside the first attempt. */
  maxRetries: i32 = 1;
  /** Time limit in milliseconds for each further attempt. */
  retryTimeout: i32 = 60000;
  /** At which statuses of the provider's: regular expressions (shared/regex) for all of the status, so that `4.*` is 400 to 499. Envoy's own answers, as where no connection came about, are none of the provider's. */
  retryOnStatus: Bytes[] = DEFAULT_RETRY_ON_STATUS;

  /** Reads an object. After a refusal the object is incomplete. */
  static parse(reader: ConfigReader): RetryFields {
    const fields = new RetryFields();

    if (!reader.enterObject()) return fields;
    while (reader.nextField()) {
      if (reader.is("enabled")) fields.enabled = reader.flag();
      else if (reader.is("maxRetries")) fields.maxRetries = <i32>reader.whole(0, 10);
      else if (reader.is("retryTimeout")) fields.retryTimeout = <i32>reader.whole(1, 86400000);
      else if (reader.is("retryOnStatus")) fields.retryOnStatus = reader.texts(Form.Filled);
      else reader.passOver(RETRY_FIELDS);
    }

    return fields;
  }
}

const FAILOVER_FIELDS: StaticArray<string> = [
  "enabled",
  "failureThreshold",
  "successThreshold",
  "healthCheckInterval",
  "healthCheckTimeout",
  "healthCheckModel",
  "failoverOnStatus",
];
const DEFAULT_FAILOVER_ON_STATUS: Bytes[] = [Bytes.of("4.*"), Bytes.of("5.*")];

/** Higress's `failover`. */
@final
export class FailoverFields {
  /** Whether failures are counted. Without it 401, 403, 402 and 429 still take a key out. */
  enabled: bool = false;
  /** After how many failures in a row a key is taken out. */
  failureThreshold: i32 = 3;
  /** How many probes in a row have to succeed until it comes back. */
  successThreshold: i32 = 1;
  /** Milliseconds between two probes of a key. */
  healthCheckInterval: i32 = 5000;
  /** Milliseconds that a probe may take. */
  healthCheckTimeout: i32 = 5000;
  /** The model that a probe asks; needed where failover is enabled. Without failover the vendor's list of models is asked for, which costs nothing, where it proves the key (docs/providers.md). Empty if not given. */
  healthCheckModel: Bytes = EMPTY;
  /** Which statuses count as failures: regular expressions (shared/regex), each for all of the status. What is the client's fault never counts. */
  failoverOnStatus: Bytes[] = DEFAULT_FAILOVER_ON_STATUS;

  /** Reads an object. After a refusal the object is incomplete. */
  static parse(reader: ConfigReader): FailoverFields {
    const fields = new FailoverFields();

    if (!reader.enterObject()) return fields;
    while (reader.nextField()) {
      if (reader.is("enabled")) fields.enabled = reader.flag();
      else if (reader.is("failureThreshold")) fields.failureThreshold = <i32>reader.whole(1, 1000);
      else if (reader.is("successThreshold")) fields.successThreshold = <i32>reader.whole(1, 1000);
      else if (reader.is("healthCheckInterval")) fields.healthCheckInterval = <i32>reader.whole(100, 86400000);
      else if (reader.is("healthCheckTimeout")) fields.healthCheckTimeout = <i32>reader.whole(1, 600000);
      else if (reader.is("healthCheckModel")) fields.healthCheckModel = reader.text(Form.Filled);
      else if (reader.is("failoverOnStatus")) fields.failoverOnStatus = reader.texts(Form.Filled);
      else reader.passOver(FAILOVER_FIELDS);
    }

    return fields;
  }
}

const CONTEXT_FILE_FIELDS: StaticArray<string> = ["fileUrl", "serviceName", "servicePort"];

/** A text file, and the way to it. */
@final
export class ContextFileFields {
  /** Where the file is: plain text in UTF-8, of at most 65,536 bytes. It is read again every five minutes; while that fails the last text serves. */
  fileUrl: Bytes = EMPTY;
  /** The cluster through which it is fetched. Where there is none of that name, `outbound|PORT||NAME` is asked, as Higress calls a service. Empty if not given. */
  serviceName: Bytes = EMPTY;
  /** The service's port; 0: 80 for an http URL or a name that ends with `.static`, else 443. */
  servicePort: i32 = 0;

  /** Reads an object. After a refusal the object is incomplete. */
  static parse(reader: ConfigReader): ContextFileFields {
    const fields = new ContextFileFields();
    let hasFileUrl = false;
    if (!reader.enterObject()) return fields;
    while (reader.nextField()) {
      if (reader.is("fileUrl")) {
        fields.fileUrl = reader.text(Form.Filled);
        hasFileUrl = true;
      } else if (reader.is("serviceName")) fields.serviceName = reader.text(Form.Filled);
      else if (reader.is("servicePort")) fields.servicePort = <i32>reader.whole(0, 65535);
      else reader.passOver(CONTEXT_FILE_FIELDS);
    }
    reader.require(hasFileUrl, "fileUrl", "a string");
    return fields;
  }
}

const KEY_FIELDS: StaticArray<string> = ["key", "name", "weight"];

/** One key of a provider's. */
@final
export class KeyFields {
  /** The key: as it is, `env:NAME`, or `sealed:…`. */
  key: Bytes = EMPTY;
  /** What logs and /sluice/health call it; without one its place and its last four characters. Empty if not given. */
  name: Bytes = EMPTY;
  /** Share of the requests, among the weights of all usable keys (those of `apiTokens` have 1). */
  weight: i32 = 1;

  /** Reads an object. After a refusal the object is incomplete. */
  static parse(reader: ConfigReader): KeyFields {
    const fields = new KeyFields();
    let hasKey = false;
    if (!reader.enterObject()) return fields;
    while (reader.nextField()) {
      if (reader.is("key")) {
        fields.key = reader.text(Form.HeaderValue, true);
        hasKey = true;
      } else if (reader.is("name")) fields.name = reader.text(Form.Filled);
      else if (reader.is("weight")) fields.weight = <i32>reader.whole(1, 1000000);
      else reader.passOver(KEY_FIELDS);
    }
    reader.require(hasKey, "key", "a string");
    return fields;
  }
}

function readKeyFields(reader: ConfigReader, minimum: i32): KeyFields[] {
  const list = new Array<KeyFields>();
  if (!reader.enterList()) return list;
  while (reader.nextItem()) list.push(KeyFields.parse(reader));
  reader.requireItems(list.length, minimum);
  return list;
}

const CACHE_POSITION_FIELDS: StaticArray<string> = ["systemPrompt", "lastUserMessage", "lastMessage"];

/** Where Bedrock's cache points are set. */
@final
export class CachePositionFields {
  /** Behind the system texts. */
  systemPrompt: bool = true;
  /** Behind the last message of the user's, a tool's results included. */
  lastUserMessage: bool = false;
  /** Behind the last message. */
  lastMessage: bool = false;

  /** Reads an object. After a refusal the object is incomplete. */
  static parse(reader: ConfigReader): CachePositionFields {
    const fields = new CachePositionFields();

    if (!reader.enterObject()) return fields;
    while (reader.nextField()) {
      if (reader.is("systemPrompt")) fields.systemPrompt = reader.flag();
      else if (reader.is("lastUserMessage")) fields.lastUserMessage = reader.flag();
      else if (reader.is("lastMessage")) fields.lastMessage = reader.flag();
      else reader.passOver(CACHE_POSITION_FIELDS);
    }

    return fields;
  }
}

/** Whether the name is a common one or the vendor's own. */
export enum CustomSettingMode {
  Auto,
  Raw,
}

/** How the configuration spells each `CustomSettingMode`. */
export const CUSTOM_SETTING_MODE_NAMES: StaticArray<string> = ["auto", "raw"];

const CUSTOM_SETTING_FIELDS: StaticArray<string> = ["name", "value", "mode", "overwrite"];

/** One member that is set in requests. */
@final
export class CustomSettingFields {
  /** In mode `auto` one of `max_tokens`, `temperature`, `top_p`, `top_k` (claude, gemini, vertex, spark) and `seed` (openai, azure, qwen), which become the vendor's own; what a vendor hasn't is refused. In mode `raw` the member's own name, with dots in front of members within members; at Gemini within `generationConfig`, at DashScope's own API within `parameters`. */
  name: Bytes = EMPTY;
  /** The value; in mode `auto` a number. */
  value: Bytes = EMPTY;
  /** Whether the name is a common one or the vendor's own. */
  mode: CustomSettingMode = CustomSettingMode.Auto;
  /** Whether it wins over what the client says. */
  overwrite: bool = true;

  /** Reads an object. After a refusal the object is incomplete. */
  static parse(reader: ConfigReader): CustomSettingFields {
    const fields = new CustomSettingFields();
    let hasName = false;
    let hasValue = false;
    if (!reader.enterObject()) return fields;
    while (reader.nextField()) {
      if (reader.is("name")) {
        fields.name = reader.text(Form.Filled);
        hasName = true;
      } else if (reader.is("value")) {
        fields.value = reader.rawValue();
        hasValue = true;
      } else if (reader.is("mode")) fields.mode = reader.choice(CUSTOM_SETTING_MODE_NAMES);
      else if (reader.is("overwrite")) fields.overwrite = reader.flag();
      else reader.passOver(CUSTOM_SETTING_FIELDS);
    }
    reader.require(hasName, "name", "a string");
    reader.require(hasValue, "value", "a value");
    return fields;
  }
}

function readCustomSettingFields(reader: ConfigReader, minimum: i32): CustomSettingFields[] {
  const list = new Array<CustomSettingFields>();
  if (!reader.enterList()) return list;
  while (reader.nextItem()) list.push(CustomSettingFields.parse(reader));
  reader.requireItems(list.length, minimum);
  return list;
}
