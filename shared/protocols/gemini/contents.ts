/** The turns of a conversation: `systemInstruction` and `contents` (https://ai.google.dev/api/caching#Content). */
import { Bytes } from "../../bytes/bytes";
import { ABSENT, Source, spanLength } from "../../bytes/span";
import { ByteWriter } from "../../bytes/writer";
import { isJson } from "../../json/find";
import { JsonType } from "../../json/reader";
import { unescape } from "../../json/unescape";
import { JsonWriter } from "../../json/writer";
import { writeArguments } from "../arguments";
import { Conversation, Item, ItemKind, Role } from "../conversation";
import { CALLS } from "../calls";
import { writeMedia } from "./media";
import { Model } from "./models";

/** Stands where a call of Gemini 3 lost its signature, or never had one, as another model made it: https://ai.google.dev/gemini-api/docs/thought-signatures#faqs */
const NO_SIGNATURE = "skip_thought_signature_validator";

export function isSystem(role: Role): bool {
  return role == Role.System || role == Role.Developer;
}

/** Whether an item leaves something in the request: Gemini refuses empty texts. */
export function hasContent(item: Item, source: Source): bool {
  switch (item.kind) {
    case ItemKind.Text:
    case ItemKind.Refusal:
      return spanLength(item.text) > 0;
    case ItemKind.Thinking:
      return spanLength(item.text) > 0 || isOurs(item, source);
    case ItemKind.Image:
    case ItemKind.Audio:
    case ItemKind.Document:
    case ItemKind.ToolCall:
    case ItemKind.ToolResult:
      return true;
    default:
      return false;
  }
}

/** Writes what system and developer say, in order, wherever it stands. Gemini has one place for it, before all turns. */
export function writeSystem(conversation: Conversation, out: JsonWriter): void {
  let role = Role.User;
  let begun = false;
  for (let i = 0; i < conversation.itemCount; i++) {
    const item = conversation.item(i);
    if (item.kind == ItemKind.Turn) role = item.role;
    if (item.kind != ItemKind.Text || !isSystem(role) || !hasContent(item, conversation.source)) continue;
    if (!begun) {
      begun = true;
      out.key("systemInstruction");
      out.beginObject();
      out.key("parts");
      out.beginArray();
    }
    writeText(item, conversation.source, out);
  }
  if (!begun) return;
  out.endArray();
  out.endObject();
}

/** Whose content is open. */
enum Side {
  None,
  User,
  Model,
}

/** Writes the array of contents. Turns of one side that follow each other become one, so that the results of parallel calls stand together, as Gemini wants them. */
@final
export class ContentsWriter {
  private side: Side = Side.None;
  /** Whether the open content has a function call: only the first one has to be signed. */
  private hasCall: bool = false;
  /** Whether calls and results have ids. */
  private hasIds: bool = true;
  private readonly view: Bytes = new Bytes();
  private readonly text: ByteWriter = new ByteWriter(0);

  write(conversation: Conversation, model: Model, hasIds: bool, out: JsonWriter): void {
    this.hasIds = hasIds;
    this.side = Side.None;
    CALLS.begin(conversation);
    out.beginArray();
    let role = Role.User;
    for (let i = 0; i < conversation.itemCount; i++) {
      const item = conversation.item(i);
      if (item.kind == ItemKind.Turn) role = item.role;
      else if (item.kind == ItemKind.ToolResult) i = this.writeResult(conversation, i, model, out);
      else if (!isSystem(role) && hasContent(item, conversation.source)) {
        this.open(role == Role.Assistant ? Side.Model : Side.User, out);
        if (item.kind == ItemKind.ToolCall) {
          CALLS.add(conversation, i);
          this.writeCall(item, conversation.source, model, out);
        } else this.writeItem(item, conversation.source, out);
      }
    }
    this.close(out);
    out.endArray();
    this.text.clear();
  }

  private open(side: Side, out: JsonWriter): void {
    if (this.side == side) return;
    this.close(out);
    this.side = side;
    this.hasCall = false;
    out.beginObject();
    out.key("role");
    out.asciiText(side == Side.Model ? "model" : "user");
    out.key("parts");
    out.beginArray();
  }

  private close(out: JsonWriter): void {
    if (this.side == Side.None) return;
    this.side = Side.None;
    out.endArray();
    out.endObject();
  }

  private writeItem(item: Item, source: Source, out: JsonWriter): void {
    if (item.kind == ItemKind.Thinking) writeThought(item, source, out);
    else if (item.kind == ItemKind.Text || item.kind == ItemKind.Refusal) writeText(item, source, out);
    else writeMedia(item, source, out);
  }

  private writeCall(item: Item, source: Source, model: Model, out: JsonWriter): void {
    out.beginObject();
    out.key("functionCall");
    out.beginObject();
    if (this.hasIds) writeId(item, source, out);
    out.key("name");
    out.escapedFrom(source, item.name);
    out.key("args");
    writeArguments(source, item, out);
    out.endObject();
    if (spanLength(item.signature) > 0) {
      out.key("thoughtSignature");
      out.escapedFrom(source, item.signature);
    } else if (model.isGemini3 && !this.hasCall) {
      out.key("thoughtSignature");
      out.asciiText(NO_SIGNATURE);
    }
    this.hasCall = true;
    out.endObject();
  }

  /** Writes the result at `index`; the index of its last item. */
  private writeResult(conversation: Conversation, index: i32, model: Model, out: JsonWriter): i32 {
    const source = conversation.source;
    const result = conversation.item(index);
    const end = endOfResult(conversation, index);
    this.open(Side.User, out);
    out.beginObject();
    out.key("functionResponse");
    out.beginObject();
    if (this.hasIds) writeId(result, source, out);
    out.key("name");
    out.escapedFrom(source, CALLS.nameFor(conversation, index));
    out.key("response");
    this.writeResponse(conversation, index, end, out);
    if (model.isGemini3) writeResponseParts(conversation, index, end, out);
    out.endObject();
    out.endObject();
    // What a response can't hold follows it in the same turn.
    for (let i = index + 1; i < end; i++) {
      const item = conversation.item(i);
      if (isMedia(item) && !(model.isGemini3 && item.data != ABSENT)) writeMedia(item, source, out);
    }
    return end < conversation.itemCount && conversation.item(end).kind == ItemKind.ToolResultEnd ? end : end - 1;
  }

  /** A result that is a JSON object is the response; any other text is its `result` (of several texts: a list), or its `error`. */
  private writeResponse(conversation: Conversation, index: i32, end: i32, out: JsonWriter): void {
    const source = conversation.source;
    const isError = conversation.item(index).isError;
    let texts = 0;
    let only = NO_ITEM;
    for (let i = index + 1; i < end; i++) {
      const item = conversation.item(i);
      if (item.kind != ItemKind.Text) continue;
      texts++;
      only = item;
    }
    if (texts == 1 && !isError && this.isObject(only, source)) return out.raw(this.text.pointAt(this.view));
    out.beginObject();
    out.key(isError ? "error" : "result");
    if (texts > 1) out.beginArray();
    for (let i = index + 1; i < end; i++)
      if (conversation.item(i).kind == ItemKind.Text) out.escapedFrom(source, conversation.item(i).text);
    if (texts > 1) out.endArray();
    if (texts == 0) out.asciiText("");
    out.endObject();
  }

  /** Whether a text is a JSON object, which then is in `text`. */
  private isObject(item: Item, source: Source): bool {
    const content = source.point(item.text, this.view);
    const first = content.at(0);
    // White space, or an escape that may stand for it.
    if (first != 0x7b && first != 0x5c && first != 0x20) return false;
    this.text.clear();
    unescape(content, this.text);
    return isJson(this.text.pointAt(this.view), JsonType.Object);
  }
}

const NO_ITEM = new Item();

/** The index of the item behind a result's content. */
function endOfResult(conversation: Conversation, index: i32): i32 {
  for (index++; index < conversation.itemCount; index++) {
    const kind = conversation.item(index).kind;
    if (kind == ItemKind.ToolResultEnd || kind == ItemKind.Turn || kind == ItemKind.ToolResult) break;
  }
  return index;
}

function isMedia(item: Item): bool {
  return item.kind == ItemKind.Image || item.kind == ItemKind.Audio || item.kind == ItemKind.Document;
}

/** Media that a tool has returned, as Gemini 3 takes them: https://ai.google.dev/gemini-api/docs/function-calling#multimodal */
function writeResponseParts(conversation: Conversation, index: i32, end: i32, out: JsonWriter): void {
  let begun = false;
  for (let i = index + 1; i < end; i++) {
    const item = conversation.item(i);
    if (!isMedia(item) || item.data == ABSENT) continue;
    if (!begun) {
      begun = true;
      out.key("parts");
      out.beginArray();
    }
    writeMedia(item, conversation.source, out);
  }
  if (begun) out.endArray();
}

function writeId(item: Item, source: Source, out: JsonWriter): void {
  if (spanLength(item.id) == 0) return;
  out.key("id");
  out.escapedFrom(source, item.id);
}

function writeText(item: Item, source: Source, out: JsonWriter): void {
  out.beginObject();
  out.key("text");
  out.escapedFrom(source, item.text);
  out.endObject();
}

/** A thought that was told, with its signature; a signature without a thought is that of the text before it. */
function writeThought(item: Item, source: Source, out: JsonWriter): void {
  out.beginObject();
  out.key("text");
  out.escapedFrom(source, item.text);
  if (spanLength(item.text) > 0) {
    out.key("thought");
    out.boolean(true);
  }
  if (isOurs(item, source)) {
    out.key("thoughtSignature");
    out.escapedFrom(source, item.signature);
  }
  out.endObject();
}

/** Whether a thought carries a signature that Gemini made: it refuses another's. */
function isOurs(thought: Item, source: Source): bool {
  return spanLength(thought.signature) > 0 && source.is(thought.name, "gemini");
}
