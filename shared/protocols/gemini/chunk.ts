/** One `GenerateContentResponse`, whole or as a piece of a stream: https://ai.google.dev/api/generate-content#v1beta.GenerateContentResponse */
import { Bytes } from "../../bytes/bytes";
import { ABSENT, Span } from "../../bytes/span";
import { JsonReader } from "../../json/reader";

/**
 * The members of a response that we use, in whatever order they came. Spans are offsets into the response's buffer: raw JSON for `candidates`, `usage` and `error`, contents
 * of strings for the others. One object serves a whole stream.
 */
@final
export class Chunk {
  readonly reader: JsonReader = new JsonReader();
  candidates: Span = ABSENT;
  usage: Span = ABSENT;
  error: Span = ABSENT;
  responseId: Span = ABSENT;
  modelVersion: Span = ABSENT;
  /** Why the prompt was refused. */
  blockReason: Span = ABSENT;

  /** Takes a response apart. False if it isn't a JSON object from the first byte to the last. */
  read(json: Bytes): bool {
    const reader = this.reader.start(json);
    this.candidates = this.usage = this.error = this.responseId = this.modelVersion = this.blockReason = ABSENT;
    if (!reader.enterObject()) return false;
    while (reader.nextKey()) {
      if (reader.keyIs("candidates")) this.candidates = reader.skip();
      else if (reader.keyIs("usageMetadata")) this.usage = reader.skip();
      else if (reader.keyIs("modelVersion")) this.modelVersion = reader.string();
      else if (reader.keyIs("responseId")) this.responseId = reader.string();
      else if (reader.keyIs("promptFeedback")) this.readFeedback();
      else if (reader.keyIs("error")) this.error = reader.skip();
    }
    return reader.finish();
  }

  private readFeedback(): void {
    const reader = this.reader;
    if (!reader.enterObject()) return;
    while (reader.nextKey()) if (reader.keyIs("blockReason")) this.blockReason = reader.string();
  }
}
