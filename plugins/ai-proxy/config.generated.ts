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
  /** The password, or `env:NAME` for one in the environment. Without it there is no login. Empty if not given. */
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

/** What becomes of reasoning in answers to OpenAI's clients: `passthrough` keeps it apart, `ignore` leaves it out, `concat` puts it in front of the text, between `<think>` and `</think>`. */
export enum ProviderReasoningContentMode {
  Passthrough,
  Ignore,
  Concat,
}

/** How the configuration spells each `ProviderReasoningContentMode`. */
export const PROVIDER_REASONING_CONTENT_MODE_NAMES: StaticArray<string> = ["passthrough", "ignore", "concat"];

/** `prepend`: `basePath` stands in front of the path that the provider is asked at. `removePrefix`: it is taken off the client's; paths are recognised by their ends whatever stands in front, so that this changes nothing. */
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
  "customSettings",
  "reasoningContentMode",
  "responseJsonSchema",
  "capabilities",
  "basePath",
  "basePathHandling",
  "authHeaderKey",
  "openaiCustomUrl",
  "azureServiceUrl",
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
];
const PROVIDER_FIELDS_NOT_YET: StaticArray<string> = [
  "protocol",
  "firstByteTimeout",
  "context",
  "failover",
  "retryOnFailure",
  "contextCleanupCommands",
  "mergeConsecutiveMessages",
  "promoteThinkingOnEmpty",
  "hiclawMode",
  "moonshotFileId",
  "genericHost",
];
/** As JSON; empty where there is none. */
const PROVIDER_FIELDS_NOT_YET_DEFAULTS: StaticArray<string> = ['"openai"', "", "", "", "", "", "", "", "", "", ""];

/** One provider: what it speaks, where it is, and the keys for it. */
@final
export class ProviderFields {
  /** The provider's name within this configuration: `activeProviderId`, targets and facts refer to it. Empty if not given. */
  id: Bytes = EMPTY;
  /** Which vendor it is. */
  type: ProviderType = ProviderType.Openai;
  /** Keys for the provider: as they are, or `env:NAME` for a variable of Envoy's environment. Without any, type `openai` passes the caller's own `authorization` on. */
  apiTokens: Bytes[] = NO_TEXTS;
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
  /** Time limit in milliseconds for calls beside the model's own; none is made yet. */
  timeout: i32 = 120000;
  /** claude (and Claude elsewhere): `auto` has the vendor cache prompts, where the client marks nothing: tools, system texts and the last two turns of the user's are marked; a request in Anthropic's own protocol to Anthropic itself gets `cache_control`, and the vendor finds the places. */
  promptCache: ProviderPromptCache = ProviderPromptCache.Off;
  /** Whether files, batches, fine-tuning jobs and stored answers are served, each for the consumer that made it. Needs key-auth in front, in the same module, and a key of the provider's. */
  statefulEndpoints: bool = false;
  /** Request headers of the client that go on to the provider, beside those that always do. Cookies and keys never go. */
  passHeaders: Bytes[] = NO_TEXTS;
  /** What becomes of what the client asks for and this provider's protocol can't say: the request is refused with a 400 that names the field, or the field is left out and named in the header `x-sluice-dropped`, the fact `dropped` and the log. */
  onUnsupported: ProviderOnUnsupported = ProviderOnUnsupported.Refuse;
  /** Members that are set in requests for chat completions. */
  customSettings: CustomSettingFields[] = [];
  /** What becomes of reasoning in answers to OpenAI's clients: `passthrough` keeps it apart, `ignore` leaves it out, `concat` puts it in front of the text, between `<think>` and `</think>`. */
  reasoningContentMode: ProviderReasoningContentMode = ProviderReasoningContentMode.Passthrough;
  /** A JSON Schema that every answer must have, in place of what the client asks for; or OpenAI's `{"name", "strict", "schema"}`, or its whole `response_format`. Where a vendor has no such form, requests are refused. */
  responseJsonSchema: Bytes = EMPTY;
  /** Which APIs of the provider are used, and where: from Higress's name of an API (`openai/v1/chatcompletions`, `openai/v1/embeddings`, `anthropic/v1/messages` …) to its path. It wins over the vendor's own; an empty path switches the API off. */
  capabilities: TextMap = new TextMap();
  /** What `basePathHandling` takes off the client's path, or puts in front of the provider's. Empty if not given. */
  basePath: Bytes = EMPTY;
  /** `prepend`: `basePath` stands in front of the path that the provider is asked at. `removePrefix`: it is taken off the client's; paths are recognised by their ends whatever stands in front, so that this changes nothing. */
  basePathHandling: ProviderBasePathHandling = ProviderBasePathHandling.RemovePrefix;
  /** openai: without `apiTokens`, the header that holds the caller's own key, in place of `authorization`, in which it goes on. Empty if not given. */
  authHeaderKey: Bytes = EMPTY;
  /** openai: host and path of a server in one. A path that ends like one of the APIs (`/chat/completions`, `/embeddings` …) is used as it is, for that API alone; any other takes the place of `/v1` in front of all of them. Empty if not given. */
  openaiCustomUrl: Bytes = EMPTY;
  /** azure: the URL of the resource, whose deployments have the models' names, of one deployment, or of the v1 API (`…/openai/v1`). With its `api-version`, but for v1. Required there. Empty if not given. */
  azureServiceUrl: Bytes = EMPTY;
  /** qwen: ids of uploaded files, which become a system message behind the client's own. */
  qwenFileIds: Bytes[] = NO_TEXTS;
  /** qwen: lets the model search the web, where the client doesn't say whether it may. */
  qwenEnableSearch: bool = false;
  /** qwen: speaks the OpenAI form of its API; `false`: DashScope's own. */
  qwenEnableCompatible: bool = true;
  /** hunyuan: the id of a key of Tencent Cloud's, or `env:NAME`. With it requests are signed and go to Tencent Cloud's own API; without, `apiTokens` go to the API in OpenAI's form. Empty if not given. */
  hunyuanAuthId: Bytes = EMPTY;
  /** hunyuan: the key to `hunyuanAuthId`, or `env:NAME`. Empty if not given. */
  hunyuanAuthKey: Bytes = EMPTY;
  /** bedrock: id of the AWS access key that requests are signed with, where there are no `apiTokens`: as it is, or `env:NAME`. Empty if not given. */
  awsAccessKey: Bytes = EMPTY;
  /** bedrock: the secret of that key: as it is, or `env:NAME`. Empty if not given. */
  awsSecretKey: Bytes = EMPTY;
  /** bedrock: the session token of temporary credentials: as it is, or `env:NAME`. Empty if not given. */
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
  /** vertex: the key file (JSON) of a service account, or `env:NAME` for a variable of Envoy's environment that holds it. Without it, `apiTokens` has a key for express mode. Empty if not given. */
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
      else if (reader.is("customSettings")) fields.customSettings = readCustomSettingFields(reader, 0);
      else if (reader.is("reasoningContentMode")) fields.reasoningContentMode = reader.choice(PROVIDER_REASONING_CONTENT_MODE_NAMES);
      else if (reader.is("responseJsonSchema")) fields.responseJsonSchema = reader.rawObject();
      else if (reader.is("capabilities")) fields.capabilities = reader.textMap();
      else if (reader.is("basePath")) fields.basePath = reader.text(Form.Path);
      else if (reader.is("basePathHandling")) fields.basePathHandling = reader.choice(PROVIDER_BASE_PATH_HANDLING_NAMES);
      else if (reader.is("authHeaderKey")) fields.authHeaderKey = reader.text(Form.HeaderName);
      else if (reader.is("openaiCustomUrl")) fields.openaiCustomUrl = reader.text(Form.Filled);
      else if (reader.is("azureServiceUrl")) fields.azureServiceUrl = reader.text(Form.Filled);
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
      else reader.passOver(PROVIDER_FIELDS, PROVIDER_FIELDS_NOT_YET, PROVIDER_FIELDS_NOT_YET_DEFAULTS);
    }
    reader.require(
      hasType,
      "type",
      "one of openai, claude, gemini, azure, bedrock, vertex, deepseek, moonshot, qwen, zhipuai, mistral, groq, openrouter, ollama, vllm, cohere, grok, doubao, hunyuan, baidu, spark, minimax, yi, baichuan, stepfun, ai360, cloudflare, github, fireworks, together-ai, longcat, perplexity, huggingface, nvidia, sambanova, cerebras, deepinfra, hyperbolic, novita, siliconflow, modelscope, lkeap, ai21, databricks, voyage, jina, lmstudio, llamacpp, xinference, dify, deepl, triton",
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
