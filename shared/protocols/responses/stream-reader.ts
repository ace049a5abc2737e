/** Reads a streamed answer of a provider that speaks Responses: https://platform.openai.com/docs/api-reference/responses-streaming */
import { Bytes } from "../../bytes/bytes";
import { ABSENT, Span, spanLength } from "../../bytes/span";
import { ByteWriter } from "../../bytes/writer";
import { JsonNumber } from "../../json/number";
import { JsonReader } from "../../json/reader";
import { SseReader } from "../../sse/reader";
import { AnswerReader, EventKind, EventSink } from "../answer";
import { readError } from "../openai/provider-errors";
import { ResponseAnswerEvents } from "./answer-events";

/** What is kept of a body that is no stream, to find an error in it. */
const BODY_LIMIT = 65536;
/** What a client's parser needs to have seen the last event. */
const BLANK_LINE = Bytes.of("\n\n");
const JSON = new JsonReader();
const NUMBER = new JsonNumber();
const VIEW = new Bytes();

/** What the first byte says of the body. */
enum Form {
  Unknown,
  Events,
  /** JSON, HTML: whatever can't begin a line of an event stream. */
  Foreign,
}

/**
 * With `relays` the client gets the stream's own bytes as `Relay` events, whole events only: so an error comes as a `Failure` in place of its bytes, and nothing comes of an event that was cut.
 */
@final
export class ResponseStreamReader extends AnswerReader {
  private readonly sse: SseReader = new SseReader();
  private readonly events: ResponseAnswerEvents = new ResponseAnswerEvents();
  private readonly body: ByteWriter = new ByteWriter(0);
  private form: Form = Form.Unknown;

  constructor(private readonly relays: bool) {
    super();
  }

  read(bytes: Bytes, sink: EventSink): void {
    if (this.events.ended) return;
    if (this.form == Form.Unknown) this.form = formOf(bytes);
    if (this.form == Form.Foreign) return this.body.range(bytes.buffer, bytes.start, min(bytes.length, BODY_LIMIT - this.body.length));
    const sse = this.sse;
    sse.feed(bytes);
    while (!this.events.ended && sse.nextBlock()) this.onBlock(sink);
    if (sse.isTooLong) this.events.failWith("the provider sent an event that is too long", sink);
  }

  end(sink: EventSink): void {
    const events = this.events;
    if (events.ended) return;
    if (this.form == Form.Foreign) {
      const failure = readError(0, this.body.view());
      if (failure != null) return events.fail(failure, sink);
      return events.failWith("the provider's answer is not a stream of events", sink);
    }
    this.readRest(sink);
    if (!events.finished) events.failWith("the provider ended the stream before it was complete", sink);
    else events.end(sink);
  }

  /** An event's bytes follow what they say, since that may be that the provider failed. Behind the response's end nothing says anything. */
  private onBlock(sink: EventSink): void {
    const sse = this.sse;
    if (sse.isEvent && !this.events.finished && !sse.data.isEmpty && !this.onData(sse.data, sink))
      this.events.failWith("the provider sent an event that is not a JSON object", sink);
    if (this.relays) this.events.relay(sse.raw, sink);
  }

  /** What came behind the last blank line: an event that lacks only that line, or a part of one, which isn't JSON and says nothing. */
  private readRest(sink: EventSink): void {
    const sse = this.sse;
    if (!sse.end()) {
      // The line feed of a CRLF, say, that came by itself.
      if (this.relays && isBlank(sse.raw)) this.events.relay(sse.raw, sink);
      return;
    }
    if (this.events.finished || sse.data.isEmpty || !this.onData(sse.data, sink) || !this.relays) return;
    this.events.relay(sse.raw, sink);
    this.events.relay(BLANK_LINE, sink);
  }

  /** False if the data isn't a JSON object, nor the mark with which other protocols end a stream. */
  private onData(data: Bytes, sink: EventSink): bool {
    if (data.startsWith("[DONE]")) return true;
    const json = JSON.start(data);
    if (!json.enterObject()) return false;
    let type = ABSENT;
    let delta = ABSENT;
    let responseJson = ABSENT;
    let itemJson = ABSENT;
    let place = -1;
    let hasError = false;
    while (json.nextKey()) {
      if (json.keyIs("type")) type = json.string();
      else if (json.keyIs("delta")) delta = json.string();
      else if (json.keyIs("response")) responseJson = json.skip();
      else if (json.keyIs("item")) itemJson = json.skip();
      else if (json.keyIs("output_index")) place = indexOf(json, json.number());
      else if (json.keyIs("error")) hasError = !json.nothing();
    }
    if (!json.finish()) return false;
    const word = json.point(type, VIEW);
    if (hasError || word.is("error")) {
      const failure = readError(0, data);
      if (failure != null) this.events.fail(failure, sink);
      else this.events.failWith("the provider reported an error without saying more", sink);
    } else this.say(word, json, delta, responseJson, itemJson, place, sink);
    return true;
  }

  private say(word: Bytes, json: JsonReader, delta: Span, responseJson: Span, itemJson: Span, place: i32, sink: EventSink): void {
    const events = this.events;
    if (word.is("response.output_text.delta")) return events.say(EventKind.Text, json, delta, sink);
    if (word.is("response.function_call_arguments.delta") || word.is("response.custom_tool_call_input.delta"))
      return events.sayArguments(place, json, delta, sink);
    if (word.is("response.reasoning_summary_text.delta") || word.is("response.reasoning_text.delta"))
      return events.say(EventKind.Thinking, json, delta, sink);
    if (word.is("response.refusal.delta")) return events.say(EventKind.Refusal, json, delta, sink);
    if (word.is("response.output_item.added")) events.sayItem(json.bytes(itemJson), place, false, false, sink);
    else if (word.is("response.output_item.done")) events.sayItem(json.bytes(itemJson), place, true, false, sink);
    else if (word.is("response.created") || word.is("response.in_progress") || word.is("response.queued"))
      events.start(json.bytes(responseJson), sink);
    else if (word.is("response.completed") || word.is("response.incomplete") || word.is("response.failed"))
      events.finish(json.bytes(responseJson), false, sink);
  }
}

function indexOf(json: JsonReader, number: Span): i32 {
  if (spanLength(number) == 0 || !NUMBER.read(json.point(number, VIEW)) || NUMBER.negative || !NUMBER.isWhole) return -1;
  return NUMBER.magnitude < 100000 ? <i32>NUMBER.magnitude : -1;
}

function isBlank(bytes: Bytes): bool {
  for (let i = 0; i < bytes.length; i++) if (bytes.at(i) != 0x0a && bytes.at(i) != 0x0d) return false;
  return true;
}

/** Field names are letters, and a comment begins with a colon: a brace, a bracket or a less-than sign begins something else. */
function formOf(bytes: Bytes): Form {
  for (let i = 0; i < bytes.length; i++) {
    const byte = bytes.at(i);
    if (byte > 0x20) return byte == 0x7b || byte == 0x5b || byte == 0x3c ? Form.Foreign : Form.Events;
  }
  return Form.Unknown;
}
