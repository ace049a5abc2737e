/** AWS Signature Version 4: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html */
import { Bytes } from "../bytes/bytes";
import { ByteWriter } from "../bytes/writer";
import { SignedHeaders, writeCanonicalPath, writeCanonicalQuery } from "./canonical-request";
import { Scheme, ScopeSigner } from "./signature";
import { writeBasicTime } from "./utc";

const AWS4 = new Scheme("AWS4-HMAC-SHA256", "AWS4", "", "aws4_request");
const path = new ByteWriter(128);
const query = new ByteWriter(128);

/**
 * Signs requests to one service in one region with one credential. For each request: `begin`, `header` for every further header that is to be signed (`host` at least), `authorization`; then send what it signed together with
 * `x-amz-date` (`date`) and, where there is one, `x-amz-security-token` (`sessionToken`).
 */
@final
export class SigV4 {
  /** The value of `x-amz-date`, since `begin`. */
  date: Bytes = new Bytes();
  private seconds: u64 = 0;
  private signer: ScopeSigner;
  private headers: SignedHeaders = new SignedHeaders();

  /** `sessionToken`: that of temporary credentials; empty: they are not. */
  constructor(
    accessKeyId: Bytes,
    secretAccessKey: Bytes,
    public sessionToken: Bytes,
    region: Bytes,
    service: Bytes,
  ) {
    this.signer = new ScopeSigner(AWS4, accessKeyId, secretAccessKey, [region, service]);
  }

  /** Begins a request at a time, in seconds since 1970. */
  begin(seconds: u64): this {
    const date = new ByteWriter(16);
    writeBasicTime(seconds, date);
    this.date = date.view();
    this.seconds = seconds;
    this.headers.clear().addAscii("x-amz-date", this.date);
    if (!this.sessionToken.isEmpty) this.headers.addAscii("x-amz-security-token", this.sessionToken);
    return this;
  }

  /** Adds a header to what is signed; its name in any case. */
  header(name: string, value: Bytes): this {
    this.headers.addAscii(name, value);
    return this;
  }

  /**
   * The value of `authorization`. `target`: path and query as they go over the wire (for all services but S3, whose paths are not encoded again); `payloadHash`: of the body, see
   * signature.ts. It has to be in the header `x-amz-content-sha256` only where the service asks for that.
   */
  authorization(method: Bytes, target: Bytes, payloadHash: Bytes): Bytes {
    const question = target.indexOf(0x3f);
    path.clear();
    writeCanonicalPath(question < 0 ? target : target.slice(0, question), path);
    query.clear();
    if (question >= 0) writeCanonicalQuery(target.slice(question + 1), query);
    return this.signer.authorization(method, path.view(), query.view(), this.headers, payloadHash, this.date, this.seconds);
  }
}
