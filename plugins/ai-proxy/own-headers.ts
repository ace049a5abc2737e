/** What some vendors want in a request's headers beside their key. */
import { Bytes } from "../../shared/bytes/bytes";
import { payloadHash } from "../../shared/crypto/signature";
import { Tc3 } from "../../shared/crypto/tc3";
import { HeaderBuilder } from "../../shared/host/pairs";
import { nowNanoseconds } from "../../shared/host/time";
import { OutgoingRequest } from "../../shared/pipeline/provider";

const ACTION = Bytes.of("ChatCompletions");

/** Signs a request to Tencent Cloud's API 3.0: https://cloud.tencent.com/document/api/1729/101843 */
export function signForTencent(signer: Tc3, request: OutgoingRequest, head: HeaderBuilder): void {
  signer
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
