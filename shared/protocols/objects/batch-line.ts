/** One line of a batch's input: https://platform.openai.com/docs/api-reference/batch/request-input */
import { Bytes, EMPTY } from "../../bytes/bytes";
import { ByteWriter } from "../../bytes/writer";
import { ABSENT } from "../../bytes/span";
import { JsonReader } from "../../json/reader";
import { Seen } from "../../json/seen";
import { unescape } from "../../json/unescape";
import { foldedIn } from "../folded";

const METHOD = 0;
const URL = 1;
const BODY = 2;
const MODEL = 3;
const NAMES: StaticArray<string> = ["method", "url", "body"];
const MODEL_NAME: StaticArray<string> = ["model"];

/** Reads lines one after the other. */
@final
export class BatchLine {
  /** The model that is asked for: UTF-8, in a buffer of its own. */
  model: Bytes = EMPTY;
  /** The request's body, raw. */
  body: Bytes = EMPTY;
  private readonly json: JsonReader = new JsonReader();
  private readonly inner: JsonReader = new JsonReader();
  private readonly seen: Seen = new Seen();
  private readonly decoded: ByteWriter = new ByteWriter(64);

  /** What is wrong with a line, in words that follow "line 3"; "" if nothing is. */
  read(line: Bytes): string {
    this.model = this.body = EMPTY;
    this.seen.clear();
    const problem = this.readRequest(line);
    this.json.release();
    this.inner.release();
    return problem;
  }

  private readRequest(line: Bytes): string {
    const json = this.json.start(line);
    if (!json.enterObject()) return "is no JSON object";
    let isPost = false;
    let isServed = false;
    while (json.nextKey()) {
      if (json.keyIs("method")) {
        if (!this.seen.first(METHOD)) return "names `method` twice";
        isPost = this.decode(json).is("POST");
      } else if (json.keyIs("url")) {
        if (!this.seen.first(URL)) return "names `url` twice";
        isServed = isServedUrl(this.decode(json));
      } else if (json.keyIs("body")) {
        if (!this.seen.first(BODY)) return "names `body` twice";
        const span = json.skip();
        if (span != ABSENT) this.body = json.bytes(span);
      } else if (foldedIn(json.bytes(json.keySpan), NAMES) != null)
        return "spells `method`, `url` or `body` in another way, which some readers take for the same";
    }
    if (!json.finish()) return "is not valid JSON";
    if (!isPost) return "has another `method` than POST";
    if (!isServed)
      return "has a `url` that is not served: expected /v1/chat/completions, /v1/completions, /v1/embeddings, /v1/responses or /v1/moderations";
    return this.readBody();
  }

  private readBody(): string {
    const json = this.inner.start(this.body);
    if (!json.enterObject()) return "has no `body` that is an object";
    while (json.nextKey()) {
      if (!json.keyIs("model")) {
        if (foldedIn(json.bytes(json.keySpan), MODEL_NAME) != null)
          return "spells `body.model` in another way, which some readers take for the same";
        continue;
      }
      if (!this.seen.first(MODEL)) return "names `body.model` twice";
      this.model = this.decode(json).copy();
    }
    return this.model.isEmpty ? "has no `body.model`" : "";
  }

  /** The next value, if it is a string; valid until the next call. */
  private decode(json: JsonReader): Bytes {
    this.decoded.clear();
    const text = json.string();
    if (text != ABSENT) unescape(json.bytes(text), this.decoded);
    return this.decoded.view();
  }
}

function isServedUrl(url: Bytes): bool {
  return (
    url.is("/v1/chat/completions") ||
    url.is("/v1/completions") ||
    url.is("/v1/embeddings") ||
    url.is("/v1/responses") ||
    url.is("/v1/moderations")
  );
}
