import { Usage } from "../answer";
import { ProviderProtocol } from "../protocol";
import { VectorsReader } from "../small-answer";
import { readUsage } from "./usage-reader";

/** Reads vectors for clients of another protocol: https://platform.openai.com/docs/api-reference/embeddings/object */
@final
export class EmbeddingsReader extends VectorsReader {
  constructor(protocol: ProviderProtocol) {
    super("embedding", "`data`", protocol);
  }

  protected override readMember(): void {
    const json = this.json;
    if (json.keyIs("data")) this.readVectors();
    else if (json.keyIs("usage")) readUsage(json, this.event.usage);
  }

  protected override readUsageInto(usage: Usage): bool {
    return usage.known;
  }
}
