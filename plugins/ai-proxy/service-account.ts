/** Access tokens for a service account of Google's: https://developers.google.com/identity/protocols/oauth2/service-account#authorizingrequests */
import { Bytes, EMPTY } from "../../shared/bytes/bytes";
import { ByteWriter } from "../../shared/bytes/writer";
import { writeHex } from "../../shared/crypto/hex";
import { signToken } from "../../shared/crypto/jwt";
import { readPrivateKey } from "../../shared/crypto/private-key";
import { RsaPrivateKey } from "../../shared/crypto/rsa";
import { sha256 } from "../../shared/crypto/sha256";
import { CallAnswer, CallHandler, httpCall } from "../../shared/host/http-call";
import { log } from "../../shared/host/log";
import { HeaderBuilder } from "../../shared/host/pairs";
import { nowNanoseconds } from "../../shared/host/time";
import { LogLevel, Status } from "../../shared/host/types";
import { unsignedValue } from "../../shared/json/number";
import { JsonReader, JsonType } from "../../shared/json/reader";
import { unescape } from "../../shared/json/unescape";
import { JsonWriter } from "../../shared/json/writer";
import { FETCH_TIMEOUT, Fetched, TokenSource } from "../../shared/pipeline/access-token";

/** Seconds for which an assertion holds: Google takes no longer ones. */
const ASSERTION_LIFETIME: u64 = 3600;
const SCOPE = "https://www.googleapis.com/auth/cloud-platform";
const BODY_START = "grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Ajwt-bearer&assertion=";
const USUAL_ENDPOINT = "https://oauth2.googleapis.com/token";

/** The file that Google gives out for a service account. Texts are escaped, as in the file. */
@final
export class ServiceAccount {
  email: Bytes = EMPTY;
  keyId: Bytes = EMPTY;
  project: Bytes = EMPTY;
  endpoint: Bytes = Bytes.of(USUAL_ENDPOINT);
  key: RsaPrivateKey | null = null;
  /** Why it can't be used, as the end of a sentence that begins with the field's name; "": it can. Nothing secret is in it. */
  problem: string = "";
  /** A name for this file among all, from which nothing can be learned of it. */
  fingerprint: Bytes = EMPTY;

  static read(json: Bytes): ServiceAccount {
    const account = new ServiceAccount();
    account.problem = account.parse(json);
    return account;
  }

  private parse(json: Bytes): string {
    let pem = EMPTY;
    let type = EMPTY;
    reader.start(json);
    if (reader.enterObject()) {
      while (reader.nextKey()) {
        if (reader.peek() != JsonType.String) continue;
        if (reader.keyIs("type")) type = reader.bytes(reader.string());
        else if (reader.keyIs("client_email")) this.email = reader.bytes(reader.string()).copy();
        else if (reader.keyIs("private_key_id")) this.keyId = reader.bytes(reader.string()).copy();
        else if (reader.keyIs("project_id")) this.project = reader.bytes(reader.string()).copy();
        else if (reader.keyIs("token_uri")) this.endpoint = reader.bytes(reader.string()).copy();
        else if (reader.keyIs("private_key")) pem = reader.bytes(reader.string());
      }
    }
    if (!reader.finish()) return "is no JSON object, expected the key file of a service account";
    if (!type.is("service_account")) return "is the file of another kind of account, expected `type` to be `service_account`";
    if (this.email.isEmpty) return "has no `client_email`";
    if (pem.isEmpty) return "has no `private_key`";
    if (this.host.isEmpty || !isPlain(this.endpoint)) return "has a `token_uri` that is no http or https URL";
    const text = new ByteWriter(pem.length);
    unescape(pem, text);
    const read = readPrivateKey(text.view());
    this.key = read.key;
    if (read.key == null) return "has a `private_key` that " + read.problem;
    const name = new ByteWriter(64);
    writeHex(sha256(json), name);
    this.fingerprint = name.view();
    return "";
  }

  /** Host (and port) of the token endpoint. */
  get host(): Bytes {
    const from = this.afterScheme;
    const slash = this.endpoint.indexOf(0x2f, from);
    return from == 0 ? EMPTY : this.endpoint.slice(from, slash < 0 ? i32.MAX_VALUE : slash);
  }

  /** Its path. */
  get path(): Bytes {
    const slash = this.endpoint.indexOf(0x2f, this.afterScheme);
    return slash < 0 ? Bytes.of("/") : this.endpoint.slice(slash);
  }

  private get afterScheme(): i32 {
    return this.endpoint.startsWith("https://") ? 8 : this.endpoint.startsWith("http://") ? 7 : 0;
  }
}

/** Tokens for one service account, through one cluster. */
@final
export class ServiceAccountTokens extends TokenSource {
  constructor(
    private provider: Bytes,
    private account: ServiceAccount,
    private signer: RsaPrivateKey,
    private cluster: Bytes,
    /** Seconds. */
    ahead: u32,
  ) {
    super(Bytes.of("sluice.token." + account.fingerprint.toString()), <u64>ahead * 1000);
  }

  override fetch(handler: CallHandler): string {
    const assertion = this.assertion();
    if (assertion == null) return "its key can't sign";
    const body = new ByteWriter(BODY_START.length + assertion.length);
    body.ascii(BODY_START);
    body.bytes(assertion);
    const head = new HeaderBuilder();
    head.set(":method", Bytes.of("POST")).set(":path", this.account.path).set(":authority", this.account.host);
    head.setAscii("content-type", "application/x-www-form-urlencoded").setAscii("accept", "application/json");
    let status = httpCall(this.cluster, head, body.view(), FETCH_TIMEOUT, handler);
    // Higress names the cluster of a service by its registry.
    if (status == Status.BadArgument && this.cluster.indexOf(0x7c) < 0)
      status = httpCall(Bytes.of(`outbound|443||${this.cluster.toString()}.dns`), head, body.view(), FETCH_TIMEOUT, handler);
    return status == Status.Ok ? "" : `there is no cluster "${this.cluster.toString()}" that could be called`;
  }

  override read(answer: CallAnswer): Fetched {
    const status = answer.status;
    if (status == 0) return failed("the token endpoint broke off");
    reader.start(answer.readBody());
    let token = EMPTY;
    let error = EMPTY;
    let lifetime: u64 = 0;
    if (reader.enterObject()) {
      while (reader.nextKey()) {
        const type = reader.peek();
        if (reader.keyIs("access_token") && type == JsonType.String) token = reader.bytes(reader.string()).copy();
        else if (reader.keyIs("error") && type == JsonType.String) error = reader.bytes(reader.string());
        else if (reader.keyIs("expires_in") && type == JsonType.Number) lifetime = unsignedValue(reader.bytes(reader.number()));
      }
    }
    const isJson = reader.finish();
    if (status != 200) return failed(`the token endpoint answered ${status}${isWord(error) ? " " + error.toString() : ""}`);
    if (!isJson || !isPlain(token) || lifetime == 0) return failed("the token endpoint gave no usable token");
    return new Fetched(token, min(lifetime, LONGEST), "");
  }

  override report(problem: string): void {
    log(LogLevel.Warn, `ai-proxy: provider "${this.provider.toString()}": no access token: ${problem}`);
  }

  private assertion(): Bytes | null {
    const account = this.account;
    const now = nowNanoseconds() / 1_000_000_000;
    const header = new JsonWriter();
    header.beginObject();
    header.key("alg");
    header.asciiText("RS256");
    header.key("typ");
    header.asciiText("JWT");
    if (!account.keyId.isEmpty) {
      header.key("kid");
      header.escaped(account.keyId);
    }
    header.endObject();
    const claims = new JsonWriter();
    claims.beginObject();
    claims.key("iss");
    claims.escaped(account.email);
    claims.key("scope");
    claims.asciiText(SCOPE);
    claims.key("aud");
    claims.escaped(account.endpoint);
    claims.key("iat");
    claims.unsigned(now);
    claims.key("exp");
    claims.unsigned(now + ASSERTION_LIFETIME);
    claims.endObject();
    return signToken(header.view(), claims.view(), this.signer);
  }
}

/** A day: whoever says more means forever, and a clock that jumps shouldn't keep a token that long. */
const LONGEST: u64 = 86400;
const reader = new JsonReader();

function failed(problem: string): Fetched {
  return new Fetched(EMPTY, 0, problem);
}

/** Whether a header can hold it as it is. */
function isPlain(text: Bytes): bool {
  for (let i = 0; i < text.length; i++) if (<u32>text.at(i) - 0x21 > 0x5d || text.at(i) == 0x5c || text.at(i) == 0x22) return false;
  return !text.isEmpty;
}

/** An error's code, which may be shown: https://www.rfc-editor.org/rfc/rfc6749#section-5.2 */
function isWord(text: Bytes): bool {
  for (let i = 0; i < text.length; i++) {
    const byte = text.at(i);
    if (<u32>(byte | 0x20) - 0x61 >= 26 && byte != 0x5f) return false;
  }
  return !text.isEmpty && text.length <= 40;
}
