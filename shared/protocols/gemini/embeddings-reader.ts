import { Usage } from "../answer";
import { ProviderProtocol } from "../protocol";
import { VectorsReader } from "../small-answer";
import { UsageMetadata } from "./usage";

/** Reads vectors: https://ai.google.dev/api/embeddings#v1beta.BatchEmbedContentsResponse; the answer to one content has `embedding`. */
@final
export class EmbeddingsReader extends VectorsReader {
  private readonly usage: UsageMetadata = new UsageMetadata();

  constructor(protocol: ProviderProtocol) {
    super("values", "embeddings", protocol);
  }

  protected override readMember(): void {
    const json = this.json;
    if (json.keyIs("embeddings")) this.readVectors();
    else if (json.keyIs("embedding")) this.readVector();
    else if (json.keyIs("usageMetadata")) this.usage.keep(json.bytes(json.skip()));
  }

  protected override readUsageInto(usage: Usage): bool {
    if (!this.usage.known) return false;
    this.usage.readInto(usage);
    return usage.known;
  }
}
