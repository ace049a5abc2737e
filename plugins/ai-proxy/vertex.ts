/** Vertex AI: Gemini's models in Gemini's protocol and Claude in Anthropic's, each at its publisher's path: https://cloud.google.com/vertex-ai/generative-ai/docs/reference/rest */
import { Bytes, EMPTY } from "../../shared/bytes/bytes";
import { writePercentEncoded } from "../../shared/bytes/percent";
import { ByteWriter } from "../../shared/bytes/writer";
import { Problems } from "../../shared/config/problems";
import { requestHeaders } from "../../shared/host/headers";
import { HeaderBuilder } from "../../shared/host/pairs";
import { unescape } from "../../shared/json/unescape";
import { Exchange } from "../../shared/pipeline/exchange";
import { OutgoingRequest, Readiness } from "../../shared/pipeline/provider";
import { Conversation } from "../../shared/protocols/conversation";
import { Failure } from "../../shared/protocols/failure";
import { Dialect } from "../../shared/protocols/operation";
import { writeMethod } from "../../shared/protocols/gemini/path";
import { ProviderProtocol, Target } from "../../shared/protocols/protocol";
import { providerOwner, secretOf } from "../../shared/secrets/secret";
import { ProviderBasePathHandling, ProviderFields } from "./config.generated";
import { anthropic, gemini, openai } from "./protocols";
import { KeyPool } from "./key-pool";
import { ConfiguredProvider } from "./provider";
import { ServiceAccount, ServiceAccountTokens } from "./service-account";
import { Vendor } from "./vendor";

/** https://docs.claude.com/en/api/claude-on-vertex-ai */
const CLAUDE_VERSION = Bytes.of("vertex-2023-10-16");
const name = new ByteWriter(64);
const view = new Bytes();

/** A provider of type `vertex`. */
@final
export class VertexProvider extends ConfiguredProvider {
  private location: Bytes;

  constructor(
    fields: ProviderFields,
    pool: KeyPool,
    vendor: Vendor,
    private project: Bytes,
    /** Null: express mode, with a key. */
    private tokens: ServiceAccountTokens | null,
  ) {
    super(fields, pool, vendor);
    this.location = fields.vertexRegion;
    if (fields.providerDomain.isEmpty && tokens != null) this.host = hostOf(fields.vertexRegion);
  }

  /** Null if it can't be made: the problem says why. */
  static make(fields: ProviderFields, pool: KeyPool, vendor: Vendor, path: string, problems: Problems): VertexProvider | null {
    const given = fields.vertexAuthKey;
    if (given.isEmpty) {
      if (pool.keys.length > 0) return new VertexProvider(fields, pool, vendor, EMPTY, null);
      problems.refuse(
        path + ".vertexAuthKey",
        "found nothing, expected the key file of a service account (or a key for express mode in apiTokens)",
      );
      return null;
    }
    const json = secretOf(given, providerOwner(fields.id), path + ".vertexAuthKey", problems, "the key file of a service account");
    if (json == null) return null;
    const account = ServiceAccount.read(json);
    const key = account.key;
    if (account.problem.length > 0 || key == null) {
      problems.refuse(path + ".vertexAuthKey", account.problem);
      return null;
    }
    const project = fields.vertexProjectId.isEmpty ? account.project : fields.vertexProjectId;
    const missing = fields.vertexRegion.isEmpty
      ? "vertexRegion"
      : fields.vertexAuthServiceName.isEmpty
        ? "vertexAuthServiceName"
        : project.isEmpty
          ? "vertexProjectId"
          : "";
    if (missing.length > 0) {
      problems.refuse(`${path}.${missing}`, "found nothing, expected a string: a service account needs it");
      return null;
    }
    const tokens = new ServiceAccountTokens(fields.id, account, key, fields.vertexAuthServiceName, fields.vertexTokenRefreshAhead);
    return new VertexProvider(fields, pool, vendor, project, tokens);
  }

  override prepare(): Readiness {
    const tokens = this.tokens;
    const own = tokens == null ? Readiness.Ready : tokens.prepare();
    return own == Readiness.Ready ? super.prepare() : own;
  }

  override awaitReadiness(exchange: Exchange): void {
    const tokens = this.tokens;
    if (tokens != null && tokens.prepare() == Readiness.Waiting) tokens.wait(exchange);
    else super.awaitReadiness(exchange);
  }

  override unavailability(): Failure {
    const tokens = this.tokens;
    if (tokens == null || tokens.prepare() != Readiness.Unavailable) return super.unavailability();
    return this.cannotBeAsked(`the gateway got no access token for it (${tokens.problem.toString()})`);
  }

  override get mainDialect(): Dialect {
    return this.fields.vertexOpenAICompatible ? Dialect.OpenAI : Dialect.Gemini;
  }

  override get signsThinking(): bool {
    return true;
  }

  override protocolFor(conversation: Conversation, model: Bytes): ProviderProtocol {
    if (this.isOriginal) return super.protocolFor(conversation, model);
    if (this.isClaude(model)) return this.configured(anthropic, conversation);
    return this.configured(this.fields.vertexOpenAICompatible ? openai : gemini, conversation);
  }

  override resolve(exchange: Exchange, model: Bytes | null, target: Target): void {
    super.resolve(exchange, model, target);
    if (this.isOriginal) return;
    if (this.isClaude(target.model))
      target.platformVersion = this.fields.claudeVersion.isEmpty ? CLAUDE_VERSION : this.fields.claudeVersion;
    else if (!this.fields.vertexOpenAICompatible) target.takesCallIds = false;
    else if (target.model.indexOf(0x2f) < 0) {
      // https://cloud.google.com/vertex-ai/generative-ai/docs/start/openai: the publisher is part of the name.
      const full = new ByteWriter(target.model.length + 7);
      full.ascii("google/");
      full.bytes(target.model);
      target.model = full.view();
      target.modelChanged = true;
    }
  }

  override writePath(exchange: Exchange, target: Target, out: ByteWriter): void {
    if (this.isOriginal) return super.writePath(exchange, target, out);
    if (this.fields.basePathHandling == ProviderBasePathHandling.Prepend) out.bytes(this.fields.basePath);
    out.bytes(this.fields.providerBasePath);
    out.byte(0x2f);
    if (this.fields.apiVersion.isEmpty) out.ascii("v1");
    else out.bytes(this.fields.apiVersion);
    if (this.tokens != null) {
      out.ascii("/projects/");
      out.bytes(this.project);
      out.ascii("/locations/");
      out.bytes(this.location);
    }
    const isClaude = this.isClaude(target.model);
    if (!isClaude && this.fields.vertexOpenAICompatible) return out.ascii("/endpoints/openapi/chat/completions");
    out.ascii(isClaude ? "/publishers/anthropic/models/" : "/publishers/google/models/");
    writeModel(target.model, out);
    const stream = exchange.conversation.stream;
    if (!isClaude) writeMethod(stream, out);
    else out.ascii(stream ? ":streamRawPredict" : ":rawPredict");
  }

  override writeHeaders(exchange: Exchange, request: OutgoingRequest, head: HeaderBuilder): void {
    const tokens = this.tokens;
    if (tokens == null) super.writeHeaders(exchange, request, head);
    else if (!tokens.token.isEmpty) {
      name.clear();
      name.ascii("Bearer ");
      name.bytes(tokens.token);
      head.set("authorization", name.pointAt(view));
    }
  }

  override removeCredential(): void {
    if (this.tokens == null) super.removeCredential();
    else requestHeaders.remove("authorization");
  }

  override passesHeader(lower: Bytes): bool {
    return lower.is("anthropic-beta") || super.passesHeader(lower);
  }

  protected override get secrets(): Array<Bytes> {
    const tokens = this.tokens;
    return tokens == null || tokens.token.isEmpty ? this.keys : [tokens.token];
  }

  /** Express mode has no Claude. */
  private isClaude(model: Bytes): bool {
    return this.tokens != null && model.startsWith("claude");
  }
}

/** https://cloud.google.com/vertex-ai/docs/reference/rest#service-endpoint; `us` and `eu` stand for several regions. */
function hostOf(region: Bytes): Bytes {
  if (region.is("global")) return Bytes.of("aiplatform.googleapis.com");
  if (region.is("us") || region.is("eu")) return Bytes.of(`aiplatform.${region.toString()}.rep.googleapis.com`);
  return Bytes.of(`${region.toString()}-aiplatform.googleapis.com`);
}

/** A model's name as a segment of the path; an `@` in front of a version stays, as in Google's documents. */
function writeModel(escapedName: Bytes, out: ByteWriter): void {
  name.clear();
  unescape(escapedName, name);
  const plain = name.view();
  for (let from = 0; from <= plain.length;) {
    const at = plain.indexOf(0x40, from);
    const to = at < 0 ? plain.length : at;
    writePercentEncoded(plain.slice(from, to), out);
    if (at >= 0) out.byte(0x40);
    from = to + 1;
  }
}
