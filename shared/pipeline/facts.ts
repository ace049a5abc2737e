import { Bytes } from "../bytes/bytes";
import { ABSENT } from "../bytes/span";
import { ByteWriter } from "../bytes/writer";
import { PropertyPath } from "../host/property";
import { findIn } from "../json/find";
import { JsonReader } from "../json/reader";
import { JsonWriter } from "../json/writer";
import { Exchange } from "./exchange";
import { exchanges } from "./table";

const HANDLE = PropertyPath.fact("sluice.id");
const FACTS = PropertyPath.fact("sluice.facts");
const handle = new ByteWriter(64);
const out = new JsonWriter();
const own = new Bytes();
const reader = new JsonReader();
const view = new Bytes();

/** Joins the halves of a request: the attempt finds the exchange by this fact. */
export function publishHandle(exchange: Exchange): void {
  handle.clear();
  exchanges.writeHandle(exchange, handle);
  HANDLE.set(handle.pointAt(view));
}

/** What happened, as one flat JSON object for the access log and whoever else reads `wasm.sluice.facts`. The table of facts is in README.md. */
export function publishFacts(exchange: Exchange): void {
  out.clear();
  out.beginObject();
  const id = exchange.head.indexOf("x-request-id");
  if (id >= 0) {
    out.key("request_id");
    out.text(exchange.head.value(id, view));
  }
  out.key("path");
  out.text(withoutQuery(exchange.path));
  const consumer = exchange.consumer;
  if (consumer != null) {
    out.key("consumer");
    out.text(consumer);
  }
  if (!exchange.model.isEmpty) {
    out.key("model");
    out.text(exchange.model);
  }
  if (exchange.isRead) {
    out.key("stream");
    out.boolean(exchange.conversation.stream);
  }
  const route = exchange.knownRoute;
  if (route != null) {
    out.key("route");
    out.text(route);
  }
  if (exchange.targetCount > 0) {
    out.key("attempts");
    out.unsigned(exchange.attempts);
  }
  const answeredBy = exchange.answeredBy;
  if (answeredBy != null) {
    out.key("provider");
    out.text(answeredBy.provider.id);
    out.key("upstream_model");
    out.escaped(exchange.upstreamModel);
    out.key("first_token_ms");
    out.unsigned((exchange.firstContentAt - min(exchange.startedAt, exchange.firstContentAt)) / 1000000);
  }
  const dropped = exchange.dropped;
  if (dropped.length > 0) {
    out.key("dropped");
    out.beginArray();
    for (let i = 0; i < dropped.length; i++) out.asciiText(dropped[i]);
    out.endArray();
  }
  const usage = exchange.usage;
  if (usage.known) {
    out.key("input_tokens");
    out.unsigned(usage.input);
    out.key("output_tokens");
    out.unsigned(usage.output);
    out.key("cached_tokens");
    out.unsigned(usage.cachedInput);
    out.key("reasoning_tokens");
    out.unsigned(usage.reasoning);
    if (usage.estimated) {
      out.key("usage_estimated");
      out.boolean(true);
    }
    if (usage.searches > 0) {
      out.key("searches");
      out.unsigned(usage.searches);
    }
    if (usage.seconds > 0) {
      out.key("audio_seconds");
      out.unsigned(usage.seconds);
    }
  }
  const failure = exchange.failure;
  if (failure != null) {
    out.key("error");
    out.unsigned(failure.status);
    if (!failure.provider.isEmpty) {
      out.key("error_provider");
      out.text(failure.provider);
    }
  }
  if (exchange.followsOthers) keepOthers();
  out.endObject();
  FACTS.set(out.pointAt(view));
}

/** Adds what earlier modules of the chain have published and this one knows nothing of: the consumer that a module before has found, say. */
function keepOthers(): void {
  const published = FACTS.get();
  if (published == null || !reader.start(published).enterObject()) return;
  while (reader.nextKey()) {
    const name = reader.bytes(reader.keySpan);
    const value = reader.skip();
    if (value == ABSENT || findIn(out.pointAt(own), name.toString()) != ABSENT) continue;
    out.keyEscaped(name);
    out.raw(reader.bytes(value));
  }
  reader.release();
}

/** A query may hold a key. */
function withoutQuery(path: Bytes): Bytes {
  const query = path.indexOf(0x3f);
  return query < 0 ? path : path.slice(0, query);
}
