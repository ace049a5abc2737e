import { ABSENT, Span } from "../../bytes/span";
import { EventKind, EventSink } from "../answer";
import { SmallReader, numbersIn } from "../small-answer";
import { UsageMetadata } from "./usage";

/** Reads vectors: https://ai.google.dev/api/embeddings#v1beta.BatchEmbedContentsResponse; the answer to one content has `embedding`. */
@final
export class EmbeddingsReader extends SmallReader {
  private readonly vectors: Array<Span> = [];
  private isSpoilt: bool = false;
  private readonly usage: UsageMetadata = new UsageMetadata();

  protected override readMember(): void {
    const json = this.json;
    if (json.keyIs("embeddings") && json.enterArray()) while (json.nextElement()) this.readVector();
    else if (json.keyIs("embedding")) this.readVector();
    else if (json.keyIs("usageMetadata")) this.usage.keep(json.bytes(json.skip()));
  }

  private readVector(): void {
    const json = this.json;
    let values: Span = ABSENT;
    if (json.enterObject()) while (json.nextKey()) if (json.keyIs("values")) values = numbersIn(json);
    if (values == ABSENT) this.isSpoilt = true;
    this.vectors.push(values);
  }

  protected override get lack(): string {
    if (this.isSpoilt) return "has an embedding without numbers";
    return this.vectors.length > 0 ? "" : "has no embeddings";
  }

  protected override tell(sink: EventSink): void {
    for (let i = 0; i < this.vectors.length; i++) {
      const event = this.begin(EventKind.Embedding);
      event.index = i;
      this.json.point(this.vectors[i], event.text);
      sink.on(event);
    }
    if (!this.usage.known) return;
    this.usage.readInto(this.begin(EventKind.Usage).usage);
    if (this.event.usage.known) sink.on(this.event);
  }
}
