/** Reads content blocks: https://docs.anthropic.com/en/api/messages#body-messages-content */
import { Bytes, NO_BUFFER } from "../../bytes/bytes";
import { ABSENT, Source, Span, span, spanLength, spanStart } from "../../bytes/span";
import { findIn } from "../../json/find";
import { JsonReader, JsonType } from "../../json/reader";
import { Choice, Conversation, Item, ItemKind, ValueForm } from "../conversation";
import { VIEW, choiceOf, optionalTextOf, textOf, wordOf } from "../values";
import { MessagesComplaint } from "./complaint";
import { namesOthers } from "./citations";
import { addOther } from "./others";
import { pickMarked } from "./signatures";
import { SourceReader } from "./source-reader";

/** A block's members, in whatever order they come; then the items that they make. */
@final
export class BlockReader {
  /** For the content of results, which is read once it is known to be that. */
  private readonly nested: JsonReader = new JsonReader();
  private readonly view: Bytes = new Bytes();
  private readonly media: SourceReader = new SourceReader();
  private isInResult: bool = false;
  /** A call's own signature, which came in front of it in a block of thinking (`signatures.ts`). */
  private callSignature: Span = ABSENT;

  private kind: ItemKind = ItemKind.Unknown;
  private hasType: bool = false;
  private text: Span = ABSENT;
  private thinking: Span = ABSENT;
  private signature: Span = ABSENT;
  private data: Span = ABSENT;
  private id: Span = ABSENT;
  private toolUseId: Span = ABSENT;
  private name: Span = ABSENT;
  private input: Span = ABSENT;
  private inputForm: ValueForm = ValueForm.Json;
  private content: Span = ABSENT;
  private contentText: Span = ABSENT;
  private contentIsWrong: bool = false;
  private isError: bool = false;
  private title: Span = ABSENT;
  private context: Span = ABSENT;
  private citations: Span = ABSENT;
  private cacheControl: Span = ABSENT;

  /** Reads the next value, an array of blocks. */
  read(json: JsonReader, conversation: Conversation, complaint: MessagesComplaint): void {
    this.isInResult = false;
    this.callSignature = ABSENT;
    if (!json.enterArray()) return;
    let index = 0;
    while (json.nextElement()) {
      complaint.blockIndex = index++;
      this.readBlock(json, conversation, complaint);
      if (complaint.failure != null) return;
    }
    complaint.blockIndex = -1;
  }

  /** Lets go of the request that was read. */
  release(): void {
    this.nested.release();
    this.view.set(NO_BUFFER, 0, 0);
  }

  private readBlock(json: JsonReader, conversation: Conversation, complaint: MessagesComplaint): void {
    const from = json.offset;
    if (!json.enterObject()) return complaint.wrongType("", json, "a block");
    this.clear();
    while (json.nextKey()) {
      this.readMember(json, complaint);
      if (complaint.failure != null) return;
    }
    if (json.failed) return;
    if (!this.hasType) return complaint.missing("type", json, "the kind of the block");
    this.addItems(json, json.spanSince(from), conversation, complaint);
  }

  private clear(): void {
    this.kind = ItemKind.Unknown;
    this.hasType = this.isError = this.contentIsWrong = false;
    this.text = this.thinking = this.signature = this.data = this.id = this.toolUseId = this.name = ABSENT;
    this.input = this.content = this.contentText = this.title = this.context = this.citations = this.cacheControl = ABSENT;
    this.media.clear();
  }

  /** Blocks that only Anthropic knows may give other types to the names of others (`source`, `content`, `input`): what a type wants is asked once it is known. */
  private readMember(json: JsonReader, complaint: MessagesComplaint): void {
    if (json.keyIs("type")) {
      const type = textOf(json, "type", complaint);
      if (type == ABSENT) return;
      this.hasType = true;
      this.kind = kindOf(wordOf(json, type, VIEW), this.isInResult);
    } else if (json.keyIs("text")) this.text = textOf(json, "text", complaint);
    else if (json.nothing()) return;
    else if (json.keyIs("source")) this.media.read(json, complaint);
    else if (json.keyIs("id")) this.id = textOf(json, "id", complaint);
    else if (json.keyIs("name")) this.name = textOf(json, "name", complaint);
    else if (json.keyIs("input")) this.readInput(json);
    else if (json.keyIs("tool_use_id")) this.toolUseId = textOf(json, "tool_use_id", complaint);
    else if (json.keyIs("content")) this.readContent(json);
    else if (json.keyIs("is_error")) this.isError = choiceOf(json, "is_error", complaint) == Choice.Yes;
    else if (json.keyIs("thinking")) this.thinking = textOf(json, "thinking", complaint);
    else if (json.keyIs("signature")) this.signature = textOf(json, "signature", complaint);
    else if (json.keyIs("data")) this.data = textOf(json, "data", complaint);
    else if (json.keyIs("cache_control")) this.cacheControl = json.skip();
    else if (json.keyIs("title")) this.title = optionalTextOf(json, "title", complaint);
    else if (json.keyIs("context")) this.context = json.skip();
    else if (json.keyIs("citations")) this.citations = json.skip();
  }

  /** An object; a string is what our own writer makes of arguments that are no JSON object. */
  private readInput(json: JsonReader): void {
    const text = json.string();
    this.inputForm = text != ABSENT ? ValueForm.EscapedJson : ValueForm.Json;
    if (text != ABSENT) this.input = text;
    else if (json.peek() == JsonType.Object) this.input = json.skip();
  }

  private readContent(json: JsonReader): void {
    this.contentText = json.string();
    if (this.contentText != ABSENT) return;
    this.contentIsWrong = json.peek() != JsonType.Array;
    this.content = json.skip();
  }

  private addItems(json: JsonReader, whole: Span, conversation: Conversation, complaint: MessagesComplaint): void {
    if (this.kind == ItemKind.ToolResult) return this.addResult(json, whole, conversation, complaint);
    const item = conversation.add(this.kind);
    if (this.kind == ItemKind.Text && spanLength(this.citations) > 2 && namesOthers(json.bytes(this.citations)))
      conversation.repeatsCitations = true;
    item.whole = whole;
    item.cacheControl = this.cacheControl;
    switch (this.kind) {
      case ItemKind.Text:
        item.text = this.text;
        if (this.text == ABSENT) complaint.missing("text", json, "a string");
        break;
      case ItemKind.Image:
        this.media.fillImage(item, json, complaint);
        break;
      case ItemKind.Document:
        this.fillDocument(item, json, conversation, complaint);
        break;
      case ItemKind.ToolCall:
        this.fillCall(item, json, complaint);
        break;
      case ItemKind.Thinking:
        item.text = this.thinking;
        item.signature = pickMarked(this.signature, item, conversation.source);
        if (this.thinking == ABSENT) complaint.missing("thinking", json, "a string");
        if (conversation.source.is(item.name, "gemini-call")) this.callSignature = item.signature;
        break;
      case ItemKind.RedactedThinking:
        item.data = pickMarked(this.data, item, conversation.source);
        if (this.data == ABSENT) complaint.missing("data", json, "a string");
        break;
      default:
        break;
    }
  }

  private fillCall(item: Item, json: JsonReader, complaint: MessagesComplaint): void {
    item.id = this.id;
    item.name = this.name;
    item.value = this.input;
    item.valueForm = this.inputForm;
    item.signature = this.callSignature;
    this.callSignature = ABSENT;
    if (spanLength(this.id) == 0) complaint.missing("id", json, "the call's id");
    else if (spanLength(this.name) == 0) complaint.missing("name", json, "the tool's name");
    else if (this.input == ABSENT) complaint.missing("input", json, "an object");
  }

  /** What changes how a document is read and has no place elsewhere is kept by its path. */
  private fillDocument(item: Item, json: JsonReader, conversation: Conversation, complaint: MessagesComplaint): void {
    item.name = this.title;
    this.media.fillDocument(item, json, complaint);
    const source = conversation.source;
    item.context = otherText(source, this.context);
    if (this.context != ABSENT) addOther(conversation, complaint.path("context"), this.context);
    if (this.citations == ABSENT || !isEnabled(source, this.citations)) return;
    item.isCited = conversation.cites = true;
    addOther(conversation, complaint.path("citations"), this.citations);
  }

  private addResult(json: JsonReader, whole: Span, conversation: Conversation, complaint: MessagesComplaint): void {
    const result = conversation.add(ItemKind.ToolResult);
    result.whole = whole;
    result.id = this.toolUseId;
    result.isError = this.isError;
    result.cacheControl = this.cacheControl;
    if (spanLength(this.toolUseId) == 0) return complaint.missing("tool_use_id", json, "the id of the call that this answers");
    if (this.contentIsWrong) return complaint.say("content", "is neither a string nor an array of blocks");
    if (this.contentText != ABSENT) conversation.add(ItemKind.Text).text = this.contentText;
    else if (this.content != ABSENT) this.readInside(json, this.content, conversation, complaint);
    if (complaint.failure == null) conversation.add(ItemKind.ToolResultEnd);
  }

  private readInside(json: JsonReader, content: Span, conversation: Conversation, complaint: MessagesComplaint): void {
    const inside = this.nested.start(json.point(content, this.view));
    this.isInResult = true;
    inside.enterArray();
    let index = 0;
    while (inside.nextElement()) {
      complaint.innerIndex = index++;
      this.readBlock(inside, conversation, complaint);
      if (complaint.failure != null) return;
    }
    complaint.innerIndex = -1;
    this.isInResult = false;
  }
}

/** The content of a string, `ABSENT` of any other value. */
function otherText(source: Source, json: Span): Span {
  return spanLength(json) > 2 && source.bytes(json).at(0) == 0x22 ? span(spanStart(json) + 1, spanLength(json) - 2) : ABSENT;
}

function isEnabled(source: Source, citations: Span): bool {
  const json = source.bytes(citations);
  const enabled = findIn(json, "enabled");
  return enabled != ABSENT && source.is(enabled, "true");
}

/** A result holds no calls, results or thinking. */
function kindOf(type: Bytes, isInResult: bool): ItemKind {
  if (type.is("text")) return ItemKind.Text;
  if (type.is("image")) return ItemKind.Image;
  if (type.is("document")) return ItemKind.Document;
  if (isInResult) return ItemKind.Unknown;
  if (type.is("tool_use")) return ItemKind.ToolCall;
  if (type.is("tool_result")) return ItemKind.ToolResult;
  if (type.is("thinking")) return ItemKind.Thinking;
  if (type.is("redacted_thinking")) return ItemKind.RedactedThinking;
  return ItemKind.Unknown;
}
