/** Members that are set in a JSON object, whose other bytes are copied as they are. */
import { Bytes } from "../bytes/bytes";
import { JsonReader, JsonType } from "./reader";
import { JsonWriter } from "./writer";

/** One member, or the members within one. */
@final
class Patch {
  inner: Array<Patch> = [];
  /** Raw JSON; null: `inner` says what becomes of it. */
  value: Bytes | null = null;
  /** Whether it wins over what is there. */
  overwrites: bool = false;
  /** Whether the value is put in front of the elements of the array that is there, where it isn't among them. */
  isElement: bool = false;
  /** Whether it came, in the object that is being copied. */
  seen: bool = false;
  /** Another name, under which it may stand there already; empty: none. */
  alias: string = "";

  constructor(
    /** ASCII that needs no escapes. */
    readonly name: string,
  ) {}

  child(name: string): Patch {
    for (let i = 0; i < this.inner.length; i++) if (this.inner[i].name == name) return this.inner[i];
    const made = new Patch(name);
    this.inner.push(made);
    return made;
  }
}

/** What is to be set, by paths of names. One object serves all requests. */
@final
export class JsonPatch {
  private readonly root: Patch = new Patch("");
  private readonly reader: JsonReader = new JsonReader();

  get isEmpty(): bool {
    return this.root.inner.length == 0;
  }

  /** Sets the member at a path (names with dots between them, ASCII that needs no escapes) to raw JSON. `alias`: another name that the last one may have in the text. */
  set(path: string, value: Bytes, overwrites: bool, alias: string = ""): this {
    const names = path.split(".");
    let at = this.root;
    for (let i = 0; i < names.length; i++) at = at.child(names[i]);
    at.value = value;
    at.overwrites = overwrites;
    at.alias = alias;
    return this;
  }

  /** Puts blocks of text (raw JSON, with commas between) in front of those of the array at a path; a text that stands there alone becomes a block. `alias`: another name that the path's first member may have. */
  putFirst(path: string, blocks: Bytes, alias: string = ""): this {
    this.set(path, blocks, false);
    const names = path.split(".");
    let at = this.root;
    for (let i = 0; i < names.length; i++) {
      at = at.child(names[i]);
      if (i == 0) at.alias = alias;
    }
    at.isElement = true;
    return this;
  }

  /** Copies a valid JSON text with what was set; one that is no object as it is. */
  apply(text: Bytes, out: JsonWriter): void {
    const reader = this.reader.start(text);
    if (reader.peek() == JsonType.Object) this.object(this.root, out);
    else out.raw(text);
    reader.release();
  }

  private object(patch: Patch, out: JsonWriter): void {
    const reader = this.reader;
    const inner = patch.inner;
    for (let i = 0; i < inner.length; i++) inner[i].seen = false;
    out.beginObject();
    if (reader.enterObject()) {
      while (reader.nextKey()) {
        const member = this.named(inner);
        out.keyEscaped(reader.bytes(reader.keySpan));
        if (member == null) out.raw(reader.bytes(reader.skip()));
        else this.member(member, out);
      }
    }
    for (let i = 0; i < inner.length; i++) {
      if (inner[i].seen) continue;
      out.key(inner[i].name);
      write(inner[i], out);
    }
    out.endObject();
  }

  /** Writes the value of a member that is to be set, which the reader stands in front of. */
  private member(patch: Patch, out: JsonWriter): void {
    const reader = this.reader;
    const value = patch.value;
    const type = reader.peek();
    patch.seen = true;
    if (value == null && type == JsonType.Object) return this.object(patch, out);
    const own = reader.bytes(reader.skip());
    if (value == null || type == JsonType.Null) write(patch, out);
    else if (patch.isElement) putFirst(value, own, type == JsonType.String, out);
    else out.raw(patch.overwrites ? value : own);
  }

  private named(inner: Array<Patch>): Patch | null {
    for (let i = 0; i < inner.length; i++) {
      const patch = inner[i];
      if (this.reader.keyIs(patch.name) || (patch.alias.length > 0 && this.reader.keyIs(patch.alias))) return patch;
    }
    return null;
  }
}

/** A member's value where there was none. */
function write(patch: Patch, out: JsonWriter): void {
  const value = patch.value;
  if (value != null && patch.isElement) {
    out.beginArray();
    out.raw(value);
    return out.endArray();
  }
  if (value != null) return out.raw(value);
  out.beginObject();
  for (let i = 0; i < patch.inner.length; i++) {
    out.key(patch.inner[i].name);
    write(patch.inner[i], out);
  }
  out.endObject();
}

/** Writes an array of blocks, or the text that stands for one, behind a block of ours, unless that is in it. */
function putFirst(block: Bytes, own: Bytes, isText: bool, out: JsonWriter): void {
  if (own.indexOfBytes(block) >= 0) return out.raw(own);
  out.beginArray();
  out.raw(block);
  if (isText) {
    out.beginObject();
    out.key("type");
    out.asciiText("text");
    out.key("text");
    out.raw(own);
    out.endObject();
  } else if (own.length > 2) {
    // Without its brackets: its elements follow ours.
    const elements = own.slice(1, own.length - 1);
    if (hasElement(elements)) {
      out.byte(0x2c);
      out.bytes(elements);
    }
  }
  out.endArray();
}

function hasElement(bytes: Bytes): bool {
  for (let i = 0; i < bytes.length; i++) if (bytes.at(i) > 0x20) return true;
  return false;
}
