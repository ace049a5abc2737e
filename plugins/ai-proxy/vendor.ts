import { Bytes, EMPTY } from "../../shared/bytes/bytes";
import { ByteWriter } from "../../shared/bytes/writer";
import { Conversation } from "../../shared/protocols/conversation";
import { Dialect, Operation } from "../../shared/protocols/operation";
import { ProviderProtocol } from "../../shared/protocols/protocol";

/** How a vendor wants its key. */
export enum Auth {
  /** `authorization: Bearer KEY`, if there is a key. */
  Bearer,
  /** `x-api-key: KEY` */
  ApiKey,
  /** `x-goog-api-key: KEY` */
  GoogleApiKey,
  /** `authorization: KEY` */
  Token,
  /** `api-key: KEY` */
  AzureKey,
}

/** What a vendor does otherwise than its protocol says, as bits: what each means is in vendors.json. */
export enum Quirk {
  CallersKey = 1,
  NoStreamOptions = 2,
  OldLimit = 4,
  ThinkingBack = 8,
  PassesThrough = 16,
  ModelsProveKey = 32,
}

/** A path that the vendor has for an operation, in place of the usual one. */
@final
class OwnPath {
  constructor(
    public operation: Operation,
    public path: Bytes,
  ) {}
}

/** A protocol that a vendor speaks beside its main one, and where. */
@final
class NativeProtocol {
  constructor(
    public protocol: ProviderProtocol,
    public path: Bytes,
  ) {}
}

/** One vendor: a row of vendors.json, as vendors.generated.ts has it. */
@final
export class Vendor {
  auth: Auth = Auth.Bearer;
  private quirks: u32 = 0;
  private served: u32 = 0;
  private paths: Array<OwnPath> = [];
  private native: Array<NativeProtocol> = [];

  constructor(
    private protocol: ProviderProtocol,
    /** Empty where the configuration must name it. */
    public host: Bytes,
    /** What stands before the usual end of a path, such as `/v1`. */
    private base: string,
  ) {}

  /** Whether it has an API for what is asked. */
  serves(operation: Operation): bool {
    if (operation == Operation.StoredResponses) return !this.responsesPath.isEmpty;
    if (operation == Operation.StoredChats) return this.protocol.dialect == Dialect.OpenAI && this.serves(Operation.Chat);
    return (this.served & (1 << operation)) != 0;
  }

  /** Whether it is otherwise than its protocol in this respect. */
  is(quirk: Quirk): bool {
    return (this.quirks & quirk) != 0;
  }

  /** In which protocol a conversation is put to this vendor: the client's own where it speaks that, too. */
  protocolFor(conversation: Conversation): ProviderProtocol {
    const native = this.nativeFor(conversation);
    return native == null ? this.protocol : native.protocol;
  }

  /** The path of what a conversation asks for; empty where the protocol's own serves. */
  pathFor(conversation: Conversation): Bytes {
    let operation = conversation.operation;
    if (operation == Operation.StoredResponses) return this.responsesPath;
    // Where they were made.
    if (operation == Operation.StoredChats) operation = Operation.Chat;
    const native = this.nativeFor(conversation);
    if (native != null && operation == Operation.Chat) return native.path;
    return this.pathOf(operation);
  }

  /** The path of an operation in its main protocol; empty where the protocol's own serves. */
  pathOf(operation: Operation): Bytes {
    for (let i = 0; i < this.paths.length; i++) if (this.paths[i].operation == operation) return this.paths[i].path;
    return EMPTY;
  }

  /** The header that its key goes into. */
  get keyHeader(): string {
    switch (this.auth) {
      case Auth.ApiKey:
        return "x-api-key";
      case Auth.GoogleApiKey:
        return "x-goog-api-key";
      case Auth.AzureKey:
        return "api-key";
      default:
        return "authorization";
    }
  }

  /** Of its main protocol. */
  get dialect(): Dialect {
    return this.protocol.dialect;
  }

  get signsThinking(): bool {
    return this.protocol.signsThinking;
  }

  /** Where it speaks Responses; empty: nowhere. */
  private get responsesPath(): Bytes {
    for (let i = 0; i < this.native.length; i++) if (this.native[i].protocol.dialect == Dialect.Responses) return this.native[i].path;
    return EMPTY;
  }

  private nativeFor(conversation: Conversation): NativeProtocol | null {
    const native = this.native;
    if (conversation.operation != Operation.Chat) return null;
    for (let i = 0; i < native.length; i++) if (native[i].protocol.dialect == conversation.dialect) return native[i];
    return null;
  }

  /** An operation is at another path; empty: it isn't used. */
  move(operation: Operation, path: Bytes): void {
    const bit: u32 = 1 << operation;
    if (path.isEmpty) {
      this.served &= ~bit;
      return;
    }
    this.served |= bit;
    for (let i = 0; i < this.paths.length; i++) {
      if (this.paths[i].operation != operation) continue;
      this.paths[i].path = path;
      return;
    }
    this.paths.push(new OwnPath(operation, path));
  }

  /** A protocol that it speaks beside its main one is at another path; empty: it isn't used. */
  speak(protocol: ProviderProtocol, path: Bytes): void {
    if (protocol.dialect == this.protocol.dialect) return this.move(Operation.Chat, path);
    const kept: Array<NativeProtocol> = [];
    for (let i = 0; i < this.native.length; i++) if (this.native[i].protocol.dialect != protocol.dialect) kept.push(this.native[i]);
    if (!path.isEmpty) kept.push(new NativeProtocol(protocol, path));
    this.native = kept;
  }

  /** Another beginning takes the place of `/v1` in all paths. */
  rebase(prefix: Bytes): void {
    for (let i = 0; i < this.paths.length; i++) this.paths[i].path = rebased(this.paths[i].path, prefix);
    for (let i = 0; i < this.native.length; i++) this.native[i].path = rebased(this.native[i].path, prefix);
  }

  /** Only one operation is served, in one protocol, at one path. */
  serveOnly(protocol: ProviderProtocol, operation: Operation, path: Bytes): void {
    this.served = 0;
    this.native = [];
    this.protocol = protocol;
    this.move(operation, path);
  }

  /** Its main protocol is an object of this provider's own, with what its configuration says. */
  speakBy(protocol: ProviderProtocol): void {
    this.protocol = protocol;
  }

  // The row, as it is written down.

  /** An operation at the vendor's base and the end that OpenAI's API has. */
  at(operation: Operation, end: string): this {
    return this.path(operation, this.base + end);
  }

  /** An operation at a path; empty: the protocol writes it. */
  path(operation: Operation, path: string): this {
    this.served |= 1 << operation;
    if (path.length > 0) this.paths.push(new OwnPath(operation, Bytes.of(path)));
    return this;
  }

  /** The vendor speaks another protocol, too: its clients' requests go there as they are. */
  also(protocol: ProviderProtocol, path: string): this {
    this.native.push(new NativeProtocol(protocol, Bytes.of(path)));
    return this;
  }

  key(auth: Auth): this {
    this.auth = auth;
    return this;
  }

  quirk(quirk: Quirk): this {
    this.quirks |= quirk;
    return this;
  }
}

function rebased(path: Bytes, prefix: Bytes): Bytes {
  if (!path.startsWith("/v1/")) return path;
  const out = new ByteWriter(prefix.length + path.length);
  out.bytes(prefix);
  out.bytes(path.slice(3));
  return out.view();
}

/** A host that a field names, or the vendor's own. */
export function either(configured: Bytes, own: string): Bytes {
  return configured.isEmpty ? Bytes.of(own) : configured;
}

/** `host:port`; empty without a host. */
export function withPort(host: Bytes, port: i32): Bytes {
  return host.isEmpty ? EMPTY : Bytes.of(`${host.toString()}:${port}`);
}
