/** Ids of objects that a request names: each has to be the caller's. */
import { Bytes } from "../../bytes/bytes";
import { ABSENT, spanLength } from "../../bytes/span";
import { ByteWriter } from "../../bytes/writer";
import { JsonReader, JsonType } from "../../json/reader";
import { unescape } from "../../json/unescape";
import { Conversation, ItemKind } from "../conversation";
import { foldedIn } from "../folded";
import { Dialect } from "../operation";

/** More than any request names. */
const REFERENCE_LIMIT = 1000;

/** https://platform.openai.com/docs/api-reference, https://docs.anthropic.com/en/docs/build-with-claude/files: files in messages, inputs and jobs; stores; sound that was answered; what Responses go on from, and what they make by the way. */
const NAMES: StaticArray<string> = [
  "file_id",
  "file_ids",
  "input_file_id",
  "training_file",
  "validation_file",
  "vector_store_ids",
  "audio",
  "previous_response_id",
  "conversation",
  "container",
  "container_id",
];

const DECODED = new ByteWriter(64);

/** Collects ids from JSON: the strings of members whose names say that they are one, wherever these stand. */
@final
export class References {
  /** Decoded, in buffers of their own. */
  readonly ids: Array<Bytes> = [];
  /** Of each id: the member that names it. */
  readonly fields: Array<string> = [];
  /** Ids that everybody may name, with `*` at the end for all that begin so. */
  shared: Array<Bytes> = [];
  /** There are more than are kept. */
  areTooMany: bool = false;
  private field: string = "";
  private readonly json: JsonReader = new JsonReader();

  clear(): void {
    this.ids.length = this.fields.length = 0;
    this.areTooMany = false;
  }

  /** Reads one JSON value. False: it isn't JSON. */
  read(text: Bytes): bool {
    return this.readWith(text, Place.Elsewhere);
  }

  /** What a conversation names, of which all that protocols know has been read: only what they don't know is read again. */
  readConversation(conversation: Conversation): void {
    const source = conversation.source;
    const others = conversation.others;
    for (let i = 0; i + 1 < others.length; i += 2) {
      const name = spelled(source.bytes(others.at(i)));
      if (name.length == 0) continue;
      this.field = name;
      this.readWith(source.bytes(others.at(i + 1)), Place.Reference);
    }
    const isChat = conversation.dialect == Dialect.OpenAI;
    for (let i = 0; i < conversation.itemCount; i++) {
      const item = conversation.item(i);
      if ((item.kind == ItemKind.Document || item.kind == ItemKind.Image) && spanLength(item.id) > 0) {
        this.field = conversation.dialect == Dialect.Gemini ? "fileUri" : "file_id";
        this.add(source.bytes(item.id));
      } else if (item.kind == ItemKind.Unknown && item.whole != ABSENT) {
        // In chat completions what has no id of its own (as calls have) is an assistant's `audio`.
        const isAudio = isChat && spanLength(item.id) == 0;
        this.field = isAudio ? "audio" : "input";
        this.readWith(source.bytes(item.whole), isAudio ? Place.Reference : isChat ? Place.Elsewhere : Place.Input);
      }
    }
    for (let i = 0; i < conversation.toolCount; i++) {
      const tool = conversation.tool(i);
      if (!tool.isFunction && tool.whole != ABSENT) this.readWith(source.bytes(tool.whole), Place.Elsewhere);
    }
  }

  private readWith(text: Bytes, place: Place): bool {
    const json = this.json.start(text);
    this.readValue(place);
    const isJson = json.finish();
    json.release();
    return isJson;
  }

  /** The reader lets nothing be nested deeper than a stack bears. */
  private readValue(place: Place): void {
    const json = this.json;
    if (json.peek() == JsonType.String) {
      const text = json.string();
      if (place == Place.Reference) this.add(json.bytes(text));
    } else if (json.enterArray()) {
      while (json.nextElement()) this.readValue(place);
    } else if (json.enterObject()) this.readObject(place);
    else json.skip();
  }

  private readObject(place: Place): void {
    const json = this.json;
    let id = ABSENT;
    let isItem = false;
    let isReference = false;
    const field = this.field;
    while (json.nextKey()) {
      const type = json.peek();
      if (type == JsonType.String && json.keyIs("id")) id = json.string();
      else if (type == JsonType.String && json.keyIs("type")) {
        isItem = true;
        if (decoded(json.bytes(json.string())).is("item_reference")) isReference = true;
      } else if (type == JsonType.Object && isOwnWords(json)) json.skip();
      else if (json.keyIs("role")) {
        isItem = true;
        json.skip();
      } else {
        const name = spelled(json.bytes(json.keySpan));
        if (name.length > 0) this.field = name;
        this.readValue(name.length > 0 ? Place.Reference : json.keyIs("input") ? Place.Input : Place.Elsewhere);
      }
    }
    this.field = isReference ? "item_reference" : field;
    // `conversation: {"id": …}`, and items of which nothing but the id is said.
    if (id != ABSENT && (isReference || place == Place.Reference || (place == Place.Input && !isItem))) this.add(json.bytes(id));
  }

  private add(content: Bytes): void {
    if (this.ids.length == REFERENCE_LIMIT) {
      this.areTooMany = true;
      return;
    }
    const id = decoded(content).copy();
    for (let i = 0; i < this.shared.length; i++) if (allows(this.shared[i], id)) return;
    this.ids.push(id);
    this.fields.push(this.field.length == 0 ? "id" : this.field);
  }
}

/** Where a value stands. */
enum Place {
  Elsewhere,
  /** A string there is an id, and an object has one. */
  Reference,
  /** In the list `input`, whose elements may be known by their ids alone: https://platform.openai.com/docs/api-reference/responses/create#responses-create-input */
  Input,
}

/** The client's own words, and those of the model to the client's tools, which no provider takes for ids. */
function isOwnWords(json: JsonReader): bool {
  return (
    json.keyIs("metadata") ||
    json.keyIs("input") ||
    json.keyIs("args") ||
    json.keyIs("response") ||
    json.keyIs("parameters") ||
    json.keyIs("input_schema") ||
    json.keyIs("schema")
  );
}

/** The name of ids that a key is, in whatever case (some readers don't tell upper from lower); "": none. */
function spelled(key: Bytes): string {
  for (let i = 0; i < NAMES.length; i++) if (key.is(NAMES[i])) return NAMES[i];
  const folded = foldedIn(key, NAMES);
  return folded == null ? "" : folded;
}

/** Whether a pattern of shared objects fits an id. */
function allows(pattern: Bytes, id: Bytes): bool {
  return pattern.endsWith("*") ? id.startsWithBytes(pattern.slice(0, pattern.length - 1)) : pattern.equals(id);
}

function decoded(content: Bytes): Bytes {
  DECODED.clear();
  unescape(content, DECODED);
  return DECODED.view();
}
