import { Bytes } from "../bytes/bytes";
import { ByteWriter } from "../bytes/writer";
import { requestHeaders } from "../host/headers";
import { HeaderBlock, HeaderBuilder } from "../host/pairs";
import { PropertyPath } from "../host/property";
import { JsonWriter } from "../json/writer";
import { Target } from "../protocols/protocol";
import { Exchange } from "./exchange";
import { PlannedTarget } from "./provider";

/** What a provider's protocol may need beyond the client's: names, defaults. */
const ROOM = 512;
const name = new Bytes();
const value = new Bytes();
const path = new ByteWriter(256);
const length = new ByteWriter(16);
const head = new HeaderBuilder();
const view = new Bytes();
const wanted = new HeaderBlock();
const present = new HeaderBlock();
/** Of Higress: https://github.com/alibaba/higress, `DisableReroute` of its SDK. Elsewhere a fact that nobody reads. */
const CLEAR_ROUTE_CACHE = PropertyPath.of("clear_route_cache");
const OFF = Bytes.of("off");

/**
 * The request of one attempt, in its provider's protocol. Made when the attempt begins, from what the client sent: never from what a former attempt left.
 */
@final
export class ProviderRequest {
  target: Target = new Target();
  /** True: Envoy's own copy of the client's body is what the provider gets. */
  keepsBody: bool = false;
  private body: JsonWriter = new JsonWriter(0);

  /** `upstream`: written by an upstream filter, where the route is picked for good. */
  constructor(private upstream: bool) {}

  /** Writes the body, and the host's request headers: what the client sent and no list names isn't there any more. */
  write(exchange: Exchange, planned: PlannedTarget): void {
    const provider = planned.provider;
    const conversation = exchange.conversation;
    const target = this.target;
    provider.resolve(exchange, planned.model, target);
    exchange.upstreamModel = target.model;
    exchange.restIsOut = false;
    const protocol = provider.protocol;
    this.keepsBody = protocol.passesUnchanged(conversation, target);
    this.body.clear();
    if (!this.keepsBody) {
      // About what it will need: growing a large buffer clears and copies megabytes.
      const size = conversation.source.body.length;
      this.body.reserve(size + (size >> 5) + ROOM);
      protocol.writeRequest(conversation, target, this.body);
    }

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
    if (this.upstream) requestHeaders.setAll(head.serialise());
    else editHead(head.serialise(), exchange);
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
 * Turns the host's headers into these, downstream. There Envoy picks the route anew after any change, by the headers as they are then (measured with 1.40); Higress's keeps the route that it has, if told to. So headers
 * that routes of models match on stay, since without them a request with one provider's key would go to another provider.
 */
function editHead(serialised: Bytes, exchange: Exchange): void {
  CLEAR_ROUTE_CACHE.set(OFF);
  wanted.read(serialised);
  requestHeaders.readInto(present);
  for (let i = 0; i < present.count; i++) {
    if (wanted.indexOfBytes(present.name(i, name)) < 0 && !staysDownstream(name) && !exchange.routesBy(name))
      requestHeaders.removeBytes(name);
  }
  for (let i = 0; i < wanted.count; i++) {
    wanted.name(i, name);
    wanted.value(i, value);
    if (wanted.indexOfBytes(name) < i) {
      requestHeaders.addBytes(name, value);
      continue;
    }
    const at = present.indexOfBytes(name);
    const isThere = at >= 0 && present.indexOfBytes(name, at + 1) < 0 && present.value(at, view).equals(value);
    if (!isThere) requestHeaders.setBytes(name, value);
  }
  wanted.release();
  present.release();
}

/** Headers that routes match on, and those that Envoy itself goes by after this filter: its router takes them out, or sets them anew. What a client sent by these names is gone already. */
function staysDownstream(lower: Bytes): bool {
  return lower.startsWith("x-higress-llm-") || lower.startsWith("x-envoy-") || lower.is("x-forwarded-proto") || lower.is("x-request-id");
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
