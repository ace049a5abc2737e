/** Reads answers of `chatcompletion_pro`: https://platform.minimaxi.com/document/guides/chat-model/pro */
import { Bytes } from "../../bytes/bytes";
import { ABSENT, Span, spanLength } from "../../bytes/span";
import { JsonReader, JsonType } from "../../json/reader";
import { EventKind, EventSink, FinishReason, Usage } from "../answer";
import { Failure } from "../failure";
import { OneChoiceEvents } from "../one-choice";
import { OneChoiceStreamReader } from "../one-choice-stream";
import { OneChoiceWholeReader, broken } from "../one-choice-whole";
import { readError } from "../openai/provider-errors";
import { readUsage } from "../openai/usage-reader";

/** An answer, or an event of one, taken apart. Used up within one call. */
@final
class Chunk {
  readonly json: JsonReader = new JsonReader();
  readonly usage: Usage = new Usage();
  private readonly nested: JsonReader = new JsonReader();
  private readonly view: Bytes = new Bytes();
  private readonly secondView: Bytes = new Bytes();
  hasChoices: bool = false;
  private id: Span = ABSENT;
  private model: Span = ABSENT;
  private finish: Span = ABSENT;
  private messagesJson: Span = ABSENT;

  /** False: it is no JSON object. */
  read(text: Bytes): bool {
    this.id = this.model = this.finish = this.messagesJson = ABSENT;
    this.hasChoices = false;
    this.usage.clear();
    const json = this.json.start(text);
    if (!json.enterObject()) return false;
    while (json.nextKey()) {
      if (json.keyIs("choices") && json.enterArray()) this.readChoices(json);
      else if (json.keyIs("usage")) readUsage(json, this.usage);
      else if (json.keyIs("id") || json.keyIs("request_id")) {
        const id = json.string();
        if (spanLength(this.id) == 0) this.id = id;
      } else if (json.keyIs("model")) this.model = json.string();
    }
    return json.finish();
  }

  private readChoices(json: JsonReader): void {
    while (json.nextElement()) {
      this.hasChoices = true;
      if (!json.enterObject()) continue;
      while (json.nextKey()) {
        if (json.keyIs("finish_reason")) this.finish = json.string();
        else if (json.keyIs("messages") && json.peek() == JsonType.Array) this.messagesJson = json.skip();
      }
    }
  }

  get isLast(): bool {
    return spanLength(this.finish) > 0;
  }

  /** With `withText` also what the messages say. */
  say(events: OneChoiceEvents, withText: bool, sink: EventSink): void {
    const json = this.json;
    events.start(json.point(this.id, this.view), json.point(this.model, this.secondView), sink);
    if (withText && this.messagesJson != ABSENT)
      this.sayMessages(this.nested.start(json.point(this.messagesJson, this.view)), events, sink);
  }

  private sayMessages(json: JsonReader, events: OneChoiceEvents, sink: EventSink): void {
    if (!json.enterArray()) return;
    while (json.nextElement()) {
      if (!json.enterObject()) continue;
      while (json.nextKey()) if (json.keyIs("text")) events.text(EventKind.Text, json.point(json.string(), this.view), sink);
    }
  }

  sayFinish(events: OneChoiceEvents, sink: EventSink): void {
    const word = this.json.point(this.finish, this.view);
    events.finish(word.is("length") || word.is("max_output") ? FinishReason.Length : FinishReason.Stop, NOTHING, sink);
    events.sayUsage(this.usage, sink);
  }
}

const NOTHING = new Bytes();
const CHUNK = new Chunk();

@final
export class MiniMaxWholeReader extends OneChoiceWholeReader {
  protected why(body: Bytes): Failure | null {
    if (!CHUNK.read(body)) return broken("the provider's answer is not a JSON object");
    // Errors come with a 200, as `base_resp`.
    const failure = readError(0, body);
    if (failure != null) return failure;
    return CHUNK.hasChoices ? null : broken("the provider's answer has no choices");
  }

  protected say(sink: EventSink): void {
    CHUNK.say(this.events, true, sink);
    CHUNK.sayFinish(this.events, sink);
  }
}

@final
export class MiniMaxStreamReader extends OneChoiceStreamReader {
  private hasText: bool = false;

  protected say(_name: Bytes, data: Bytes, sink: EventSink): bool {
    if (!CHUNK.read(data)) return false;
    const failure = readError(0, data);
    if (failure != null) {
      this.events.fail(failure, sink);
      return true;
    }
    if (!CHUNK.hasChoices) return true;
    // The last event has all of the text once more.
    const isLast = CHUNK.isLast;
    CHUNK.say(this.events, !(isLast && this.hasText), sink);
    this.hasText = true;
    if (isLast) CHUNK.sayFinish(this.events, sink);
    return true;
  }

  protected sayWhole(body: Bytes, sink: EventSink): void {
    new MiniMaxWholeReader().read(body, sink);
    this.events.ended = true;
  }
}
