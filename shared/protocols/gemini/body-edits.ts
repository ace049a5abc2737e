/** A client's own body for Gemini itself: copied byte for byte but for a model's name that it repeats, and thoughts of another maker, which Gemini refuses. */
import { Bytes } from "../../bytes/bytes";
import { ABSENT, Span, spanLength, spanStart } from "../../bytes/span";
import { ByteWriter } from "../../bytes/writer";
import { JsonReader, JsonType } from "../../json/reader";
import { Conversation, Item, ItemKind, SpanList } from "../conversation";
import { Target } from "../protocol";
import { isMember } from "./names";
import { isForeign } from "./signatures";

/** Stands where a content had only thoughts that are left out: Gemini refuses empty ones. */
const NOTHING_SAID = '[{"text":"(nothing)"}]';
const MODELS = "models/";

/** Whether the client's own bytes will do. */
export function passesUnchanged(conversation: Conversation, target: Target): bool {
  return !hasForeignThoughts(conversation) && !(target.modelChanged && repeatsModel(conversation));
}

/** Writes the body for a target whose model has another name, or without thoughts that Gemini refuses. */
export function writeEdited(conversation: Conversation, target: Target, out: ByteWriter): void {
  EDITS.find(conversation.source.body, hasForeignThoughts(conversation));
  EDITS.write(target.modelChanged ? target.model : null, out);
}

/** Whether the body names the model that the path names: counting tokens and batches of embeddings do. */
export function repeatsModel(conversation: Conversation): bool {
  EDITS.find(conversation.source.body, false);
  const repeats = EDITS.models.length > 0;
  EDITS.release();
  return repeats;
}

/** Writes the body with another model (escaped) wherever it names one. */
export function writeModels(conversation: Conversation, model: Bytes, out: ByteWriter): void {
  EDITS.find(conversation.source.body, false);
  EDITS.write(model, out);
}

function hasForeignThoughts(conversation: Conversation): bool {
  for (let i = 0; i < conversation.itemCount; i++) if (isForeignThought(conversation.item(i), conversation)) return true;
  return false;
}

function isForeignThought(item: Item, conversation: Conversation): bool {
  if (item.kind != ItemKind.Thinking && item.kind != ItemKind.RedactedThinking) return false;
  return conversation.source.is(item.name, "anthropic");
}

/** What is to be replaced in a body. A body that is no JSON has none of it. */
@final
class Edits {
  readonly models: SpanList = new SpanList();
  /** Arrays of parts of which some are left out. */
  private readonly parts: SpanList = new SpanList();
  private body: Bytes = new Bytes();
  private readonly json: JsonReader = new JsonReader();
  private readonly inner: JsonReader = new JsonReader();
  private readonly part: JsonReader = new JsonReader();
  private readonly view: Bytes = new Bytes();
  private findsThoughts: bool = false;

  find(body: Bytes, findsThoughts: bool): void {
    this.body = body;
    this.models.clear();
    this.parts.clear();
    this.findsThoughts = findsThoughts;
    const json = this.json.start(body);
    this.readRequest(1);
    if (json.finish()) return;
    this.models.clear();
    this.parts.clear();
  }

  /** Copies the body with what was found in its place. `model` is escaped; null: it stays. */
  write(model: Bytes | null, out: ByteWriter): void {
    const body = this.body;
    let at = body.start;
    let nextModel = 0;
    let nextParts = 0;
    const modelCount = model == null ? 0 : this.models.length;
    while (nextModel < modelCount || nextParts < this.parts.length) {
      const name = nextModel < modelCount ? this.models.at(nextModel) : ABSENT;
      const parts = this.parts.at(nextParts);
      const takesModel = parts == ABSENT || (name != ABSENT && spanStart(name) < spanStart(parts));
      const edit = takesModel ? name : parts;
      out.range(body.buffer, at, spanStart(edit) - at);
      at = spanStart(edit) + spanLength(edit);
      if (takesModel) {
        nextModel++;
        if (model != null) writeModel(model, out);
      } else {
        nextParts++;
        this.writeOwn(parts, out);
      }
    }
    out.range(body.buffer, at, body.start + body.length - at);
    this.release();
  }

  release(): void {
    this.json.release();
    this.inner.release();
    this.part.release();
    this.body = new Bytes();
  }

  /** Reads a request, which may hold others so deep. */
  private readRequest(depth: i32): void {
    const json = this.json;
    if (!json.enterObject()) return;
    while (json.nextKey()) {
      if (json.keyIs("model") && json.peek() == JsonType.String) this.models.add(json.skip());
      else if (depth > 0 && isMember(json, "generateContentRequest", "generate_content_request")) this.readRequest(depth - 1);
      else if (depth > 0 && json.keyIs("requests") && json.enterArray()) while (json.nextElement()) this.readRequest(depth - 1);
      else if (this.findsThoughts && json.keyIs("contents")) this.readContents();
    }
  }

  private readContents(): void {
    const json = this.json;
    if (json.enterArray()) while (json.nextElement()) this.readContent();
    else this.readContent();
  }

  private readContent(): void {
    const json = this.json;
    if (!json.enterObject()) return;
    while (json.nextKey()) {
      if (!json.keyIs("parts")) continue;
      const parts = json.skip();
      if (this.hasForeign(parts)) this.parts.add(parts);
    }
  }

  private bytes(s: Span): Bytes {
    return new Bytes(this.body.buffer, spanStart(s), spanLength(s));
  }

  private hasForeign(parts: Span): bool {
    const inner = this.inner.start(this.bytes(parts));
    if (!inner.enterArray()) return this.isForeignPart(this.bytes(parts));
    let found = false;
    while (inner.nextElement()) if (this.isForeignPart(inner.bytes(inner.skip()))) found = true;
    return found;
  }

  private writeOwn(parts: Span, out: ByteWriter): void {
    const inner = this.inner.start(this.bytes(parts));
    let count = 0;
    if (inner.enterArray()) {
      while (inner.nextElement()) {
        const part = inner.bytes(inner.skip());
        if (this.isForeignPart(part)) continue;
        out.byte(count++ == 0 ? 0x5b : 0x2c);
        out.bytes(part);
      }
    }
    if (count > 0) out.byte(0x5d);
    else out.ascii(NOTHING_SAID);
  }

  private isForeignPart(json: Bytes): bool {
    const part = this.part.start(json);
    if (!part.enterObject()) return false;
    let found = false;
    while (part.nextKey()) {
      if (isMember(part, "thoughtSignature", "thought_signature")) found = isForeign(part.point(part.string(), this.view));
    }
    return found;
  }
}

const EDITS = new Edits();

/** A model's name with its resource's prefix, as bodies have it. */
function writeModel(model: Bytes, out: ByteWriter): void {
  out.byte(0x22);
  if (!model.startsWith(MODELS) && !model.startsWith("tunedModels/")) out.ascii(MODELS);
  out.bytes(model);
  out.byte(0x22);
}
