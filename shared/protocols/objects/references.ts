/** Ids of objects that a request names: each has to be the caller's. */
import { Bytes } from "../../bytes/bytes";
import { ByteWriter } from "../../bytes/writer";
import { JsonReader, JsonType } from "../../json/reader";
import { unescape } from "../../json/unescape";

/** More than any request names. */
const REFERENCE_LIMIT = 1000;

const DECODED = new ByteWriter(64);

/** Collects ids from JSON: the strings of members whose names say that they are one, wherever these stand. */
@final
export class References {
  /** Decoded, in buffers of their own. */
  readonly ids: Array<Bytes> = [];
  /** There are more than are kept. */
  areTooMany: bool = false;
  private readonly json: JsonReader = new JsonReader();

  clear(): void {
    this.ids.length = 0;
    this.areTooMany = false;
  }

  /** Reads one JSON value. False: it isn't JSON. */
  read(text: Bytes): bool {
    const json = this.json.start(text);
    this.readValue(false);
    const isJson = json.finish();
    json.release();
    return isJson;
  }

  /** The reader lets nothing be nested deeper than a stack bears. */
  private readValue(isReference: bool): void {
    const json = this.json;
    if (json.peek() == JsonType.String) {
      const text = json.string();
      if (isReference) this.add(json.bytes(text));
    } else if (json.enterArray()) {
      while (json.nextElement()) this.readValue(isReference);
    } else if (json.enterObject()) {
      while (json.nextKey()) {
        // The client's own words, which no provider takes for ids.
        if (json.keyIs("metadata")) json.skip();
        else this.readValue(namesReference(json));
      }
    } else json.skip();
  }

  private add(content: Bytes): void {
    if (this.ids.length == REFERENCE_LIMIT) {
      this.areTooMany = true;
      return;
    }
    DECODED.clear();
    unescape(content, DECODED);
    this.ids.push(DECODED.copySince(0));
  }
}

/** https://platform.openai.com/docs/api-reference: files in messages, inputs and jobs; what Responses go on from; stores, containers and conversations, none of which can be made here, so none is anybody's. */
function namesReference(json: JsonReader): bool {
  return (
    json.keyIs("file_id") ||
    json.keyIs("file_ids") ||
    json.keyIs("input_file_id") ||
    json.keyIs("training_file") ||
    json.keyIs("validation_file") ||
    json.keyIs("previous_response_id") ||
    json.keyIs("vector_store_ids") ||
    json.keyIs("container") ||
    json.keyIs("container_id") ||
    json.keyIs("conversation")
  );
}
