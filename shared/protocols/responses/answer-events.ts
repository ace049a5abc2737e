/** From what a provider of Responses said to the events of an answer: streamed and whole answers alike. */
import { Bytes } from "../../bytes/bytes";
import { ABSENT, Span, spanLength } from "../../bytes/span";
import { JsonReader } from "../../json/reader";
import { AnswerEvent, EventKind, EventSink } from "../answer";
import { Failure, FailureKind } from "../failure";
import { readError } from "../openai/provider-errors";
import { WireResponse } from "./wire-response";

/** More calls in one answer nobody makes. */
const CALL_LIMIT = 1024;
const OPENAI = Bytes.of("openai");
const RESPONSE = new WireResponse();
const ITEM = new JsonReader();
const PARTS = new JsonReader();

/** Hands events on in one reused `AnswerEvent`: `Start` first, `End` last and once. One object for each answer. */
@final
export class ResponseAnswerEvents {
  /** Nothing more is said: `End` has been. */
  ended: bool = false;
  /** The response is complete. */
  finished: bool = false;
  private hasStarted: bool = false;
  private readonly event: AnswerEvent = new AnswerEvent();
  /** The place in `output` of each call. */
  private readonly calls: Array<i32> = [];
  private readonly view: Bytes = new Bytes();
  private readonly itemView: Bytes = new Bytes();

  fail(failure: Failure, sink: EventSink): void {
    if (this.ended) return;
    const event = this.begin(EventKind.Failure);
    event.failure = failure;
    sink.on(event);
    event.failure = null;
    this.end(sink);
  }

  failWith(message: string, sink: EventSink): void {
    this.fail(Failure.of(FailureKind.Provider, message), sink);
  }

  end(sink: EventSink): void {
    if (this.ended) return;
    this.ended = true;
    sink.on(this.begin(EventKind.End));
  }

  /** Bytes for the client, as they are. */
  relay(bytes: Bytes, sink: EventSink): void {
    if (this.ended || bytes.isEmpty) return;
    const event = this.begin(EventKind.Relay);
    event.text = bytes;
    sink.on(event);
    event.text = this.view;
  }

  /** The answer's names, from a response that has just begun. */
  start(response: Bytes, sink: EventSink): void {
    if (RESPONSE.read(response)) this.sayStart(sink);
  }

  /** A response that has ended; with `withOutput` its items have not been told yet. */
  finish(response: Bytes, withOutput: bool, sink: EventSink): void {
    if (this.finished || this.ended) return;
    const wire = RESPONSE;
    if (!wire.read(response)) return this.failWith("the provider's answer is not a JSON object", sink);
    if (wire.hasFailed) {
      const failure = readError(0, response);
      if (failure != null) return this.fail(failure, sink);
      return this.failWith("the provider reported that the response failed, without saying why", sink);
    }
    this.sayStart(sink);
    if (withOutput) this.sayOutput(wire, sink);
    this.finished = true;
    if (wire.hasUsage) {
      const event = this.begin(EventKind.Usage);
      event.usage.set(wire.usage);
      sink.on(event);
    }
    const event = this.begin(EventKind.Finish);
    event.reason = wire.finishReason(this.calls.length > 0);
    sink.on(event);
    wire.json.release();
  }

  /** A piece of text of some kind. */
  say(kind: EventKind, json: JsonReader, text: Span, sink: EventSink): void {
    if (spanLength(text) == 0) return;
    const event = this.begin(kind);
    json.point(text, event.text);
    sink.on(event);
  }

  /** More of a call's arguments; `place` is that of the call in `output`. */
  sayArguments(place: i32, json: JsonReader, text: Span, sink: EventSink): void {
    if (spanLength(text) == 0) return;
    for (let i = 0; i < this.calls.length; i++) {
      if (this.calls[i] != place) continue;
      const event = this.begin(EventKind.ToolArguments);
      event.index = i;
      json.point(text, event.text);
      sink.on(event);
      return;
    }
  }

  /** An item: as it begins, or (`isDone`) with what only its end says; `isAll`: all of it is here. */
  sayItem(item: Bytes, place: i32, isDone: bool, isAll: bool, sink: EventSink): void {
    const json = ITEM.start(item);
    let type = ABSENT;
    let callId = ABSENT;
    let name = ABSENT;
    let input = ABSENT;
    let encrypted = ABSENT;
    let summary = ABSENT;
    let content = ABSENT;
    if (json.enterObject()) {
      while (json.nextKey()) {
        if (json.keyIs("type")) type = json.string();
        else if (json.keyIs("call_id")) callId = json.string();
        else if (json.keyIs("name")) name = json.string();
        else if (json.keyIs("arguments") || json.keyIs("input")) input = json.string();
        else if (json.keyIs("encrypted_content")) encrypted = json.string();
        else if (json.keyIs("summary")) summary = json.skip();
        else if (json.keyIs("content")) content = json.skip();
      }
    }
    const word = json.point(type, this.view);
    if (word.is("function_call") || word.is("custom_tool_call")) {
      if (!isDone || isAll) this.sayCall(json, callId, name, place, sink);
      if (isAll) this.sayArguments(place, json, input, sink);
    } else if (word.is("reasoning")) {
      if (isAll) this.sayParts(json.bytes(content != ABSENT && spanLength(content) > 2 ? content : summary), EventKind.Thinking, sink);
      if (isDone && spanLength(encrypted) > 0) this.saySignature(json, encrypted, sink);
    } else if (word.is("message")) {
      if (isAll) this.sayParts(json.bytes(content), EventKind.Text, sink);
    } else if (!isDone) {
      // A tool of the provider's own works, and the client sees it: that is content, though without words.
      const event = this.begin(EventKind.Thinking);
      event.text.set(item.buffer, item.start, 0);
      sink.on(event);
    }
  }

  private begin(kind: EventKind): AnswerEvent {
    this.event.kind = kind;
    return this.event;
  }

  private sayStart(sink: EventSink): void {
    if (this.hasStarted) return;
    this.hasStarted = true;
    const event = this.begin(EventKind.Start);
    RESPONSE.json.point(RESPONSE.id, event.id);
    RESPONSE.json.point(RESPONSE.model, event.name);
    sink.on(event);
  }

  private sayCall(json: JsonReader, id: Span, name: Span, place: i32, sink: EventSink): void {
    if (this.calls.length == CALL_LIMIT) return;
    const event = this.begin(EventKind.ToolCall);
    event.index = this.calls.length;
    json.point(id, event.id);
    json.point(name, event.name);
    event.text.set(event.id.buffer, 0, 0);
    this.calls.push(place);
    sink.on(event);
  }

  private saySignature(json: JsonReader, encrypted: Span, sink: EventSink): void {
    const event = this.begin(EventKind.Signature);
    json.point(encrypted, event.text);
    event.name.set(OPENAI.buffer, OPENAI.start, OPENAI.length);
    sink.on(event);
  }

  private sayOutput(wire: WireResponse, sink: EventSink): void {
    const json = wire.json;
    const output = json.bytes(wire.outputJson);
    const items = new JsonReader().start(output);
    if (!items.enterArray()) return;
    for (let place = 0; items.nextElement(); place++) this.sayItem(items.point(items.skip(), this.itemView), place, true, true, sink);
  }

  /** The texts of a list of parts. */
  private sayParts(list: Bytes, kind: EventKind, sink: EventSink): void {
    const json = PARTS.start(list);
    if (json.enterArray()) {
      while (json.nextElement()) {
        if (!json.enterObject()) continue;
        while (json.nextKey()) {
          if (json.keyIs("text")) this.say(kind, json, json.string(), sink);
          else if (json.keyIs("refusal")) this.say(EventKind.Refusal, json, json.string(), sink);
        }
      }
    }
    json.release();
  }
}
