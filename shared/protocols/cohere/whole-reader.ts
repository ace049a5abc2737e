/** Reads a whole answer: https://docs.cohere.com/reference/chat */
import { Bytes } from "../../bytes/bytes";
import { ABSENT, Span } from "../../bytes/span";
import { JsonReader, JsonType } from "../../json/reader";
import { EventKind, EventSink, Usage } from "../answer";
import { Failure } from "../failure";
import { OneChoiceWholeReader, broken } from "../one-choice-whole";
import { readError } from "../openai/provider-errors";
import { sayCitations } from "./citations";
import { breakdownOf, finishReasonOf, readCohereUsage } from "./answer";

// Used up within one answer, which is read in one call.
const JSON = new JsonReader();
const NESTED = new JsonReader();
const USAGE = new Usage();

@final
export class CohereWholeReader extends OneChoiceWholeReader {
  private readonly view: Bytes = new Bytes();
  private readonly secondView: Bytes = new Bytes();
  private id: Span = ABSENT;
  private finishReason: Span = ABSENT;
  private hasMessage: bool = false;
  private content: Span = ABSENT;
  private contentJson: Span = ABSENT;
  private plan: Span = ABSENT;
  private callsJson: Span = ABSENT;
  private citationsJson: Span = ABSENT;

  protected why(body: Bytes): Failure | null {
    USAGE.clear();
    const json = JSON.start(body);
    if (!json.enterObject()) return broken("the provider's answer is not a JSON object");
    while (json.nextKey()) {
      if (json.keyIs("id")) this.id = json.string();
      else if (json.keyIs("finish_reason")) this.finishReason = json.string();
      else if (json.keyIs("usage")) readCohereUsage(json, USAGE);
      else if (json.keyIs("message")) this.takeMessage(json);
    }
    if (!json.finish()) return broken("the provider's answer is not valid JSON");
    if (!this.hasMessage) {
      const failure = readError(0, body);
      return failure == null ? broken("the provider's answer has no message") : failure;
    }
    return breakdownOf(json.point(this.finishReason, this.view), NOTHING);
  }

  protected say(sink: EventSink): void {
    const events = this.events;
    events.start(JSON.point(this.id, this.view), NOTHING, sink);
    events.text(EventKind.Thinking, JSON.point(this.plan, this.view), sink);
    events.text(EventKind.Text, JSON.point(this.content, this.view), sink);
    if (this.contentJson != ABSENT) this.sayContent(NESTED.start(JSON.point(this.contentJson, this.view)), sink);
    if (this.citationsJson != ABSENT) sayCitations(NESTED.start(JSON.point(this.citationsJson, this.view)), this.events, sink);
    if (this.callsJson != ABSENT) this.sayCalls(NESTED.start(JSON.point(this.callsJson, this.view)), sink);
    events.finish(finishReasonOf(JSON.point(this.finishReason, this.view), events.toolCalls > 0), NOTHING, sink);
    events.sayUsage(USAGE, sink);
  }

  /** The error of an error body is a string of the same name. */
  private takeMessage(json: JsonReader): void {
    if (!json.enterObject()) return;
    this.hasMessage = true;
    while (json.nextKey()) {
      if (json.keyIs("content")) {
        this.content = json.string();
        if (this.content == ABSENT && json.peek() == JsonType.Array) this.contentJson = json.skip();
      } else if (json.keyIs("tool_plan")) this.plan = json.string();
      else if (json.keyIs("citations")) this.citationsJson = json.peek() == JsonType.Array ? json.skip() : ABSENT;
      else if (json.keyIs("tool_calls")) this.callsJson = json.peek() == JsonType.Array ? json.skip() : ABSENT;
    }
  }

  private sayContent(json: JsonReader, sink: EventSink): void {
    if (!json.enterArray()) return;
    while (json.nextElement()) {
      if (!json.enterObject()) continue;
      while (json.nextKey()) {
        if (json.keyIs("thinking")) this.events.text(EventKind.Thinking, json.point(json.string(), this.view), sink);
        else if (json.keyIs("text")) this.events.text(EventKind.Text, json.point(json.string(), this.view), sink);
      }
    }
  }

  private sayCalls(json: JsonReader, sink: EventSink): void {
    if (!json.enterArray()) return;
    while (json.nextElement()) {
      if (!json.enterObject()) continue;
      let id = ABSENT;
      let name = ABSENT;
      let text = ABSENT;
      while (json.nextKey()) {
        if (json.keyIs("id")) id = json.string();
        else if (json.keyIs("function") && json.enterObject()) {
          while (json.nextKey()) {
            if (json.keyIs("name")) name = json.string();
            else if (json.keyIs("arguments")) text = json.string();
          }
        }
      }
      const call = this.events.toolCall(json.point(id, this.view), json.point(name, this.secondView), sink);
      const pieces = json.point(text, this.view);
      this.events.toolArguments(call, pieces.isEmpty ? EMPTY_OBJECT : pieces, sink);
    }
  }
}

const NOTHING = new Bytes();
const EMPTY_OBJECT = Bytes.of("{}");
