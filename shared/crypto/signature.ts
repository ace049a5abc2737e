/** What the signatures of AWS (Version 4) and Tencent (TC3) share: a request is brought into canonical form, and its hash signed with a key that holds for one day and one scope. */
import { Bytes } from "../bytes/bytes";
import { ByteWriter } from "../bytes/writer";
import { SignedHeaders } from "./canonical-request";
import { hex, writeHex } from "./hex";
import { HmacSha256, hmacSha256 } from "./hmac";
import { Sha256, sha256 } from "./sha256";
import { dayOf, writeDate } from "./utc";

/** The names of one of the two. */
@final
export class Scheme {
  constructor(
    /** As at the beginning of the authorization: AWS4-HMAC-SHA256. */
    public algorithm: string,
    /** What stands in front of the secret where the chain of keys begins. */
    public secretPrefix: string,
    /** Between year, month and day. */
    public dateSeparator: string,
    /** What the chain of keys and the scope end with. */
    public terminator: string,
  ) {}
}

/** One credential in one scope: signs requests, and keeps the key of the day. */
@final
export class ScopeSigner {
  private chainStart: Bytes;
  private day: u64 = u64.MAX_VALUE;
  private key: HmacSha256 | null = null;
  private scope: Bytes = new Bytes();
  private hash: Sha256 = new Sha256();
  private scratch: ByteWriter = new ByteWriter(512);

  /** `parts`: what stands between the date and the terminator (region and service, or a service). */
  constructor(
    private scheme: Scheme,
    private id: Bytes,
    secret: Bytes,
    private parts: Bytes[],
  ) {
    const start = new ByteWriter(secret.length + 8);
    start.ascii(scheme.secretPrefix);
    start.bytes(secret);
    this.chainStart = start.view();
  }

  /**
   * The value of `authorization`, in a buffer of its own. `path` and `query` in canonical form; `time` as the string to sign names it, which is `seconds` since 1970; `payloadHash` in hexadecimal.
   */
  authorization(method: Bytes, path: Bytes, query: Bytes, headers: SignedHeaders, payloadHash: Bytes, time: Bytes, seconds: u64): Bytes {
    const key = this.keyOf(seconds);
    const scratch = this.scratch;
    scratch.clear();
    scratch.bytes(method);
    scratch.byte(0x0a);
    scratch.bytes(path);
    scratch.byte(0x0a);
    scratch.bytes(query);
    scratch.byte(0x0a);
    headers.writeLines(scratch);
    scratch.byte(0x0a);
    headers.writeNames(scratch);
    scratch.byte(0x0a);
    scratch.bytes(payloadHash);
    const requestHash = this.hash.update(scratch.view()).finish();

    scratch.clear();
    scratch.ascii(this.scheme.algorithm);
    scratch.byte(0x0a);
    scratch.bytes(time);
    scratch.byte(0x0a);
    scratch.bytes(this.scope);
    scratch.byte(0x0a);
    writeHex(requestHash, scratch);
    const signature = key.update(scratch.view()).finish();

    scratch.clear();
    scratch.ascii(this.scheme.algorithm);
    scratch.ascii(" Credential=");
    scratch.bytes(this.id);
    scratch.byte(0x2f);
    scratch.bytes(this.scope);
    scratch.ascii(", SignedHeaders=");
    headers.writeNames(scratch);
    scratch.ascii(", Signature=");
    writeHex(signature, scratch);
    return scratch.view().copy();
  }

  /** The key of the day, and its scope: date, parts, terminator. */
  private keyOf(seconds: u64): HmacSha256 {
    const day = dayOf(seconds);
    const held = this.key;
    if (held != null && day == this.day) return held;
    const scope = this.scratch;
    scope.clear();
    writeDate(seconds, this.scheme.dateSeparator, scope);
    let key = hmacSha256(this.chainStart, scope.view());
    for (let i = 0; i < this.parts.length; i++) {
      scope.byte(0x2f);
      scope.bytes(this.parts[i]);
      key = hmacSha256(key, this.parts[i]);
    }
    scope.byte(0x2f);
    scope.ascii(this.scheme.terminator);
    this.scope = scope.view().copy();
    const made = new HmacSha256(hmacSha256(key, Bytes.of(this.scheme.terminator)));
    this.key = made;
    this.day = day;
    return made;
  }
}

/** The SHA-256 of a body as signatures name it: hexadecimal, in a buffer of its own. */
export function payloadHash(body: Bytes): Bytes {
  return hex(sha256(body));
}
