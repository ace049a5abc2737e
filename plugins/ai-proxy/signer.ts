import { Bytes } from "../../shared/bytes/bytes";
import { requestHeaders } from "../../shared/host/headers";
import { HeaderBuilder } from "../../shared/host/pairs";
import { OutgoingRequest } from "../../shared/pipeline/provider";

/** Signs a provider's requests, where a key by itself isn't sent. */
export abstract class RequestSigner {
  /** What must not be quoted. */
  secrets: Array<Bytes> = [];

  /** Adds the signature, which holds for exactly this request. */
  abstract writeHeaders(request: OutgoingRequest, head: HeaderBuilder): void;

  /** Takes the signature out of the host's request headers again. */
  removeCredential(): void {
    requestHeaders.remove("authorization");
  }
}
