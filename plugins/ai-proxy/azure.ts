/** Where Azure OpenAI serves what: https://learn.microsoft.com/en-us/azure/ai-foundry/openai/reference */
import { Bytes, EMPTY } from "../../shared/bytes/bytes";
import { writePercentEncoded } from "../../shared/bytes/percent";
import { ByteWriter } from "../../shared/bytes/writer";
import { Problems } from "../../shared/config/problems";
import { unescape } from "../../shared/json/unescape";
import { isStateful, Operation } from "../../shared/protocols/operation";
import { Target } from "../../shared/protocols/protocol";

const DEPLOYMENTS = Bytes.of("/openai/deployments/");
const CHAT = "/chat/completions";
const name = new ByteWriter(64);

/** `azureServiceUrl`, read. */
@final
export class AzureService {
  host: Bytes = EMPTY;
  /** With its question mark; empty if none. */
  private query: Bytes = EMPTY;
  /** What stands before the end of each path; empty: the deployment is the model's name. */
  private base: Bytes = EMPTY;
  /** What stands before the end of paths that no deployment has a part in. */
  private root: Bytes = Bytes.of("/openai");

  /** Reads a URL: the resource's alone, one of a deployment with or without `/chat/completions`, or one of the v1 API. `at` is its place, for messages. Null: it is refused. */
  static of(url: Bytes, at: string, problems: Problems): AzureService | null {
    const scheme = url.startsWith("https://") ? 8 : url.startsWith("http://") ? 7 : 0;
    const rest = url.slice(scheme);
    const mark = rest.indexOf(0x3f);
    const address = mark < 0 ? rest : rest.slice(0, mark);
    const slash = address.indexOf(0x2f);
    const service = new AzureService();
    service.host = slash < 0 ? address : address.slice(0, slash);
    if (mark >= 0) service.query = rest.slice(mark);
    let path = slash < 0 ? EMPTY : address.slice(slash);
    if (path.endsWith(CHAT)) path = path.slice(0, path.length - CHAT.length);
    while (path.length > 0 && path.at(path.length - 1) == 0x2f) path = path.slice(0, path.length - 1);
    if (scheme == 0 || service.host.isEmpty || !isPlain(url)) {
      problems.refuse(
        at,
        "found something that is no URL, expected one such as https://my-resource.openai.azure.com?api-version=2024-10-21",
      );
      return null;
    }
    const isVersion1 = path.endsWith("/v1");
    if (!isVersion1 && service.query.indexOfBytes(VERSION) < 0) {
      problems.refuse(
        at,
        "found a URL without api-version, expected one that ends with such as ?api-version=2024-10-21, or with the path /openai/v1",
      );
      return null;
    }
    const deployment = path.indexOfBytes(DEPLOYMENTS);
    if (deployment >= 0) {
      const end = path.indexOf(0x2f, deployment + DEPLOYMENTS.length);
      service.base = end < 0 ? path : path.slice(0, end);
      service.root = path.slice(0, deployment + 7);
    } else if (!path.isEmpty && !path.is("/openai")) service.base = service.root = path;
    return service;
  }

  /** Writes the path with its query. `end` is what OpenAI has behind `/v1`. */
  writePath(operation: Operation, end: Bytes, target: Target, out: ByteWriter): void {
    if (isStateful(operation) || operation == Operation.Models) out.bytes(this.root);
    else if (!this.base.isEmpty) out.bytes(this.base);
    else {
      out.bytes(DEPLOYMENTS);
      name.clear();
      unescape(target.model, name);
      writePercentEncoded(name.view(), out);
    }
    out.bytes(end);
    out.bytes(this.query);
  }
}

const VERSION = Bytes.of("api-version=");

/** Whether a URL has only what a URL may have, and no fragment. */
function isPlain(url: Bytes): bool {
  for (let i = 0; i < url.length; i++) if (url.at(i) <= 0x20 || url.at(i) >= 0x7f || url.at(i) == 0x23) return false;
  return true;
}
