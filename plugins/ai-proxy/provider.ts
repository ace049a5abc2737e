import { Bytes, EMPTY } from "../../shared/bytes/bytes";
import { ABSENT } from "../../shared/bytes/span";
import { ByteWriter } from "../../shared/bytes/writer";
import { SipHash } from "../../shared/crypto/siphash";
import { requestHeaders } from "../../shared/host/headers";
import { HeaderBuilder } from "../../shared/host/pairs";
import { JsonWriter } from "../../shared/json/writer";
import { escape } from "../../shared/json/unescape";
import { Exchange } from "../../shared/pipeline/exchange";
import { OutgoingRequest, Provider } from "../../shared/pipeline/provider";
import { Conversation } from "../../shared/protocols/conversation";
import { ObjectProvider } from "../../shared/protocols/objects/provider";
import { ObjectPath, ObjectAction } from "../../shared/protocols/objects/path";
import { OpaqueProvider } from "../../shared/protocols/opaque/provider";
import { Dialect, Operation, isOpaque, isStateful } from "../../shared/protocols/operation";
import { PatchedProtocol } from "../../shared/protocols/patched";
import { ProviderProtocol, Target } from "../../shared/protocols/protocol";
import { AzureService } from "./azure";
import { ThinkingAsText, ThinkingMode } from "../../shared/protocols/thinking-mode";
import {
  ProviderBasePathHandling,
  ProviderFields,
  ProviderOnUnsupported,
  ProviderPromptCache,
  ProviderReasoningContentMode,
  ProviderType,
} from "./config.generated";
import { writeClaudeCodeHeaders } from "./claude-code";
import { ModelMapping } from "./model-mapping";
import { largestPage } from "./objects";
import { OwnProtocol, ownProtocolOf, pathOfUrl } from "./own-protocols";
import { draw } from "./random";
import { RequestSettings } from "./request-settings";
import { endsInAny, maskAny, quotesAny, withoutAny } from "./secrets";
import { RequestSigner } from "./signer";
import { Auth, Quirk, Vendor } from "./vendor";

const ANTHROPIC_VERSION = Bytes.of("2023-06-01");
const opaque = new OpaqueProvider();
const objects = new ObjectProvider();
const keyHash = new SipHash(0x736c7569636520, 0x6b657973);
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
  private systemMessages: Bytes = EMPTY;
  private members: Bytes = EMPTY;
  private thinkingMode: ThinkingMode = ThinkingMode.Passthrough;
  /** `passHeaders`, in lower case. */
  private passed: Array<Bytes> = [];
  private ownSecrets: Array<Bytes>;
  /** The header with the caller's own key. */
  private callersHeader: string;
  /** What is set in its requests; null: nothing. */
  settings: RequestSettings | null = null;
  /** The protocol that was spoken last, with them. */
  private wrapped: PatchedProtocol | null = null;

  constructor(
    protected fields: ProviderFields,
    /** The keys themselves: no `env:` any more. */
    protected keys: Array<Bytes>,
    private vendor: Vendor,
    /** Who signs its requests; null: its key is sent. */
    private signer: RequestSigner | null = null,
    /** Null for all types but `azure`. */
    private azure: AzureService | null = null,
  ) {
    super(fields.id);
    this.callersHeader = fields.authHeaderKey.isEmpty ? "authorization" : fields.authHeaderKey.toLowerCase().toString();
    this.ownSecrets = signer == null ? keys : keys.concat(signer.secrets);
    const own = ownProtocolOf(fields);
    this.own = own;
    const host = own != null ? own.host : azure != null ? azure.host : vendor.host;
    this.host = fields.providerDomain.isEmpty ? host : fields.providerDomain;
    this.basePath =
      fields.providerBasePath.isEmpty && fields.type == ProviderType.Dify ? pathOfUrl(fields.difyApiUrl) : fields.providerBasePath;
    if (fields.reasoningContentMode == ProviderReasoningContentMode.Ignore) this.thinkingMode = ThinkingMode.Ignore;
    else if (fields.reasoningContentMode == ProviderReasoningContentMode.Concat) this.thinkingMode = ThinkingMode.Concat;
    if (fields.type == ProviderType.Qwen) {
      if (fields.qwenFileIds.length > 0) this.systemMessages = filesMessage(fields.qwenFileIds);
      if (fields.qwenEnableSearch) this.members = Bytes.of('"enable_search":true');
    }
    for (let i = 0; i < fields.passHeaders.length; i++) this.passed.push(fields.passHeaders[i].toLowerCase());
  }

  override serves(conversation: Conversation): bool {
    const operation = conversation.operation;
    const own = this.own;
    if (own != null && !isOpaque(operation))
      return operation == Operation.Chat || (own.servesEmbeddings && operation == Operation.Embeddings);
    return this.vendor.serves(operation) && (!isStateful(operation) || this.keepsObjects);
  }

  override protocolFor(conversation: Conversation, _model: Bytes): ProviderProtocol {
    const protocol = this.configured(this.usualProtocolFor(conversation), conversation);
    if (this.thinkingMode == ThinkingMode.Passthrough) return protocol;
    if (conversation.dialect != Dialect.OpenAI || conversation.operation != Operation.Chat) return protocol;
    return new ThinkingAsText(protocol, this.thinkingMode);
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
    const isChat = conversation.operation == Operation.Chat;
    target.systemMessages = isChat ? this.systemMessages : EMPTY;
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
    if (this.isClaudeCode) out.ascii("?beta=true");
    const operation = exchange.conversation.operation;
    if (!isStateful(operation)) return;
    const path = ObjectPath.of(exchange.method, exchange.path, operation);
    if (path != null) path.write(path.action == ObjectAction.List ? largestPage(operation) : 0, out);
  }

  private writeOwnPath(exchange: Exchange, target: Target, out: ByteWriter): void {
    const conversation = exchange.conversation;
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

  /** DeepL has two hosts; which one, the model says, or the kind of key: free ones end with `:fx` (https://developers.deepl.com/docs/getting-started/auth). */
  override authority(target: Target): Bytes {
    if (this.fields.type != ProviderType.Deepl || !this.fields.providerDomain.isEmpty) return this.host;
    const isFree = target.model.is("Free") || (!target.model.is("Pro") && this.keys.length > 0 && this.keys[0].endsWith(":fx"));
    return isFree ? DEEPL_FREE : this.host;
  }

  override writeHeaders(exchange: Exchange, request: OutgoingRequest, head: HeaderBuilder): void {
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
    for (let i = 0; i < this.keys.length; i++) if (keyHash.of(this.keys[i]) == hash) return true;
    return hash == 0;
  }

  /** The key that has what the request is about; for objects that are to be made always the same one of a consumer's, so that they can be named together; else any. */
  private keyFor(exchange: Exchange): Bytes {
    const keys = this.keys;
    const consumer = exchange.consumer;
    let chosen = keys.length == 1 ? 0 : draw(keys.length);
    if (keys.length > 1 && consumer != null && isStateful(exchange.conversation.operation)) {
      // The highest of hashes: another key, or one less, moves few consumers.
      const own = keyHash.of(consumer);
      let highest: u64 = 0;
      for (let i = 0; i < keys.length; i++) {
        const weight = (own ^ keyHash.of(keys[i])) * 0x9e3779b97f4a7c15;
        if (weight >= highest) {
          highest = weight;
          chosen = i;
        }
      }
    }
    if (exchange.keeperKey != 0) for (let i = 0; i < keys.length; i++) if (keyHash.of(keys[i]) == exchange.keeperKey) chosen = i;
    exchange.usedKey = this.fields.statefulEndpoints ? keyHash.of(keys[chosen]) : 0;
    return keys[chosen];
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
    lower.is("transfer-encoding") ||
    lower.is("host") ||
    lower.at(0) == 0x3a
  );
}

const DEEPL_FREE = Bytes.of("api-free.deepl.com");

/** The system's message that names uploaded files: https://help.aliyun.com/zh/model-studio/long-context-qwen-long */
function filesMessage(ids: Array<Bytes>): Bytes {
  const out = new JsonWriter();
  out.beginObject();
  out.key("role");
  out.asciiText("system");
  out.key("content");
  out.beginString();
  for (let i = 0; i < ids.length; i++) {
    if (i > 0) out.byte(0x2c);
    out.ascii("fileid://");
    out.moreText(ids[i]);
  }
  out.endString();
  out.endObject();
  return out.view();
}

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
