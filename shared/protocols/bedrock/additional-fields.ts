/** `additionalModelRequestFields`: what a model takes beyond what Converse has a member for. https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html */
import { Bytes } from "../../bytes/bytes";
import { ABSENT } from "../../bytes/span";
import { JsonReader } from "../../json/reader";
import { JsonWriter } from "../../json/writer";
import { Conversation } from "../conversation";

/**
 * The object is the union of three: what the configuration says, what the client's own `additionalModelRequestFields` says, and what the gateway has to say; where two name the same member, the first of these wins. One
 * object, `ADDITIONAL`, serves one request after the other.
 */
@final
export class AdditionalFields {
  private configured: Bytes = new Bytes();
  private readonly clients: Bytes = new Bytes();
  private readonly reader: JsonReader = new JsonReader();
  private readonly inner: JsonReader = new JsonReader();
  private readonly view: Bytes = new Bytes();
  private start: i32 = 0;
  private empty: i32 = 0;
  private commaWasDue: bool = false;

  /** Begins the member, with what the configuration (a JSON object, or empty) and the client say. */
  begin(configured: Bytes, conversation: Conversation, out: JsonWriter): void {
    this.configured = configured;
    const own = conversation.other("additionalModelRequestFields");
    if (own == ABSENT) this.clients.length = 0;
    else conversation.source.point(own, this.clients);
    this.start = out.length;
    this.commaWasDue = out.commaDue;
    out.key("additionalModelRequestFields");
    out.beginObject();
    this.empty = out.length;
    this.copy(this.configured, NOTHING, out);
    this.copy(this.clients, this.configured, out);
  }

  /** Writes the key of a member of the gateway's, unless it is said already. */
  key(name: string, out: JsonWriter): bool {
    if (this.says(name)) return false;
    out.key(name);
    return true;
  }

  /** Whether configuration or client say this member. */
  says(name: string): bool {
    return hasKey(this.inner, this.configured, name) || hasKey(this.inner, this.clients, name);
  }

  /** Ends the member; without anything in it, it is taken back. */
  end(out: JsonWriter): void {
    if (out.length > this.empty) out.endObject();
    else {
      out.cutTo(this.start);
      out.commaDue = this.commaWasDue;
    }
    this.configured = NOTHING;
    this.clients.set(NOTHING.buffer, 0, 0);
  }

  /** Copies the members of an object that another doesn't have. */
  private copy(object: Bytes, but: Bytes, out: JsonWriter): void {
    if (object.isEmpty) return;
    const reader = this.reader.start(object);
    if (!reader.enterObject()) return;
    while (reader.nextKey()) {
      const key = reader.bytes(reader.keySpan);
      const value = reader.skip();
      if (value == ABSENT || hasSameKey(this.inner, but, key, this.view)) continue;
      out.keyEscaped(key);
      out.raw(reader.point(value, this.view));
    }
  }
}

export const ADDITIONAL = new AdditionalFields();
const NOTHING = new Bytes();

function hasKey(reader: JsonReader, object: Bytes, name: string): bool {
  if (object.isEmpty || !reader.start(object).enterObject()) return false;
  while (reader.nextKey()) if (reader.keyIs(name)) return true;
  return false;
}

function hasSameKey(reader: JsonReader, object: Bytes, key: Bytes, view: Bytes): bool {
  if (object.isEmpty || !reader.start(object).enterObject()) return false;
  while (reader.nextKey()) if (reader.point(reader.keySpan, view).equals(key)) return true;
  return false;
}
