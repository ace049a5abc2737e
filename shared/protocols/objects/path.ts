/** What a path asks about objects that a provider keeps: https://platform.openai.com/docs/api-reference/files, …/batch, …/fine-tuning */
import { Bytes, EMPTY } from "../../bytes/bytes";
import { ByteWriter } from "../../bytes/writer";
import { Operation } from "../operation";

export enum ObjectAction {
  Create,
  List,
  Get,
  Delete,
  /** `cancel`, `pause`, `resume`: the object comes back. */
  Change,
  /** What belongs to an object and has no owner of its own: a file's content, a job's events and checkpoints. */
  Part,
}

/** Longer ids no vendor gives. */
export const ID_LIMIT = 128;

/** One request about objects. The views hold as long as the exchange. */
@final
export class ObjectPath {
  action: ObjectAction = ObjectAction.List;
  /** Of letters, digits, hyphens and underscores; empty where none is named. */
  id: Bytes = EMPTY;
  /** What follows the id: `content`, `cancel` …; empty if nothing does. */
  part: Bytes = EMPTY;
  /** The client's query, without its question mark. */
  query: Bytes = EMPTY;

  /** Null: nothing is served there, by this method. */
  static of(method: Bytes, path: Bytes, operation: Operation): ObjectPath | null {
    const mark = path.indexOf(0x3f);
    const bare = mark < 0 ? path : path.slice(0, mark);
    const collection = Bytes.of(collectionOf(operation));
    const at = bare.indexOfBytes(collection);
    if (at < 0) return null;
    const found = new ObjectPath();
    if (mark >= 0) found.query = path.slice(mark + 1);
    let rest = bare.slice(at + collection.length);
    if (rest.isEmpty) {
      // Answers are made by asking for one, and responses have no list.
      if (operation == Operation.StoredResponses) return null;
      if (method.is("POST")) found.action = ObjectAction.Create;
      else if (!method.is("GET")) return null;
      return found;
    }
    if (rest.at(0) != 0x2f) return null;
    rest = rest.slice(1);
    const slash = rest.indexOf(0x2f);
    found.id = slash < 0 ? rest : rest.slice(0, slash);
    if (slash >= 0) found.part = rest.slice(slash + 1);
    return isId(found.id) && found.settle(method, operation, slash >= 0) ? found : null;
  }

  private settle(method: Bytes, operation: Operation, hasPart: bool): bool {
    const part = this.part;
    if (!hasPart) {
      // Metadata of a stored completion: https://platform.openai.com/docs/api-reference/chat/update
      if (method.is("POST") && operation == Operation.StoredChats) {
        this.action = ObjectAction.Change;
        return true;
      }
      this.action = method.is("DELETE") ? ObjectAction.Delete : ObjectAction.Get;
      return method.is("GET") || (method.is("DELETE") && (operation == Operation.Files || isStored(operation)));
    }
    if (method.is("GET")) {
      this.action = ObjectAction.Part;
      if (operation == Operation.Files) return part.is("content");
      if (operation == Operation.StoredResponses) return part.is("input_items");
      if (operation == Operation.StoredChats) return part.is("messages");
      return operation == Operation.FineTuning && (part.is("events") || part.is("checkpoints"));
    }
    this.action = ObjectAction.Change;
    if (!method.is("POST") || operation == Operation.Files || operation == Operation.StoredChats) return false;
    return part.is("cancel") || (operation == Operation.FineTuning && (part.is("pause") || part.is("resume")));
  }

  /** Writes what follows the collection's path: made anew from what was read, never copied, and of the query only what lists know. `limit`: how many elements a page may have, 0: as the client says. */
  write(limit: i32, out: ByteWriter): void {
    if (!this.id.isEmpty) {
      out.byte(0x2f);
      out.bytes(this.id);
    }
    if (!this.part.isEmpty) {
      out.byte(0x2f);
      out.bytes(this.part);
    }
    let mark: u8 = 0x3f;
    let rest = this.query;
    while (!rest.isEmpty) {
      const end = rest.indexOf(0x26);
      const pair = end < 0 ? rest : rest.slice(0, end);
      rest = end < 0 ? EMPTY : rest.slice(end + 1);
      if (!isListParameter(pair) || (limit > 0 && pair.startsWith("limit="))) continue;
      // Two of a name: only the first has been looked at.
      const value = pair.indexOf(0x3d) + 1;
      if (!isInclude(pair.slice(0, value - 1)) && !this.isFirst(pair, value)) continue;
      out.byte(mark);
      out.bytes(pair);
      mark = 0x26;
    }
    if (limit <= 0) return;
    out.byte(mark);
    out.ascii("limit=");
    out.unsigned(limit);
  }

  private isFirst(pair: Bytes, value: i32): bool {
    return this.parameter(pair.slice(0, value - 1).toString()).start == pair.start + value;
  }

  /** The value of a parameter of the query, as it stands; empty if there is none. Two of a name: the first. */
  parameter(name: string): Bytes {
    let rest = this.query;
    while (!rest.isEmpty) {
      const end = rest.indexOf(0x26);
      const pair = end < 0 ? rest : rest.slice(0, end);
      rest = end < 0 ? EMPTY : rest.slice(end + 1);
      const equals = pair.indexOf(0x3d);
      if (equals > 0 && pair.slice(0, equals).is(name)) return pair.slice(equals + 1);
    }
    return EMPTY;
  }
}

/** Answers that are kept: https://platform.openai.com/docs/api-reference/responses/get, …/chat/get */
export function isStored(operation: Operation): bool {
  return operation == Operation.StoredResponses || operation == Operation.StoredChats;
}

/** Where objects of a kind are, in OpenAI's API. */
export function collectionOf(operation: Operation): string {
  if (operation == Operation.Batches) return "/v1/batches";
  if (operation == Operation.StoredResponses) return "/v1/responses";
  if (operation == Operation.StoredChats) return "/v1/chat/completions";
  return operation == Operation.FineTuning ? "/v1/fine_tuning/jobs" : "/v1/files";
}

/** Whether an id has only what every vendor's has, and nothing that a path or a query could take for its own. */
export function isId(id: Bytes): bool {
  if (id.isEmpty || id.length > ID_LIMIT) return false;
  for (let i = 0; i < id.length; i++) {
    const byte = <u32>id.at(i);
    if (byte - 0x30 >= 10 && (byte | 0x20) - 0x61 >= 26 && byte != 0x2d && byte != 0x5f) return false;
  }
  return true;
}

/** What a stored response shall bring, which may be named several times; as SDKs write lists. */
function isInclude(name: Bytes): bool {
  return name.is("include") || name.is("include[]") || name.is("include%5B%5D");
}

/** Words of letters, with dots between. */
function isDotted(text: Bytes): bool {
  for (let i = 0; i < text.length; i++) {
    const byte = <u32>text.at(i);
    if ((byte | 0x20) - 0x61 >= 26 && byte != 0x2e && byte != 0x5f) return false;
  }
  return !text.isEmpty;
}

/** `name=value` of a few names, whose value is a word: nothing that a server could decode into something else. */
function isListParameter(pair: Bytes): bool {
  const equals = pair.indexOf(0x3d);
  if (equals < 0) return false;
  const name = pair.slice(0, equals);
  if (isInclude(name)) return isDotted(pair.slice(equals + 1));
  if (!isId(pair.slice(equals + 1))) return false;
  return name.is("after") || name.is("limit") || name.is("order") || name.is("purpose");
}
