import { Bytes, EMPTY } from "../../shared/bytes/bytes";
import { ABSENT } from "../../shared/bytes/span";
import { ByteWriter } from "../../shared/bytes/writer";
import { requestHeaders } from "../../shared/host/headers";
import { HeaderBlock, HeaderBuilder } from "../../shared/host/pairs";
import { JsonWriter } from "../../shared/json/writer";
import { escape } from "../../shared/json/unescape";
import { Exchange } from "../../shared/pipeline/exchange";
import { OutgoingRequest, Provider, Readiness, RetryPolicy } from "../../shared/pipeline/provider";
import { writeHealth } from "../../shared/pipeline/status";
import { Conversation } from "../../shared/protocols/conversation";
import { Failure, FailureKind } from "../../shared/protocols/failure";
import { ObjectProvider } from "../../shared/protocols/objects/provider";
import { ObjectPath, ObjectAction } from "../../shared/protocols/objects/path";
import { OpaqueProvider } from "../../shared/protocols/opaque/provider";
import { Dialect, Operation, isOpaque, isStateful } from "../../shared/protocols/operation";
import { PatchedProtocol } from "../../shared/protocols/patched";
import { PromotedThinking } from "../../shared/protocols/promoted-thinking";
import { ProviderProtocol, Target } from "../../shared/protocols/protocol";
import { LOAD_FORMAT, completeLoad } from "./load-report";
import { AzureService } from "./azure";
import { ThinkingAsText, ThinkingMode } from "../../shared/protocols/thinking-mode";
import {
  PROVIDER_TYPE_NAMES,
  ProviderBasePathHandling,
  ProviderFields,
  ProviderKeySelection,
  ProviderOnUnsupported,
  ProviderPromptCache,
  ProviderProtocol as SpokenProtocol,
  ProviderReasoningContentMode,
  ProviderType,
} from "./config.generated";
import { Endpoint } from "./endpoint";
import { writeClaudeCodeHeaders } from "./claude-code";
import { ModelMapping } from "./model-mapping";
import { KeyPool } from "./key-pool";
import { largestPage } from "./objects";
import { originalFor, writeOriginalPath } from "./original";
import { OwnProtocol, ownProtocolOf, pathOfUrl } from "./own-protocols";
import { RequestSettings } from "./request-settings";
import { endsInAny, maskAny, quotesAny, withoutAny } from "./secrets";
import { RequestSigner } from "./signer";
import { StatusRetry } from "./status-retry";
import { SystemTexts, uploadedFiles } from "./system-texts";
import { TextFile } from "./text-file";
import { Auth, Quirk, Vendor } from "./vendor";
import { ContextWindows } from "./windows";

const ANTHROPIC_VERSION = Bytes.of("2023-06-01");
const opaque = new OpaqueProvider();
const objects = new ObjectProvider();
const scratch = new ByteWriter(128);
const view = new Bytes();

/** A provider as configured. */
export class ConfiguredProvider extends Provider {
  /** Null: every model keeps its name. */
  mapping: ModelMapping | null = null;
  protected host: Bytes;
  /** Of vendors whose protocol hangs on the configuration. */
  private own: OwnProtocol | null;
  /** What stands before the vendor's paths. */
  private basePath: Bytes;
  /** What its systems say, too. */
  texts: SystemTexts;
  private members: Bytes = EMPTY;
  private thinkingMode: ThinkingMode = ThinkingMode.Passthrough;
  private promotesThinking: bool;
  /** Whether bodies and paths go on as clients write them. */
  protected isOriginal: bool;
  /** `passHeaders`, in lower case. */
  private passed: Array<Bytes> = [];
  private ownSecrets: Array<Bytes>;
  /** The header with the caller's own key. */
  private callersHeader: string;
  private endpoint: Endpoint;
  /** The keys themselves, of the pool: no `env:` any more. */
  protected keys: Array<Bytes>;
  /** What is set in its requests; null: nothing. */
  settings: RequestSettings | null = null;
  /** The protocol that was spoken last, with them. */
  private wrapped: PatchedProtocol | null = null;

  constructor(
    protected fields: ProviderFields,
    protected pool: KeyPool,
    private vendor: Vendor,
    /** Who signs its requests; null: its key is sent. */
    private signer: RequestSigner | null = null,
    /** Null for all types but `azure`. */
    private azure: AzureService | null = null,
  ) {
    super(fields.id);
    this.endpoint = new Endpoint(fields.id);
    this.texts = new SystemTexts(fields.type == ProviderType.Qwen ? uploadedFiles(fields.qwenFileIds) : EMPTY);
    const keys = pool.values;
    this.keys = keys;
    this.callersHeader = fields.authHeaderKey.isEmpty ? "authorization" : fields.authHeaderKey.toLowerCase().toString();
    this.isOriginal = fields.protocol == SpokenProtocol.Original || vendor.is(Quirk.PassesThrough);
    this.ownSecrets = signer == null ? keys : keys.concat(signer.secrets);
    const own = ownProtocolOf(fields);
    this.own = own;
    const host = own != null ? own.host : azure != null ? azure.host : vendor.host;
    this.host = fields.providerDomain.isEmpty ? host : fields.providerDomain;
    this.basePath =
      fields.providerBasePath.isEmpty && fields.type == ProviderType.Dify ? pathOfUrl(fields.difyApiUrl) : fields.providerBasePath;
    this.promotesThinking = fields.promoteThinkingOnEmpty || fields.hiclawMode;
    if (fields.reasoningContentMode == ProviderReasoningContentMode.Ignore) this.thinkingMode = ThinkingMode.Ignore;
    else if (fields.reasoningContentMode == ProviderReasoningContentMode.Concat) this.thinkingMode = ThinkingMode.Concat;
    if (fields.type == ProviderType.Qwen && fields.qwenEnableSearch) this.members = Bytes.of('"enable_search":true');
    for (let i = 0; i < fields.passHeaders.length; i++) this.passed.push(fields.passHeaders[i].toLowerCase());
  }

  /** What `retryOnFailure` says; null: it is off. */
  retry: StatusRetry | null = null;

  override get retries(): RetryPolicy | null {
    return this.retry;
  }

  /** The file that `moonshotFileId` names; null: none. */
  fileOfMoonshot(): TextFile | null {
    return TextFile.ofMoonshot(this.fields, this.host, this.keys);
  }

  override prepare(): Readiness {
    return this.texts.prepare();
  }

  override awaitReadiness(exchange: Exchange): void {
    this.texts.wait(exchange);
  }

  override unavailability(): Failure {
    const missing = this.texts.missing;
    return missing == null ? super.unavailability() : this.cannotBeAsked(missing.why);
  }

  /** The failure where it lacks what it needs. */
  protected cannotBeAsked(why: string): Failure {
    const failure = Failure.of(
      FailureKind.Provider,
      `Provider "${this.id.toString()}" can't be asked: ${why}. Try again later, or tell the gateway's operator.`,
    );
    failure.provider = this.id;
    return failure;
  }

  override serves(conversation: Conversation): bool {
    const operation = conversation.operation;
    if (this.isOriginal && operation != Operation.Unknown && operation != Operation.Models)
      return !isStateful(operation) || this.keepsObjects;
    const own = this.own;
    if (own != null && !isOpaque(operation))
      return operation == Operation.Chat || (own.servesEmbeddings && operation == Operation.Embeddings);
    return this.vendor.serves(operation) && (!isStateful(operation) || this.keepsObjects);
  }

  override protocolFor(conversation: Conversation, _model: Bytes): ProviderProtocol {
    const protocol = this.configured(this.usualProtocolFor(conversation), conversation);
    if (this.thinkingMode == ThinkingMode.Passthrough && !this.promotesThinking) return protocol;
    if (conversation.dialect != Dialect.OpenAI || conversation.operation != Operation.Chat) return protocol;
    const promoted = this.promotesThinking ? new PromotedThinking(protocol) : protocol;
    return this.thinkingMode == ThinkingMode.Passthrough ? promoted : new ThinkingAsText(promoted, this.thinkingMode);
  }

  /** A protocol with what the configuration sets in requests. */
  protected configured(protocol: ProviderProtocol, conversation: Conversation): ProviderProtocol {
    const settings = this.settings;
    if (settings == null || conversation.operation != Operation.Chat) return protocol;
    let wrapped = this.wrapped;
    if (wrapped == null || wrapped.inner != protocol) this.wrapped = wrapped = new PatchedProtocol(protocol, settings);
    return wrapped;
  }

  private usualProtocolFor(conversation: Conversation): ProviderProtocol {
    if (conversation.ownership != null) return objects;
    if (this.isOriginal) return originalFor(conversation);
    if (isOpaque(conversation.operation)) return opaque;
    const own = this.own;
    return own != null ? own.protocol : this.vendor.protocolFor(conversation);
  }

  /** The protocol that it is asked in where the client speaks another. */
  get mainDialect(): Dialect {
    const own = this.own;
    return own != null ? own.protocol.dialect : this.vendor.dialect;
  }

  override get signsThinking(): bool {
    return this.vendor.signsThinking;
  }

  override resolve(exchange: Exchange, model: Bytes | null, target: Target): void {
    const conversation = exchange.conversation;
    target.provider = this.id;
    target.client = conversation.dialect;
    target.platformVersion = EMPTY;
    target.takesCallIds = true;
    target.cachesPrompt = this.fields.promptCache == ProviderPromptCache.Auto;
    target.dropsUnsupported = this.fields.onUnsupported == ProviderOnUnsupported.Drop;
    target.takesStreamOptions = !this.vendor.is(Quirk.NoStreamOptions);
    target.takesMaxCompletionTokens = !this.vendor.is(Quirk.OldLimit);
    target.takesReasoningContent = this.vendor.is(Quirk.ThinkingBack);
    target.isOpenAIs = this.fields.type == ProviderType.Openai || this.fields.type == ProviderType.Azure;
    const isChat = conversation.operation == Operation.Chat;
    if (this.texts.areFetched) this.texts.update(this.settings, this.mainDialect);
    target.systemMessages = isChat ? this.texts.messages : EMPTY;
    target.members = isChat && conversation.other("enable_search") == ABSENT ? this.members : EMPTY;
    if (this.fields.type == ProviderType.Dify) {
      const consumer = exchange.consumer;
      target.thread = threadOf(exchange);
      target.consumer = consumer == null ? EMPTY : consumer;
    }
    let name = model;
    const mapping = this.mapping;
    if (name == null && mapping != null && !exchange.model.isEmpty) name = mapping.of(exchange.model);
    if (name == null) {
      target.model = exchange.escapedModel;
      target.modelChanged = exchange.renamed;
    } else {
      target.model = name;
      const asked = conversation.source.point(conversation.model, view);
      target.modelChanged = exchange.renamed || !asked.equals(name);
    }
  }

  override writePath(exchange: Exchange, target: Target, out: ByteWriter): void {
    if (this.fields.basePathHandling == ProviderBasePathHandling.Prepend) out.bytes(this.fields.basePath);
    out.bytes(this.basePath);
    this.writeOwnPath(exchange, target, out);
    if (this.isClaudeCode && !this.isOriginal) out.ascii("?beta=true");
    const operation = exchange.conversation.operation;
    if (!isStateful(operation)) return;
    const path = ObjectPath.of(exchange.method, exchange.path, operation);
    if (path != null) path.write(path.action == ObjectAction.List ? largestPage(operation) : 0, out);
  }

  private writeOwnPath(exchange: Exchange, target: Target, out: ByteWriter): void {
    const conversation = exchange.conversation;
    if (this.isOriginal && !isStateful(conversation.operation))
      return writeOriginalPath(conversation, target, exchange.path, this.strippedPrefix, out);
    const own = this.own;
    const path = own != null ? own.chatPath : this.vendor.pathFor(conversation);
    const azure = this.azure;
    if (
      azure != null &&
      conversation.operation != Operation.Unknown &&
      this.protocolFor(conversation, target.model).dialect == Dialect.OpenAI
    )
      return azure.writePath(conversation.operation, path, target, out);
    if (!path.isEmpty) return out.bytes(path);
    const protocol = this.protocolFor(conversation, target.model);
    if (own != null) return protocol.writePath(conversation, target, out);
    const version = this.fields.apiVersion;
    if (version.isEmpty) return protocol.writePath(conversation, target, out);
    scratch.clear();
    protocol.writePath(conversation, target, scratch);
    const usual = scratch.pointAt(view);
    out.byte(0x2f);
    out.bytes(version);
    // In place of the version that the protocol's own path begins with.
    out.bytes(usual.slice(usual.indexOf(0x2f, 1)));
  }

  /** Whether its servers are picked by what a prompt begins with. */
  get hashesPrompts(): bool {
    return this.fields.hashPrompts;
  }

  override get tellsLoad(): bool {
    return this.fields.asksForLoad;
  }

  /** Milliseconds for a stream to begin; 0: no limit of its own. */
  get firstByteTimeout(): i32 {
    return this.fields.firstByteTimeout;
  }

  /** What is taken off the client's path where that goes on. */
  protected get strippedPrefix(): Bytes {
    const prepends = this.fields.basePathHandling == ProviderBasePathHandling.Prepend;
    return prepends || this.fields.basePath.isEmpty ? this.fields.subPath : this.fields.basePath;
  }

  /** DeepL has two hosts; which one, the model says, or the kind of key: free ones end with `:fx` (https://developers.deepl.com/docs/getting-started/auth). */
  override authority(target: Target): Bytes {
    if (this.fields.type != ProviderType.Deepl || !this.fields.providerDomain.isEmpty) return this.host;
    const isFree = target.model.is("Free") || (!target.model.is("Pro") && this.keys.length > 0 && this.keys[0].endsWith(":fx"));
    return isFree ? DEEPL_FREE : this.host;
  }

  override writeHeaders(exchange: Exchange, request: OutgoingRequest, head: HeaderBuilder): void {
    if (this.fields.asksForLoad) head.setAscii(LOAD_FORMAT, "TEXT");
    const signer = this.signer;
    if (signer != null) return signer.writeHeaders(request, head);
    if (this.isClaudeCode) return writeClaudeCodeHeaders(exchange, this.anthropicVersion(exchange), this.keyFor(exchange), head);
    const vendor = this.vendor;
    const own = this.own;
    if (own != null) {
      if (own.protocol.dialect == Dialect.DashScope && exchange.conversation.stream) head.setAscii("x-dashscope-sse", "enable");
      return this.writeOwnKey(own, exchange, head);
    }
    if (this.protocolFor(exchange.conversation, exchange.upstreamModel).dialect == Dialect.Anthropic)
      head.set("anthropic-version", this.anthropicVersion(exchange));
    if (this.keys.length > 0) {
      const key = this.keyFor(exchange);
      if (vendor.auth != Auth.Bearer) head.set(vendor.keyHeader, key);
      else setAuthorization("Bearer ", key, head);
    } else if (vendor.is(Quirk.CallersKey)) {
      // A key of the gateway's own isn't there any more: key-auth has taken it out.
      const named = this.callersHeader;
      const own = exchange.head.find(named, view);
      if (own == null) return;
      setAuthorization(named != "authorization" && own.indexOf(0x20) < 0 ? "Bearer " : "", own, head);
    }
  }

  private get isClaudeCode(): bool {
    return this.fields.claudeCodeMode && this.fields.type == ProviderType.Claude && this.keys.length > 0;
  }

  override replacesHeader(lower: Bytes): bool {
    return this.isClaudeCode && lower.is("user-agent");
  }

  /** Whether callers may keep objects here: switched on, at a vendor that has them, with keys of the gateway's own. */
  override get keepsObjects(): bool {
    return this.fields.statefulEndpoints && this.fields.type == ProviderType.Openai && this.keys.length > 0;
  }

  /** Whether one of its keys is the one of this hash; 0: any will do. */
  hasKey(hash: u64): bool {
    const keys = this.pool.keys;
    for (let i = 0; i < keys.length; i++) if (keys[i].hash == hash) return true;
    return hash == 0;
  }

  /**
   * The key that has what the request is about; for objects that are to be made always the same one of a consumer's, so that they can be named together; else as `keySelection` says.
   */
  override pickKey(exchange: Exchange, model: Bytes): bool {
    if (this.keys.length == 0) return true;
    const consumer = exchange.consumer;
    const isOwn = isStateful(exchange.conversation.operation) || this.fields.keySelection == ProviderKeySelection.Affinity;
    const former = exchange.asking;
    if (former == null || former.provider !== this) exchange.triedKeys = 0;
    const key = this.pool.pick(exchange.keeperKey, model, isOwn ? consumer : null, exchange.triedKeys);
    exchange.key = key;
    if (key >= 0 && key < 64) exchange.triedKeys |= (<u64>1) << key;
    exchange.usedKey = key >= 0 && this.fields.statefulEndpoints ? this.pool.keys[key].hash : 0;
    return key >= 0;
  }

  override usableKeys(exchange: Exchange, model: Bytes): i32 {
    if (this.keys.length == 0) return i32.MAX_VALUE;
    const usable = this.pool.usableFor(exchange.keeperKey, model);
    // Who has one key and lists the provider twice wants it asked again with that one.
    return this.keys.length == 1 && usable == 1 ? i32.MAX_VALUE : usable;
  }

  /** Null: nobody has said how long they are. */
  windows: ContextWindows | null = null;

  override windowOf(model: Bytes): u64 {
    const windows = this.windows;
    return windows == null ? 0 : windows.of(model);
  }

  override exhaustion(): Failure {
    return this.pool.exhaustion();
  }

  override settle(key: i32, model: Bytes, status: i32, failure: Failure | null): void {
    if (!this.fields.rememberFailures) return;
    this.endpoint.settle(failure);
    this.pool.settle(key, model, status, failure);
  }

  override isDown(isFirst: bool): bool {
    return this.endpoint.isDown(isFirst);
  }

  override noteLimits(key: i32, head: HeaderBlock): void {
    if (this.keys.length > 1) this.pool.noteLimits(key, head);
    if (this.fields.asksForLoad) completeLoad(head);
  }

  override writeStatus(out: JsonWriter): void {
    out.beginObject();
    out.key("id");
    out.text(this.id);
    out.key("type");
    out.asciiText(PROVIDER_TYPE_NAMES[this.fields.type]);
    out.key("endpoint");
    out.beginObject();
    writeHealth(this.endpoint.health, "up", out);
    out.endObject();
    out.key("keys");
    out.beginArray();
    const keys = this.pool.keys;
    for (let i = 0; i < keys.length; i++) {
      out.beginObject();
      out.key("name");
      out.text(keys[i].label);
      writeHealth(keys[i].health, "usable", out);
      out.endObject();
    }
    out.endArray();
    out.endObject();
  }

  /** Where the list of models is that proves a key. */
  writeModelsPath(out: ByteWriter): void {
    const dialect = this.vendor.dialect;
    out.bytes(this.basePath);
    if (dialect == Dialect.Gemini) out.ascii("/v1beta/models");
    else if (dialect == Dialect.Anthropic) out.ascii("/v1/models");
    else out.bytes(this.vendor.pathOf(Operation.Models));
  }

  /** Whether the vendor's list of models proves a key. */
  get modelsProveKey(): bool {
    return this.own == null && this.signer == null && this.vendor.is(Quirk.ModelsProveKey);
  }

  private keyFor(exchange: Exchange): Bytes {
    const key = exchange.key;
    return key >= 0 && key < this.keys.length ? this.keys[key] : EMPTY;
  }

  private writeOwnKey(own: OwnProtocol, exchange: Exchange, head: HeaderBuilder): void {
    if (this.keys.length > 0) return setAuthorization(own.keyPrefix, this.keyFor(exchange), head);
    if (!own.passesCallersKey) return;
    const callers = exchange.head.find("authorization", view);
    if (callers != null) head.set("authorization", callers);
  }

  override removeCredential(): void {
    const signer = this.signer;
    if (signer != null) return signer.removeCredential();
    if (this.isClaudeCode) requestHeaders.remove("authorization");
    requestHeaders.remove(this.vendor.keyHeader);
  }

  /** What must not be seen by anyone else. */
  protected get secrets(): Array<Bytes> {
    return this.ownSecrets;
  }

  override quotesCredential(text: Bytes): bool {
    return quotesAny(this.secrets, text);
  }

  override withoutCredentials(text: Bytes): Bytes {
    return withoutAny(this.secrets, text);
  }

  override maskCredentials(text: Bytes): void {
    maskAny(this.secrets, text);
  }

  override endsInCredential(text: Bytes): bool {
    return endsInAny(this.secrets, text);
  }

  /**
   * What the configuration lets through, and to a vendor its own words for features (https://docs.anthropic.com/en/api/beta-headers); never what may hold a key, and never what `ProviderRequest` writes
   * itself.
   */
  override passesHeader(lower: Bytes): bool {
    if (this.fields.type == ProviderType.Openai && lower.is("openai-beta")) return true;
    if (this.fields.type == ProviderType.Claude && lower.is("anthropic-beta")) return !this.isClaudeCode;
    for (let i = 0; i < this.passed.length; i++) if (this.passed[i].equals(lower)) return !isKeptBack(lower);
    return false;
  }

  /** The configured one, else the client's own where it speaks this protocol, else the only one that there is. */
  private anthropicVersion(exchange: Exchange): Bytes {
    if (!this.fields.claudeVersion.isEmpty) return this.fields.claudeVersion;
    if (this.fields.type == ProviderType.Claude && !this.fields.apiVersion.isEmpty) return this.fields.apiVersion;
    const own = exchange.conversation.dialect == Dialect.Anthropic ? exchange.head.find("anthropic-version", view) : null;
    return own == null || own.isEmpty ? ANTHROPIC_VERSION : own;
  }
}

/** `prefix` has the blank that stands in front of the key. */
function setAuthorization(prefix: string, key: Bytes, head: HeaderBuilder): void {
  scratch.clear();
  scratch.ascii(prefix);
  scratch.bytes(key);
  head.set("authorization", scratch.pointAt(view));
}

function isKeptBack(lower: Bytes): bool {
  return (
    lower.is("cookie") ||
    lower.is("authorization") ||
    lower.is("proxy-authorization") ||
    lower.is("x-api-key") ||
    lower.is("api-key") ||
    lower.is("x-goog-api-key") ||
    lower.is("content-length") ||
    lower.is("accept-encoding") ||
    lower.is("x-mse-consumer") ||
    lower.is("x-sluice-data") ||
    lower.is("transfer-encoding") ||
    lower.is("host") ||
    lower.at(0) == 0x3a
  );
}

const DEEPL_FREE = Bytes.of("api-free.deepl.com");

/** The conversation at Dify that the client goes on with, as an answer's header named it; empty: a new one. */
function threadOf(exchange: Exchange): Bytes {
  const thread = exchange.head.find("conversationid", view);
  return thread == null || thread.length > 64 ? EMPTY : thread.copy();
}

/** A model's name as it stands in a JSON string. */
export function escapedName(name: Bytes): Bytes {
  const out = new ByteWriter(name.length);
  escape(name, out);
  return out.view();
}
