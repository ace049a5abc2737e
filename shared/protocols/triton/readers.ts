/** Reads answers of the generate extension: https://docs.nvidia.com/deeplearning/triton-inference-server/user-guide/docs/protocol/extension_generate.html */
import { Bytes } from "../../bytes/bytes";
import { ABSENT, Span } from "../../bytes/span";
import { JsonReader, JsonType } from "../../json/reader";
import { EventKind, EventSink, FinishReason } from "../answer";
import { Failure } from "../failure";
import { OneChoiceEvents } from "../one-choice";
import { OneChoiceStreamReader } from "../one-choice-stream";
import { OneChoiceWholeReader, broken } from "../one-choice-whole";
import { readError } from "../openai/provider-errors";

const JSON = new JsonReader();
const VIEW = new Bytes();
const NOTHING = new Bytes();

/** What an answer, or an event of one, says; used up within one call. */
let id: Span = ABSENT;
let model: Span = ABSENT;
let text: Span = ABSENT;
let isText: bool = false;

/** Takes a text apart; why it is no answer, null: it is one. */
function take(body: Bytes): Failure | null {
  id = model = text = ABSENT;
  isText = false;
  const json = JSON.start(body);
  if (!json.enterObject()) return broken("the provider's answer is not a JSON object");
  while (json.nextKey()) {
    if (json.keyIs("id")) id = json.string();
    else if (json.keyIs("model_name")) model = json.string();
    else if (json.keyIs("text_output")) takeText(json);
  }
  if (!json.finish()) return broken("the provider's answer is not valid JSON");
  if (isText) return null;
  const failure = readError(0, body);
  return failure == null ? broken("the provider's answer has no `text_output`") : failure;
}

/** A text, or, where the model's output is a batch, the first of several. */
function takeText(json: JsonReader): void {
  if (json.peek() == JsonType.Array && json.enterArray()) {
    while (json.nextElement()) {
      const each = json.string();
      if (!isText && each != ABSENT) {
        text = each;
        isText = true;
      }
    }
    return;
  }
  text = json.string();
  isText = text != ABSENT;
}

function sayText(events: OneChoiceEvents, sink: EventSink): void {
  events.start(JSON.point(id, VIEW), JSON.bytes(model), sink);
  events.text(EventKind.Text, JSON.point(text, VIEW), sink);
}

@final
export class TritonWholeReader extends OneChoiceWholeReader {
  protected why(body: Bytes): Failure | null {
    return take(body);
  }

  protected say(sink: EventSink): void {
    sayText(this.events, sink);
    this.events.finish(FinishReason.Stop, NOTHING, sink);
  }
}

/** The stream's end is the only sign that the answer is complete. */
@final
export class TritonStreamReader extends OneChoiceStreamReader {
  private hasText: bool = false;

  protected say(_name: Bytes, data: Bytes, sink: EventSink): bool {
    const failure = take(data);
    if (failure != null) this.events.fail(failure, sink);
    else {
      this.hasText = true;
      sayText(this.events, sink);
    }
    return true;
  }

  protected override sayRest(sink: EventSink): void {
    if (this.hasText) this.events.finish(FinishReason.Stop, NOTHING, sink);
  }

  protected sayWhole(body: Bytes, sink: EventSink): void {
    new TritonWholeReader().read(body, sink);
    this.events.ended = true;
  }
}
