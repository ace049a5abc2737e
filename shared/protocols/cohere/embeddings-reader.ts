/** Reads an embeddings answer: https://docs.cohere.com/reference/embed */
import { Bytes } from "../../bytes/bytes";
import { ABSENT, Span } from "../../bytes/span";
import { JsonReader, JsonType } from "../../json/reader";
import { EventSink, Usage } from "../answer";
import { Failure } from "../failure";
import { OneChoiceWholeReader, broken } from "../one-choice-whole";
import { readError } from "../openai/provider-errors";
import { readUsage } from "../openai/usage-reader";

const JSON = new JsonReader();
const NESTED = new JsonReader();
const USAGE = new Usage();

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
      if (json.keyIs("id")) this.id = json.string();
      else if (json.keyIs("embeddings") && json.enterObject()) {
        while (json.nextKey()) if (json.keyIs("float") && json.peek() == JsonType.Array) this.vectorsJson = json.skip();
      } else if (json.keyIs("meta") && json.enterObject()) {
        while (json.nextKey()) if (json.keyIs("billed_units")) readUsage(json, USAGE);
      }
    }
    if (!json.finish()) return broken("the provider's answer is not valid JSON");
    if (this.vectorsJson != ABSENT) return null;
    const failure = readError(0, body);
    return failure == null ? broken("the provider's answer has no `embeddings.float`") : failure;
  }

  protected say(sink: EventSink): void {
    const events = this.events;
    events.start(JSON.point(this.id, this.view), NOTHING, sink);
    const json = NESTED.start(JSON.point(this.vectorsJson, this.view));
    if (json.enterArray()) {
      for (let i = 0; json.nextElement(); i++) events.embedding(i, json.point(json.skip(), this.view), sink);
    }
    events.sayUsage(USAGE, sink);
  }
}

const NOTHING = new Bytes();
