import { Bytes } from "../../bytes/bytes";
import { ByteWriter } from "../../bytes/writer";

/** OpenAI takes no longer ids in a conversation that is continued there. */
const ID_LIMIT = 40;

/**
 * Ids for calls to which Gemini gives none (https://ai.google.dev/api/caching#FunctionCall says that `id` is optional, and models before Gemini 3 leave it out): `call_`, the
 * answer's own id, and a number. Where the answer has none, or a long one, a hash stands in its place.
 */
@final
export class CallIds {
  private readonly text: ByteWriter = new ByteWriter(0);
  private readonly salt: u64;
  private stem: i32 = 0;
  private count: u64 = 0;

  constructor(salt: u64) {
    this.salt = salt;
  }

  setAnswer(id: Bytes): void {
    this.text.clear();
    this.text.ascii("call_");
    if (id.isEmpty || id.length > ID_LIMIT - 12 || id.indexOf(0x5c) >= 0) this.text.unsigned(id.isEmpty ? this.salt : id.hash());
    else this.text.bytes(id);
    this.text.ascii("_");
    this.stem = this.text.length;
  }

  /** Points at the next id: valid until the one after it. */
  point(view: Bytes): void {
    this.text.cutTo(this.stem);
    this.text.unsigned(this.count++);
    this.text.pointAt(view);
  }
}
