/** A response object of a provider's, taken apart: https://platform.openai.com/docs/api-reference/responses/object */
import { Bytes } from "../../bytes/bytes";
import { ABSENT, Span } from "../../bytes/span";
import { JsonReader, JsonType } from "../../json/reader";
import { FinishReason, Usage } from "../answer";
import { readUsage } from "../openai/usage-reader";

/** The members that we use, in whatever order they came. Spans are offsets into the text that was read, and valid until the next `read`. */
@final
export class WireResponse {
  readonly json: JsonReader = new JsonReader();
  id: Span = ABSENT;
  model: Span = ABSENT;
  status: Span = ABSENT;
  /** Why it is incomplete. */
  reason: Span = ABSENT;
  hasError: bool = false;
  outputJson: Span = ABSENT;
  hasUsage: bool = false;
  readonly usage: Usage = new Usage();
  private readonly view: Bytes = new Bytes();

  /** Reads a text. False if it isn't a JSON object. */
  read(text: Bytes): bool {
    this.id = this.model = this.status = this.reason = this.outputJson = ABSENT;
    this.hasError = this.hasUsage = false;
    const json = this.json.start(text);
    if (!json.enterObject()) return false;
    while (json.nextKey()) {
      if (json.keyIs("output")) this.outputJson = json.peek() == JsonType.Array ? json.skip() : ABSENT;
      else if (json.keyIs("usage")) this.hasUsage = readUsage(json, this.usage);
      else if (json.keyIs("id")) this.id = json.string();
      else if (json.keyIs("model")) this.model = json.string();
      else if (json.keyIs("status")) this.status = json.string();
      else if (json.keyIs("error")) this.hasError = !json.nothing();
      else if (json.keyIs("incomplete_details") && json.enterObject()) {
        while (json.nextKey()) if (json.keyIs("reason")) this.reason = json.string();
      }
    }
    return json.finish();
  }

  get hasFailed(): bool {
    return this.hasError || this.is(this.status, "failed") || this.is(this.status, "cancelled");
  }

  /** Why the model stopped; `hasCalls`: it called functions. `None` while the provider still works on it (`background`). */
  finishReason(hasCalls: bool): FinishReason {
    if (this.is(this.status, "incomplete"))
      return this.is(this.reason, "content_filter") ? FinishReason.ContentFilter : FinishReason.Length;
    if (this.is(this.status, "queued") || this.is(this.status, "in_progress")) return FinishReason.None;
    return hasCalls ? FinishReason.ToolCalls : FinishReason.Stop;
  }

  private is(word: Span, ascii: string): bool {
    return this.json.point(word, this.view).is(ascii);
  }
}
