import { Bytes, EMPTY } from "../bytes/bytes";
import { ByteWriter } from "../bytes/writer";
import { responseBody } from "../host/body";
import { responseHeaders } from "../host/headers";
import { closeResponse } from "../host/stream";
import { HeaderBlock } from "../host/pairs";
import { PropertyPath } from "../host/property";
import { escape } from "../json/unescape";
import { JsonWriter } from "../json/writer";
import { AnswerWriter, EventSink } from "../protocols/answer";
import { RelayWriter } from "../protocols/objects/provider";
import { AnswerSettings, ClientProtocol, Passage } from "../protocols/protocol";
import { answerChain, editsAnswer } from "./answer-chain";
import { failureOfReply } from "./envoy-failure";
import { Exchange, Progress } from "./exchange";
import { isSiteHeader } from "./held-answer";
import { settleSilent, tellAttempts } from "./outcome";
import { LocalAnswer, failureBody, replaceByFailure, replyWith } from "./reply";

const CODE_DETAILS = PropertyPath.of("response.code_details");
const JSON_TYPE = Bytes.of("application/json");
const settings = new AnswerSettings();
const head = new HeaderBlock();
const length = new ByteWriter(16);
const view = new Bytes();
const name = new Bytes();
const value = new Bytes();

/**
 * The client's answer in the client's protocol: a provider's, taken from the exchange's queue and put in place of the provider's bytes in Envoy's buffer; or a failure, in
 * place of whatever the last provider or Envoy itself answered. What the gateway answered itself passes untouched.
 */
@final
export class ClientAnswer {
  private begun: bool = false;
  /** It went another way: what Envoy shows isn't the client's any more. */
  private isSent: bool = false;
  private sink: EventSink | null = null;
  private out: JsonWriter | null = null;
  /** What takes the place of the bytes that come, once; then nothing does. */
  private substitute: Bytes | null = null;

  constructor(
    private exchange: Exchange,
    /** Whether answers that no provider gave are worded here. */
    private wordsFailures: bool,
  ) {}

  /** The answer's headers are in the host's map, and about to go to the client. */
  onHeaders(end: bool): void {
    const exchange = this.exchange;
    const client = exchange.client;
    if (client == null || this.isSent || exchange.progress == Progress.Local) return;
    const asked = exchange.asking;
    if (asked != null && asked.provider.tellsLoad) responseHeaders.remove("endpoint-load-metrics");
    if (exchange.progress == Progress.Committed) this.begin(client);
    else if (this.wordsFailures && !this.isForeign()) this.beginFailure(client, end);
  }

  /** Bytes are in Envoy's buffer. */
  onBody(): void {
    const substitute = this.substitute;
    if (substitute != null) {
      responseBody.replace(substitute);
      this.substitute = EMPTY;
    } else if (this.begun) this.pass();
  }

  /** Trailers have come, behind bytes that are on their way: nothing can be written any more. A stream that isn't complete must not look so. */
  onTrailers(): void {
    const sink = this.sink;
    if (!this.begun || sink == null) return;
    this.exchange.queue.drain(sink);
    const out = this.out;
    if (this.exchange.queue.failure != null || (out != null && out.length > 0)) closeResponse();
  }

  /** The exchange is over: what the client didn't take still counts. */
  finish(): void {
    const sink = this.sink;
    if (sink != null) this.exchange.queue.drain(sink);
  }

  /** An answer to a request that no plan was made for: where ai-proxy is inert, a provider's answer is nobody's business here. */
  private isForeign(): bool {
    if (this.exchange.targetCount > 0) return false;
    const details = CODE_DETAILS.get();
    return details == null || details.is("via_upstream");
  }

  /** Sends an answer that is all there, and came by another way than Envoy's response. */
  send(status: i32, answer: HeaderBlock, bytes: Bytes): void {
    const exchange = this.exchange;
    const client = exchange.client;
    const planned = exchange.answeredBy;
    if (client == null || planned == null) return;
    const writer = this.open(client);
    const sink = this.sink;
    if (sink != null) exchange.queue.drain(sink);
    // Nothing is to be done in the reply's own callbacks, where Envoy has any.
    this.begun = false;
    this.isSent = true;
    const out = this.out;
    const own = answer.find("content-type", view);
    let type = own == null ? "application/json" : own.toString();
    if (writer != null && (exchange.passage == Passage.Translated || exchange.conversation.streamsArray)) type = writer.contentType;
    const reply = new LocalAnswer(status, type, out == null ? bytes : out.view());
    if (exchange.dropped.length > 0) reply.with("x-sluice-dropped", Bytes.of(exchange.dropped.join(",")));
    if (!exchange.queue.thread.isEmpty) reply.with("conversationid", exchange.queue.thread);
    const provider = planned.provider;
    for (let i = answer.count - 1; i >= 0; i--) {
      answer.name(i, name);
      if (isSiteHeader(name) || provider.quotesCredential(answer.value(i, value))) answer.removeBytes(name.copy());
    }
    const passes = exchange.protocolOf(planned).dialect == exchange.conversation.dialect;
    replyWith(status, answer, reply.detailed("sluice.retried"), passes);
  }

  private begin(client: ClientProtocol): void {
    const exchange = this.exchange;
    const conversation = exchange.conversation;
    tellAttempts(exchange);
    if (exchange.dropped.length > 0) responseHeaders.set("x-sluice-dropped", Bytes.of(exchange.dropped.join(",")));
    const writer = this.open(client);
    const out = this.out;
    const sink = this.sink;
    if (writer == null || out == null || sink == null) return;
    // Dify's conversation, by which the client may go on.
    if (!exchange.queue.thread.isEmpty) responseHeaders.set("conversationid", exchange.queue.thread);
    if (exchange.passage == Passage.Translated || conversation.streamsArray)
      responseHeaders.set("content-type", Bytes.of(writer.contentType));
    if (conversation.stream) {
      responseHeaders.remove("content-length");
      return;
    }
    // A whole answer is all here already, so its length is known.
    exchange.queue.drain(sink);
    length.clear();
    length.unsigned(out.length);
    responseHeaders.set("content-length", length.pointAt(view));
  }

  /** Decides how the answer is written, and readies the way there; null: its bytes go on as they are. */
  private open(client: ClientProtocol): AnswerWriter | null {
    const exchange = this.exchange;
    const conversation = exchange.conversation;
    this.begun = true;
    const passes = exchange.passage == Passage.Passing || conversation.ownership != null;
    if (!passes && exchange.passage != Passage.Translated && editsAnswer(exchange.stages)) exchange.passage = Passage.Translated;
    if (exchange.passage == Passage.Passing || exchange.passage == Passage.Unchanged) {
      this.sink = answerChain(exchange, null);
      return null;
    }
    settings.follow(conversation);
    settings.created = exchange.startedAt / 1000000000;
    settings.passage = exchange.passage;
    settings.model = exchange.upstreamModel;
    settings.id = idOf(exchange);
    settings.request = conversation;
    const out = new JsonWriter();
    const writer = conversation.ownership != null ? new RelayWriter(out) : client.writer(settings, out);
    this.out = out;
    this.sink = answerChain(exchange, writer);
    return writer;
  }

  private pass(): void {
    const exchange = this.exchange;
    const sink = this.sink;
    if (sink == null) return;
    exchange.queue.drain(sink);
    const out = this.out;
    if (out != null) {
      responseBody.replace(out.pointAt(view));
      out.clear();
    }
  }

  private beginFailure(client: ClientProtocol, end: bool): void {
    const exchange = this.exchange;
    responseHeaders.passInto(head);
    const failure = failureOfReply(exchange, head);
    exchange.failure = failure;
    settleSilent(exchange, failure.kind);
    if (tellAttempts(exchange)) responseHeaders.passInto(head);
    if (end || exchange.restIsOut) {
      // Headers alone have no bytes that could be replaced, and what isn't there yet may never come.
      exchange.progress = Progress.Local;
      replaceByFailure(failure, client, head);
      head.release();
      return;
    }
    head.release();
    responseHeaders.set(":status", Bytes.of(failure.status.toString()));
    responseHeaders.set("content-type", JSON_TYPE);
    responseHeaders.remove("content-encoding");
    if (!failure.retryAfter.isEmpty) responseHeaders.set("retry-after", failure.retryAfter);
    const body = failureBody(failure, client).copy();
    length.clear();
    length.unsigned(body.length);
    responseHeaders.set("content-length", length.pointAt(view));
    this.substitute = body;
  }
}

/** What is unique about a request, as string content: Envoy's id of it. */
function idOf(exchange: Exchange): Bytes {
  const id = exchange.head.find("x-request-id", view);
  length.clear();
  if (id != null) escape(id.slice(0, 64), length);
  return length.pointAt(view);
}
