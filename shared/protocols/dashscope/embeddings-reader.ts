/** Reads an embeddings answer: https://help.aliyun.com/zh/model-studio/text-embedding-synchronous-api */
import { Bytes } from "../../bytes/bytes";
import { ABSENT, Span } from "../../bytes/span";
import { unsignedValue } from "../../json/number";
import { JsonReader, JsonType } from "../../json/reader";
import { EventSink, Usage } from "../answer";
import { Failure } from "../failure";
import { OneChoiceWholeReader, broken } from "../one-choice-whole";
import { readError } from "../openai/provider-errors";
import { readUsage } from "../openai/usage-reader";

const JSON = new JsonReader();
const NESTED = new JsonReader();
const USAGE = new Usage();
/** More texts at once no model takes. */
const MOST_VECTORS: u64 = 1 << 16;

@final
export class EmbeddingsReader extends OneChoiceWholeReader {
  private readonly view: Bytes = new Bytes();
  private id: Span = ABSENT;
  private vectorsJson: Span = ABSENT;

  protected why(body: Bytes): Failure | null {
    USAGE.clear();
    const json = JSON.start(body);
    if (!json.enterObject()) return broken("the provider's answer is not a JSON object");
    while (json.nextKey()) {
      if (json.keyIs("request_id")) this.id = json.string();
      else if (json.keyIs("usage")) readUsage(json, USAGE);
      else if (json.keyIs("output") && json.enterObject()) {
        while (json.nextKey()) if (json.keyIs("embeddings") && json.peek() == JsonType.Array) this.vectorsJson = json.skip();
      }
    }
    if (!json.finish()) return broken("the provider's answer is not valid JSON");
    if (this.vectorsJson != ABSENT) return null;
    const failure = readError(0, body);
    return failure == null ? broken("the provider's answer has no `output.embeddings`") : failure;
  }

  protected say(sink: EventSink): void {
    const events = this.events;
    events.start(JSON.point(this.id, this.view), NOTHING, sink);
    const json = NESTED.start(JSON.point(this.vectorsJson, this.view));
    if (json.enterArray()) {
      while (json.nextElement()) {
        if (!json.enterObject()) continue;
        let index: u64 = 0;
        let vector = ABSENT;
        while (json.nextKey()) {
          if (json.keyIs("text_index")) index = unsignedValue(json.point(json.number(), this.view));
          else if (json.keyIs("embedding") && json.peek() == JsonType.Array) vector = json.skip();
        }
        if (vector != ABSENT && index < MOST_VECTORS) events.embedding(<i32>index, json.point(vector, this.view), sink);
      }
    }
    events.sayUsage(USAGE, sink);
  }
}

const NOTHING = new Bytes();
