import { Bytes, EMPTY } from "../bytes/bytes";
import { ByteWriter } from "../bytes/writer";
import { requestHeaders } from "../host/headers";
import { HeaderBuilder } from "../host/pairs";
import { log } from "../host/log";
import { LogLevel } from "../host/types";
import { JsonWriter } from "../json/writer";
import { clearCachePoints, hasCachePoints, setCachePoints } from "../protocols/cache-points";
import { Omissions } from "../protocols/omissions";
import { ProviderProtocol, Target } from "../protocols/protocol";
import { Exchange } from "./exchange";
import { OutgoingRequest, PlannedTarget } from "./provider";
import { keepRoute } from "./route-cache";

/** What a provider's protocol may need beyond the client's: names, defaults. */
const ROOM = 512;
const name = new Bytes();
const value = new Bytes();
const path = new ByteWriter(256);
const length = new ByteWriter(16);
const head = new HeaderBuilder();
const outgoing = new OutgoingRequest();
const typeView = new Bytes();
const JSON_TYPE = Bytes.of("application/json");
const view = new Bytes();
const omissions = new Omissions();
/** Of the fields that were left out, how many are named. */
const MOST_NAMES = 16;

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

  /** Writes the body, and the host's request headers: what the client sent and no list names isn't there any more. False: nothing is written, as none of the provider's keys may be used. */
  write(exchange: Exchange, planned: PlannedTarget): bool {
    planned.provider.resolve(exchange, planned.model, this.target);
    if (!planned.provider.pickKey(exchange, this.target.model)) return false;
    this.compose(exchange, planned);
    if (!this.upstream) {
      addWhatStays(exchange);
      keepRoute();
    }
    requestHeaders.setAll(head.serialise());
    return true;
  }

  /** Writes the body, and the headers, for a `target` that is resolved and a key that is picked. The headers are valid until the next ones are composed. */
  compose(exchange: Exchange, planned: PlannedTarget): HeaderBuilder {
    const provider = planned.provider;
    const conversation = exchange.conversation;
    const target = this.target;
    exchange.upstreamModel = target.model;
    exchange.restIsOut = false;
    exchange.dropped.length = 0;
    exchange.asking = planned;
    exchange.isUnsettled = true;
    const protocol = provider.protocolFor(conversation, target.model);
    if (target.dropsUnsupported) this.leaveOut(exchange, protocol);
    this.keepsBody = protocol.passesUnchanged(conversation, target);
    this.body.clear();
    if (!this.keepsBody) {
      // About what it will need: growing a large buffer clears and copies megabytes.
      const size = conversation.source.body.length;
      this.body.reserve(size + (size >> 5) + ROOM);
      const caches = target.cachesPrompt && !hasCachePoints(conversation);
      if (caches) setCachePoints(conversation);
      protocol.writeRequest(conversation, target, this.body);
      if (caches) clearCachePoints(conversation);
    }

    path.clear();
    provider.writePath(exchange, target, path);
    omissions.restore(conversation);
    const own = provider.authority(target);
    path.pointAt(outgoing.path);
    outgoing.method = exchange.method;
    outgoing.authority = own.isEmpty ? exchange.authority : own;
    outgoing.body = this.keepsBody ? conversation.source.body : this.body.view();
    head.clear().set(":method", outgoing.method).set(":path", outgoing.path).set(":authority", outgoing.authority);
    const client = exchange.head;
    let named = false;
    for (let i = 0; i < client.count; i++) {
      client.name(i, name);
      if (provider.passesHeader(name) || (goesOn(name) && !provider.replacesHeader(name))) {
        head.add(name, client.value(i, value));
        if (name.is("content-type")) named = true;
      }
    }
    if (!outgoing.body.isEmpty || exchange.method.is("POST")) {
      if (!named) head.setAscii("content-type", "application/json");
      length.clear();
      length.unsigned(outgoing.body.length);
      head.set("content-length", length.pointAt(view));
    }
    const type = client.find("content-type", typeView);
    outgoing.contentType = type == null ? JSON_TYPE : type;
    provider.writeHeaders(exchange, outgoing, head);
    outgoing.body = EMPTY;
    return head;
  }

  /** Takes out of the conversation what the provider can't be told, until it is written, and says so: the names of the fields, never what was in them. */
  private leaveOut(exchange: Exchange, protocol: ProviderProtocol): void {
    omissions.fit(exchange.client, protocol, exchange.conversation, this.target);
    const names = omissions.names;
    const dropped = exchange.dropped;
    for (let i = 0; i < names.length && i < MOST_NAMES; i++) dropped.push(names[i]);
    if (names.length == 0) return;
    if (names.length > MOST_NAMES) dropped.push("...");
    log(LogLevel.Warn, `The provider "${this.target.provider.toString()}" can't be told, and wasn't: ${dropped.join(", ")}`);
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
 * Adds what has to outlive the client's headers downstream. There Envoy picks the route anew after any change, by the headers as they are then (measured with 1.40). So headers that routes of models match on stay, since
 * without them a request with one provider's key would go to another provider.
 */
function addWhatStays(exchange: Exchange): void {
  const client = exchange.head;
  for (let i = 0; i < client.count; i++) {
    client.name(i, name);
    if (staysDownstream(name) && !exchange.routesBy(name)) head.add(name, client.value(i, value));
  }
  exchange.addRoutingHeaders(head);
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
