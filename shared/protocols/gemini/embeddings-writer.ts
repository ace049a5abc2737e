import { JsonWriter } from "../../json/writer";
import { AnswerEvent, AnswerWriter, EventKind, Usage } from "../answer";
import { AnswerSettings, Passage } from "../protocol";
import { geminiFailure } from "./failure-writer";

/** Writes the answer to `embedContent` and `batchEmbedContents`: https://ai.google.dev/api/embeddings#EmbedContentResponse */
@final
export class EmbeddingsWriter extends AnswerWriter {
  private readonly one: bool;
  private readonly passage: Passage;
  private readonly usage: Usage = new Usage();
  /** The elements of the list so far. */
  private readonly list: JsonWriter = new JsonWriter(0);
  private count: i32 = 0;
  private hasFailed: bool = false;

  constructor(
    settings: AnswerSettings,
    private readonly out: JsonWriter,
  ) {
    super();
    this.one = settings.embedsOne;
    this.passage = settings.passage;
  }

  get contentType(): string {
    return "application/json; charset=UTF-8";
  }

  on(event: AnswerEvent): void {
    const failure = event.failure;
    if (this.passage != Passage.Translated) return;
    if (event.kind == EventKind.Embedding) this.add(event);
    else if (event.kind == EventKind.Usage) this.usage.set(event.usage);
    else if (event.kind == EventKind.Failure && failure != null) {
      this.hasFailed = true;
      this.out.startValue();
      geminiFailure(failure, this.out);
    } else if (event.kind == EventKind.End && !this.hasFailed) this.write();
  }

  private add(event: AnswerEvent): void {
    if (this.one && this.count > 0) return;
    this.count++;
    const list = this.list;
    list.beginObject();
    list.key("values");
    list.raw(event.text);
    list.endObject();
  }

  private write(): void {
    const out = this.out;
    out.startValue();
    out.beginObject();
    out.key(this.one ? "embedding" : "embeddings");
    if (!this.one) out.beginArray();
    out.raw(this.list.view());
    if (!this.one) out.endArray();
    if (this.usage.known) {
      out.key("usageMetadata");
      out.beginObject();
      out.key("promptTokenCount");
      out.unsigned(this.usage.input);
      out.endObject();
    }
    out.endObject();
  }
}
