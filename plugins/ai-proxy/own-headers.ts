/** What some vendors want in a request's headers beside their key. */
import { Bytes } from "../../shared/bytes/bytes";
import { payloadHash } from "../../shared/crypto/signature";
import { Tc3 } from "../../shared/crypto/tc3";
import { HeaderBuilder } from "../../shared/host/pairs";
import { nowNanoseconds } from "../../shared/host/time";
import { OutgoingRequest } from "../../shared/pipeline/provider";
import { RequestSigner } from "./signer";

const ACTION = Bytes.of("ChatCompletions");

/** Signs requests to Tencent Cloud's API 3.0: https://cloud.tencent.com/document/api/1729/101843 */
@final
export class TencentSigner extends RequestSigner {
  private signer: Tc3;

  constructor(id: Bytes, key: Bytes) {
    super();
    this.signer = new Tc3(id, key, Bytes.of("hunyuan"));
    this.secrets.push(key);
  }

  override writeHeaders(request: OutgoingRequest, head: HeaderBuilder): void {
    const signer = this.signer
      .begin(nowNanoseconds() / 1_000_000_000)
      .header("content-type", request.contentType)
      .header("host", request.authority)
      .header("x-tc-action", ACTION);
    const authorization = signer.authorization(payloadHash(request.body));
    head.set("x-tc-action", ACTION);
    head.setAscii("x-tc-version", "2023-09-01");
    head.set("x-tc-timestamp", signer.timestamp);
    head.set("authorization", authorization);
  }
}
