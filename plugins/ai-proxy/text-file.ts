/** Texts that providers get as system messages: `context`, and `moonshotFileId`. Fetched through a cluster before the first request goes on, kept for all workers, and read again from time to time. */
import { Bytes, EMPTY } from "../../shared/bytes/bytes";
import { ByteWriter } from "../../shared/bytes/writer";
import { Form, hasForm } from "../../shared/config/forms";
import { Problems } from "../../shared/config/problems";
import { writeHex } from "../../shared/crypto/hex";
import { sha256 } from "../../shared/crypto/sha256";
import { CallAnswer, CallHandler, httpCall } from "../../shared/host/http-call";
import { log } from "../../shared/host/log";
import { HeaderBuilder } from "../../shared/host/pairs";
import { LogLevel, Status } from "../../shared/host/types";
import { escape } from "../../shared/json/unescape";
import { Fetched, TokenSource } from "../../shared/pipeline/access-token";
import { Readiness } from "../../shared/pipeline/provider";
import { routeCluster } from "../../shared/pipeline/route-cache";
import { ProviderFields, ProviderType } from "./config.generated";

/** The largest text that is taken, in bytes. */
const LARGEST = 65536;
/** Seconds for which a text serves if it can't be read again: as good as forever. */
const LIFETIME: u64 = 365 * 86400;
/** Milliseconds after which it is read again. */
const REFRESH: u64 = 300_000;

@final
export class TextFile extends TokenSource {
  constructor(
    private provider: Bytes,
    /** The field that names it. */
    private field: string,
    /** Empty: the cluster of the route. */
    private cluster: Bytes,
    /** How Higress calls that cluster; empty: no other way. */
    private otherName: Bytes,
    private host: Bytes,
    private path: Bytes,
    /** A key for its server; empty: none is wanted. */
    private credential: Bytes,
    /** Milliseconds. */
    private timeout: u32,
  ) {
    super(sharedKey(cluster, host, path, credential), 0);
    this.refresh = REFRESH;
    this.lease = <u64>timeout + 1000;
  }

  /** `context`; null if there is none, or if `problems` says what is wrong. */
  static ofContext(fields: ProviderFields, at: string, problems: Problems): TextFile | null {
    const context = fields.context;
    if (context == null) return null;
    const url = context.fileUrl;
    const from = url.startsWith("https://") ? 8 : url.startsWith("http://") ? 7 : 0;
    let slash = url.indexOf(0x2f, from);
    if (slash < 0) slash = url.length;
    const host = url.slice(from, slash);
    const path = slash < url.length ? url.slice(slash) : Bytes.of("/");
    if (from == 0 || !hasForm(host, Form.PathSegment) || host.indexOf(0x40) >= 0 || !isPlain(path)) {
      problems.refuse(at + ".context.fileUrl", `found "${url.toString()}", expected a URL such as https://files.example.com/context.txt`);
      return null;
    }
    if (context.serviceName.isEmpty) {
      problems.refuse(at + ".context.serviceName", "found nothing, expected the name of the cluster through which the file is fetched");
      return null;
    }
    const usual = from == 7 || context.serviceName.endsWith(".static") ? 80 : 443;
    const port = context.servicePort > 0 ? context.servicePort : usual;
    const other = context.serviceName.indexOf(0x7c) >= 0 ? EMPTY : Bytes.of(`outbound|${port}||${context.serviceName.toString()}`);
    return new TextFile(fields.id, "context", context.serviceName, other, host, path, EMPTY, timeoutOf(fields));
  }

  /** `moonshotFileId`: https://platform.moonshot.ai/docs/api/files */
  static ofMoonshot(fields: ProviderFields, host: Bytes, keys: Array<Bytes>): TextFile | null {
    if (fields.moonshotFileId.isEmpty || fields.type != ProviderType.Moonshot) return null;
    const path = Bytes.of(`${fields.providerBasePath.toString()}/v1/files/${fields.moonshotFileId.toString()}/content`);
    const key = keys.length > 0 ? keys[0] : EMPTY;
    return new TextFile(fields.id, "moonshotFileId", fields.moonshotFileService, EMPTY, host, path, key, timeoutOf(fields));
  }

  /** In the context of a request, whose route may be the one to its server. */
  override prepare(): Readiness {
    if (this.cluster.isEmpty) {
      const cluster = routeCluster();
      if (cluster != null) this.cluster = cluster;
    }
    return super.prepare();
  }

  override fetch(handler: CallHandler): string {
    const head = new HeaderBuilder();
    head.set(":method", Bytes.of("GET")).set(":path", this.path).set(":authority", this.host);
    if (!this.credential.isEmpty) head.set("authorization", Bytes.of(`Bearer ${this.credential.toString()}`));
    let status = httpCall(this.cluster, head, EMPTY, this.timeout, handler);
    if (status == Status.BadArgument && !this.otherName.isEmpty) status = httpCall(this.otherName, head, EMPTY, this.timeout, handler);
    return status == Status.Ok ? "" : `there is no cluster "${this.cluster.toString()}" that could be called`;
  }

  /** The text as string content. */
  override read(answer: CallAnswer): Fetched {
    const status = answer.status;
    if (status == 0) return failed("the server broke off");
    if (status != 200) return failed(`the server answered ${status}`);
    if (answer.bodySize > LARGEST) return failed(`it has ${answer.bodySize} bytes, more than ${LARGEST}`);
    const text = answer.readBody();
    if (text.isEmpty) return failed("it is empty");
    const escaped = new ByteWriter(text.length + (text.length >> 4));
    escape(text, escaped);
    return new Fetched(escaped.view(), LIFETIME, "");
  }

  override report(problem: string): void {
    log(LogLevel.Warn, `ai-proxy: provider "${this.provider.toString()}": no text for ${this.field}: ${problem}`);
  }

  /** Why there is no text, as the middle of a sentence. */
  get why(): string {
    return `the gateway couldn't read the file of ${this.field} (${this.problem.toString()})`;
  }
}

/** Envoy's own limit for such calls is none, so that there has to be one. */
function timeoutOf(fields: ProviderFields): u32 {
  return fields.timeout > 0 ? <u32>fields.timeout : 120_000;
}

/** The same for the same file, asked for with the same key. */
function sharedKey(cluster: Bytes, host: Bytes, path: Bytes, key: Bytes): Bytes {
  const all = new ByteWriter(256);
  all.bytes(cluster);
  all.byte(0x0a);
  all.bytes(host);
  all.byte(0x0a);
  all.bytes(path);
  all.byte(0x0a);
  all.bytes(key);
  const name = new ByteWriter(80);
  name.ascii("sluice.text.");
  writeHex(sha256(all.view()), name);
  return name.view();
}

/** Whether a path, with its query, can be asked for. */
function isPlain(path: Bytes): bool {
  for (let i = 0; i < path.length; i++) if (path.at(i) <= 0x20 || path.at(i) == 0x7f || path.at(i) == 0x23) return false;
  return true;
}

function failed(problem: string): Fetched {
  return new Fetched(EMPTY, 0, problem);
}
