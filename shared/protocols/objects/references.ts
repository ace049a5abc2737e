/** Ids of objects that a request names: each has to be the caller's. */
import { Bytes } from "../../bytes/bytes";
import { ABSENT } from "../../bytes/span";
import { ByteWriter } from "../../bytes/writer";
import { JsonReader, JsonType } from "../../json/reader";
import { unescape } from "../../json/unescape";
import { Conversation, ItemKind } from "../conversation";
import { foldedIn } from "../folded";
import { Dialect } from "../operation";

/** More than any request names. */
const REFERENCE_LIMIT = 1000;

/** https://platform.openai.com/docs/api-reference: what Responses go on from, and what they make by the way. None of it can be kept for its maker here, so none is anybody's. */
const ANSWERED: StaticArray<string> = ["previous_response_id", "conversation", "container", "container_id"];
/** And files in messages, inputs and jobs; stores, which can't be made here. */
const ALL: StaticArray<string> = [
  "file_id",
  "file_ids",
  "input_file_id",
  "training_file",
  "validation_file",
  "vector_store_ids",
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
  /** There are more than are kept. */
  areTooMany: bool = false;
  private names: StaticArray<string> = ALL;
  private readonly json: JsonReader = new JsonReader();

  clear(): void {
    this.ids.length = 0;
    this.areTooMany = false;
  }

  /** Reads one JSON value. False: it isn't JSON. */
  read(text: Bytes): bool {
    this.names = ALL;
    return this.readWith(text, Place.Elsewhere);
  }

  /** Of a conversation: what is kept by having been answered, without anybody's asking for it: stored responses and their items, conversations, containers. */
  readAnswered(conversation: Conversation): void {
    this.names = ANSWERED;
    const source = conversation.source;
    const others = conversation.others;
    for (let i = 0; i + 1 < others.length; i += 2) {
      const isNamed = isSpelled(source.bytes(others.at(i)), ANSWERED);
      if (isNamed) this.readWith(source.bytes(others.at(i + 1)), Place.Reference);
    }
    for (let i = 0; i < conversation.itemCount && conversation.dialect == Dialect.Responses; i++) {
      const item = conversation.item(i);
      if (item.kind == ItemKind.Unknown && item.whole != ABSENT) this.readWith(source.bytes(item.whole), Place.Input);
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
      } else if (isSpelled(json.bytes(json.keySpan), this.names)) this.readValue(Place.Reference);
      else this.readValue(json.keyIs("input") ? Place.Input : Place.Elsewhere);
    }
    // `conversation: {"id": …}`, and items of which nothing but the id is said.
    if (id != ABSENT && (isReference || place == Place.Reference || (place == Place.Input && !isItem))) this.add(json.bytes(id));
  }

  private add(content: Bytes): void {
    if (this.ids.length == REFERENCE_LIMIT) {
      this.areTooMany = true;
      return;
    }
    this.ids.push(decoded(content).copy());
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

/** In whatever case: some readers don't tell upper from lower. */
function isSpelled(key: Bytes, names: StaticArray<string>): bool {
  return key.isOneOf(names) || foldedIn(key, names) != null;
}

function decoded(content: Bytes): Bytes {
  DECODED.clear();
  unescape(content, DECODED);
  return DECODED.view();
}
