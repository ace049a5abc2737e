import { Bytes } from "../bytes/bytes";
import { ByteWriter } from "../bytes/writer";
import { requestHeaders } from "../host/headers";
import { HeaderBuilder } from "../host/pairs";
import { JsonWriter } from "../json/writer";
import { Target } from "../protocols/protocol";
import { Exchange } from "./exchange";
import { PlannedTarget } from "./provider";

const name = new Bytes();
const value = new Bytes();
const path = new ByteWriter(256);
const length = new ByteWriter(16);
const head = new HeaderBuilder();
const view = new Bytes();

/**
 * The request of one attempt, in its provider's protocol. Made when the attempt begins, from what the client sent: never from what a former attempt left.
 */
@final
export class ProviderRequest {
  target: Target = new Target();
  /** True: Envoy's own copy of the client's body is what the provider gets. */
  keepsBody: bool = false;
  private body: JsonWriter = new JsonWriter(0);

  /** Writes the body, and replaces the host's request headers in one call: what the client sent and this list doesn't name isn't there any more. */
  write(exchange: Exchange, planned: PlannedTarget): void {
    const provider = planned.provider;
    const conversation = exchange.conversation;
    const target = this.target;
    provider.resolve(exchange, planned.model, target);
    exchange.upstreamModel = target.model;
    const protocol = provider.protocol;
    this.keepsBody = protocol.passesUnchanged(conversation, target);
    this.body.clear();
    if (!this.keepsBody) protocol.writeRequest(conversation, target, this.body);

    path.clear();
    provider.writePath(exchange, target, path);
    const authority = provider.authority();
    head
      .clear()
      .set(":method", exchange.method)
      .set(":path", path.pointAt(view))
      .set(":authority", authority.isEmpty ? exchange.authority : authority);
    const client = exchange.head;
    let named = false;
    for (let i = 0; i < client.count; i++) {
      client.name(i, name);
      if (goesOn(name) || provider.passesHeader(name)) {
        head.add(name, client.value(i, value));
        if (name.is("content-type")) named = true;
      }
    }
    if (!named) head.setAscii("content-type", "application/json");
    length.clear();
    length.unsigned(this.keepsBody ? conversation.source.body.length : this.body.length);
    head.set("content-length", length.pointAt(view));
    provider.writeHeaders(exchange, head);
    requestHeaders.setAll(head.serialise());
  }

  /** The body that was written, unless `keepsBody`; valid until `release`. */
  get bytes(): Bytes {
    return this.body.view();
  }

  release(): void {
    this.body.clear();
  }
}

/**
 * The headers of a client that every provider gets. Not `anthropic-*` and `openai-*` of another vendor: those a provider names itself (`passesHeader`).
 */
function goesOn(lower: Bytes): bool {
  switch (lower.length) {
    case 6:
      return lower.is("accept");
    case 7:
      return lower.is(":scheme");
    case 10:
      return lower.is("user-agent");
    case 12:
      return lower.is("content-type");
    case 15:
      return lower.is("idempotency-key");
    default:
      return false;
  }
}
