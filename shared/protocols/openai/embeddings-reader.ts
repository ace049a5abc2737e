import { ABSENT, Span } from "../../bytes/span";
import { EventKind, EventSink } from "../answer";
import { ProviderProtocol } from "../protocol";
import { SmallReader, numbersIn } from "../small-answer";
import { readUsage } from "./usage-reader";

/** Reads vectors for clients of another protocol: https://platform.openai.com/docs/api-reference/embeddings/object */
@final
export class EmbeddingsReader extends SmallReader {
  private readonly vectors: Array<Span> = [];
  private isSpoilt: bool = false;
  private model: Span = ABSENT;

  constructor(protocol: ProviderProtocol) {
    super(protocol);
  }

  protected override readMember(): void {
    const json = this.json;
    if (json.keyIs("data") && json.enterArray()) while (json.nextElement()) this.readVector();
    else if (json.keyIs("model")) this.model = json.string();
    else if (json.keyIs("usage")) readUsage(json, this.event.usage);
  }

  private readVector(): void {
    const json = this.json;
    let values: Span = ABSENT;
    if (json.enterObject()) while (json.nextKey()) if (json.keyIs("embedding")) values = numbersIn(json);
    if (values == ABSENT) this.isSpoilt = true;
    this.vectors.push(values);
  }

  protected override get lack(): string {
    if (this.isSpoilt) return "has an embedding without numbers";
    return this.vectors.length > 0 ? "" : "has no `data`";
  }

  protected override tell(sink: EventSink): void {
    for (let i = 0; i < this.vectors.length; i++) {
      const event = this.begin(EventKind.Embedding);
      event.index = i;
      this.json.point(this.vectors[i], event.text);
      sink.on(event);
    }
    if (this.event.usage.known) sink.on(this.begin(EventKind.Usage));
  }
}
