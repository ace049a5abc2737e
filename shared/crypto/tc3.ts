/** Tencent Cloud's signature v3, TC3-HMAC-SHA256: https://www.tencentcloud.com/document/product/213/33224 */
import { Bytes, EMPTY } from "../bytes/bytes";
import { ByteWriter } from "../bytes/writer";
import { SignedHeaders } from "./canonical-request";
import { Scheme, ScopeSigner } from "./signature";

const TC3 = new Scheme("TC3-HMAC-SHA256", "TC3", "-", "tc3_request");
const POST = Bytes.of("POST");
const ROOT = Bytes.of("/");

/**
 * Signs `POST /` to one of Tencent's services with one credential. For each request: `begin`, `header` for `content-type`, `host` and what else is to be signed, `authorization`; then send what it signed together with
 * `x-tc-timestamp` (`timestamp`).
 */
@final
export class Tc3 {
  /** The value of `x-tc-timestamp`, since `begin`: seconds since 1970. */
  timestamp: Bytes = new Bytes();
  private seconds: u64 = 0;
  private signer: ScopeSigner;
  private headers: SignedHeaders = new SignedHeaders();

  /** `service`: the first label of its host (`hunyuan`). */
  constructor(secretId: Bytes, secretKey: Bytes, service: Bytes) {
    this.signer = new ScopeSigner(TC3, secretId, secretKey, [service]);
  }

  /** Begins a request at a time, in seconds since 1970. */
  begin(seconds: u64): this {
    const timestamp = new ByteWriter(12);
    timestamp.unsigned(seconds);
    this.timestamp = timestamp.view();
    this.seconds = seconds;
    this.headers.clear();
    return this;
  }

  /** Adds a header to what is signed; its value counts in lower case. */
  header(name: string, value: Bytes): this {
    this.headers.addAscii(name, value.toLowerCase());
    return this;
  }

  /** The value of `authorization`; `payloadHash`: of the body, see signature.ts. */
  authorization(payloadHash: Bytes): Bytes {
    return this.signer.authorization(POST, ROOT, EMPTY, this.headers, payloadHash, this.timestamp, this.seconds);
  }
}
