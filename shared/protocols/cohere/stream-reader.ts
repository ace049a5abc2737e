/** Reads a streamed answer: https://docs.cohere.com/docs/streaming, https://docs.cohere.com/docs/tool-use-streaming */
import { Bytes } from "../../bytes/bytes";
import { ABSENT, Span } from "../../bytes/span";
import { JsonReader } from "../../json/reader";
import { EventKind, EventSink, Usage } from "../answer";
import { OneChoiceStreamReader } from "../one-choice-stream";
import { readError } from "../openai/provider-errors";
import { sayCitations } from "./citations";
import { breakdownOf, finishReasonOf, readCohereUsage } from "./answer";
import { CohereWholeReader } from "./whole-reader";

// Used up within one event.
const JSON = new JsonReader();
const CITATIONS = new JsonReader();
const USAGE = new Usage();

/** The kind of an event is its data's `type`; the event's own name says the same. Types of the future are passed over. */
@final
export class CohereStreamReader extends OneChoiceStreamReader {
  private readonly view: Bytes = new Bytes();
  private readonly secondView: Bytes = new Bytes();
  /** The call whose pieces come, by the answer's number; -1: none is open. Cohere streams one after the other. */
  private call: i32 = -1;
  private hasArguments: bool = false;

  private type: Span = ABSENT;
  private id: Span = ABSENT;
  private text: Span = ABSENT;
  private thinking: Span = ABSENT;
  private plan: Span = ABSENT;
  private callId: Span = ABSENT;
  private callName: Span = ABSENT;
  private callArguments: Span = ABSENT;
  private finishReason: Span = ABSENT;
  private error: Span = ABSENT;
  private citation: Span = ABSENT;

  protected say(_name: Bytes, data: Bytes, sink: EventSink): bool {
    if (!this.take(data)) return false;
    const events = this.events;
    const type = JSON.point(this.type, this.view);
    if (type.is("content-delta") || type.is("content-start")) {
      events.text(EventKind.Thinking, this.at(this.thinking), sink);
      events.text(EventKind.Text, this.at(this.text), sink);
    } else if (type.is("message-start")) events.start(this.at(this.id), NOTHING, sink);
    else if (type.is("tool-plan-delta")) events.text(EventKind.Thinking, this.at(this.plan), sink);
    else if (type.is("tool-call-start")) {
      this.closeCall(sink);
      this.call = events.toolCall(this.at(this.callId), JSON.point(this.callName, this.secondView), sink);
      this.addArguments(sink);
    } else if (type.is("tool-call-delta")) this.addArguments(sink);
    else if (type.is("tool-call-end")) this.closeCall(sink);
    else if (type.is("citation-start")) sayCitations(CITATIONS.start(JSON.bytes(this.citation)), events, sink);
    else if (type.is("message-end")) this.finish(sink);
    else if (this.type == ABSENT) {
      const failure = readError(0, data);
      if (failure != null) events.fail(failure, sink);
    }
    return true;
  }

  protected sayWhole(body: Bytes, sink: EventSink): void {
    new CohereWholeReader().read(body, sink);
    this.events.ended = true;
  }

  private addArguments(sink: EventSink): void {
    const piece = this.at(this.callArguments);
    if (this.call < 0 || piece.isEmpty) return;
    this.hasArguments = true;
    this.events.toolArguments(this.call, piece, sink);
  }

  /** A call without arguments has none said. */
  private closeCall(sink: EventSink): void {
    if (this.call >= 0 && !this.hasArguments) this.events.toolArguments(this.call, EMPTY_OBJECT, sink);
    this.call = -1;
    this.hasArguments = false;
  }

  private finish(sink: EventSink): void {
    const events = this.events;
    this.closeCall(sink);
    const word = JSON.point(this.finishReason, this.view);
    const failure = breakdownOf(word, JSON.point(this.error, this.secondView));
    if (failure != null) return events.fail(failure, sink);
    if (this.finishReason == ABSENT) return;
    events.finish(finishReasonOf(word, events.toolCalls > 0), NOTHING, sink);
    events.sayUsage(USAGE, sink);
    events.end(sink);
  }

  /** Takes an event apart. False if it isn't a JSON object. */
  private take(data: Bytes): bool {
    this.type = this.id = this.text = this.thinking = this.plan = ABSENT;
    this.callId = this.callName = this.callArguments = this.finishReason = this.error = this.citation = ABSENT;
    USAGE.clear();
    const json = JSON.start(data);
    if (!json.enterObject()) return false;
    while (json.nextKey()) {
      if (json.keyIs("type")) this.type = json.string();
      else if (json.keyIs("id")) this.id = json.string();
      else if (json.keyIs("delta") && json.enterObject()) {
        while (json.nextKey()) this.takeDelta(json);
      }
    }
    return json.finish();
  }

  private takeDelta(json: JsonReader): void {
    if (json.keyIs("finish_reason")) this.finishReason = json.string();
    else if (json.keyIs("error")) this.error = json.string();
    else if (json.keyIs("usage")) readCohereUsage(json, USAGE);
    else if (json.keyIs("message") && json.enterObject()) {
      while (json.nextKey()) {
        if (json.keyIs("citations")) this.citation = json.skip();
        else if (json.keyIs("tool_plan")) this.plan = json.string();
        else if (json.keyIs("content") && json.enterObject()) {
          while (json.nextKey()) {
            if (json.keyIs("text")) this.text = json.string();
            else if (json.keyIs("thinking")) this.thinking = json.string();
          }
        } else if (json.keyIs("tool_calls") && json.enterObject()) {
          while (json.nextKey()) {
            if (json.keyIs("id")) this.callId = json.string();
            else if (json.keyIs("function") && json.enterObject()) {
              while (json.nextKey()) {
                if (json.keyIs("name")) this.callName = json.string();
                else if (json.keyIs("arguments")) this.callArguments = json.string();
              }
            }
          }
        }
      }
    }
  }

  private at(s: Span): Bytes {
    return JSON.point(s, this.view);
  }
}

const NOTHING = new Bytes();
const EMPTY_OBJECT = Bytes.of("{}");
