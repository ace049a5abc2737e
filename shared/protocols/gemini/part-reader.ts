/** Reads parts: https://ai.google.dev/api/caching#Part */
import { Bytes, NO_BUFFER } from "../../bytes/bytes";
import { ABSENT, Span, spanLength } from "../../bytes/span";
import { JsonReader, JsonType } from "../../json/reader";
import { Choice, Conversation, Item, ItemKind } from "../conversation";
import { choiceOf, textOf } from "../values";
import { ContentComplaint } from "./complaint";
import { isMember } from "./names";
import { writeCode } from "./code-text";
import { fillFile, fillInline } from "./media-reader";
import { OpenCalls } from "./open-calls";
import { PartKind } from "./part";
import { addResultContent } from "./result-reader";
import { pickSignature } from "./signatures";

/** What a part may hold, of which it holds one. */
const DATA = "text, inlineData, fileData, functionCall, functionResponse, executableCode and codeExecutionResult";

/** A part's members, in whatever order they come; then the items that they make. Null is a member that isn't there. */
@final
export class PartReader {
  private readonly calls: OpenCalls = new OpenCalls();
  /** For what a function's response holds, which is read once it is known to be that. */
  private readonly nested: JsonReader = new JsonReader();
  private readonly view: Bytes = new Bytes();
  private kind: PartKind = PartKind.Other;
  private hasTwo: bool = false;
  private isThought: bool = false;
  private text: Span = ABSENT;
  private signature: Span = ABSENT;
  private mimeType: Span = ABSENT;
  private data: Span = ABSENT;
  private uri: Span = ABSENT;
  private id: Span = ABSENT;
  private name: Span = ABSENT;
  /** A call's arguments, or a function's response. */
  private value: Span = ABSENT;
  private inside: Span = ABSENT;
  private language: Span = ABSENT;

  /** Another request begins. */
  begin(): void {
    this.calls.clear();
  }

  release(): void {
    this.nested.release();
    this.view.set(NO_BUFFER, 0, 0);
  }

  /** Reads the next value, a part. */
  read(json: JsonReader, conversation: Conversation, complaint: ContentComplaint): void {
    const from = json.offset;
    if (!this.readMembers(json, complaint)) return;
    const whole = json.spanSince(from);
    const item = this.addItem(json, whole, conversation, complaint);
    if (item != null) item.whole = whole;
  }

  private readMembers(json: JsonReader, complaint: ContentComplaint): bool {
    if (!json.enterObject()) {
      complaint.wrongType("", json, "a part");
      return false;
    }
    this.kind = PartKind.Other;
    this.hasTwo = this.isThought = false;
    this.text = this.signature = this.mimeType = this.data = this.uri = this.id = this.name = ABSENT;
    this.value = this.inside = this.language = ABSENT;
    while (json.nextKey()) {
      if (!json.nothing()) this.readMember(json, complaint);
      if (complaint.failure != null) return false;
    }
    if (this.hasTwo) complaint.say("", "holds more than one of " + DATA + ": make a part of each");
    return !json.failed && complaint.failure == null;
  }

  private readMember(json: JsonReader, complaint: ContentComplaint): void {
    if (json.keyIs("text")) {
      this.holds(PartKind.Text);
      this.text = textOf(json, "text", complaint);
    } else if (json.keyIs("thought")) this.isThought = choiceOf(json, "thought", complaint) == Choice.Yes;
    else if (isMember(json, "thoughtSignature", "thought_signature")) this.signature = textOf(json, "thoughtSignature", complaint);
    else if (isMember(json, "functionCall", "function_call")) this.readInner(PartKind.FunctionCall, "functionCall", json, complaint);
    else if (isMember(json, "functionResponse", "function_response"))
      this.readInner(PartKind.FunctionResponse, "functionResponse", json, complaint);
    else if (isMember(json, "inlineData", "inline_data")) this.readInner(PartKind.InlineData, "inlineData", json, complaint);
    else if (isMember(json, "fileData", "file_data")) this.readInner(PartKind.FileData, "fileData", json, complaint);
    else if (isMember(json, "executableCode", "executable_code")) this.readInner(PartKind.Code, "executableCode", json, complaint);
    else if (isMember(json, "codeExecutionResult", "code_execution_result"))
      this.readInner(PartKind.CodeResult, "codeExecutionResult", json, complaint);
  }

  private holds(kind: PartKind): void {
    if (this.kind != PartKind.Other) this.hasTwo = true;
    this.kind = kind;
  }

  /** Reads the object that tells what the part holds: their members' names don't clash. */
  private readInner(kind: PartKind, field: string, json: JsonReader, complaint: ContentComplaint): void {
    this.holds(kind);
    if (!json.enterObject()) return complaint.wrongType(field, json, "an object");
    while (json.nextKey()) {
      if (json.nothing()) continue;
      if (json.keyIs("id")) this.id = textOf(json, field + ".id", complaint);
      else if (json.keyIs("name")) this.name = textOf(json, field + ".name", complaint);
      else if (json.keyIs("args")) this.value = objectOf(json, field + ".args", complaint);
      else if (json.keyIs("response")) this.value = objectOf(json, field + ".response", complaint);
      else if (json.keyIs("parts") && kind == PartKind.FunctionResponse) this.inside = arrayOf(json, field + ".parts", complaint);
      else if (isMember(json, "mimeType", "mime_type")) this.mimeType = textOf(json, field + ".mimeType", complaint);
      else if (json.keyIs("data")) this.data = textOf(json, field + ".data", complaint);
      else if (isMember(json, "fileUri", "file_uri")) this.uri = textOf(json, field + ".fileUri", complaint);
      else if (json.keyIs("language")) this.language = textOf(json, field + ".language", complaint);
      else if (json.keyIs("code")) this.text = textOf(json, field + ".code", complaint);
      else if (json.keyIs("output")) this.text = textOf(json, field + ".output", complaint);
      if (complaint.failure != null) return;
    }
  }

  /** The item that the part is; null where it is several, or none. */
  private addItem(json: JsonReader, whole: Span, conversation: Conversation, complaint: ContentComplaint): Item | null {
    switch (this.kind) {
      case PartKind.Text:
        return this.isThought ? this.addThought(conversation) : this.addText(conversation);
      case PartKind.FunctionCall:
        return this.addCall(json, conversation, complaint);
      case PartKind.FunctionResponse:
        this.addResponse(json, whole, conversation, complaint);
        return null;
      case PartKind.InlineData:
        if (this.mimeType == ABSENT) complaint.missing("inlineData.mimeType", json, "a media type");
        else if (this.data == ABSENT) complaint.missing("inlineData.data", json, "the data in base64");
        return this.addMedia(conversation);
      case PartKind.FileData:
        if (this.uri == ABSENT) complaint.missing("fileData.fileUri", json, "a URI");
        return this.addMedia(conversation);
      case PartKind.Code:
      case PartKind.CodeResult:
        const text = conversation.add(ItemKind.Text);
        text.text = writeCode(conversation.source, this.text, this.language, this.kind == PartKind.Code);
        return text;
      default:
        // A signature alone stands behind a stream's last text; what else is nothing known only Gemini can tell.
        if (this.signature != ABSENT) return this.addThought(conversation);
        return conversation.add(ItemKind.Unknown);
    }
  }

  private addText(conversation: Conversation): Item | null {
    let item: Item | null = null;
    if (spanLength(this.text) > 0) {
      item = conversation.add(ItemKind.Text);
      item.text = this.text;
    }
    // As Gemini's writer has it: a signature without a thought is that of the text before it.
    if (spanLength(this.signature) > 0) pickSignature(this.signature, conversation.add(ItemKind.Thinking), conversation.source);
    return item;
  }

  /** A stream's thoughts come back in the pieces that they came in: one thought, up to its signature. */
  private addThought(conversation: Conversation): Item | null {
    const source = conversation.source;
    const last = conversation.item(conversation.itemCount - 1);
    let thought = last;
    if (last.kind == ItemKind.Thinking && last.signature == ABSENT && last.text != ABSENT) {
      if (spanLength(this.text) > 0) last.text = source.join(last.text, this.text);
    } else {
      thought = conversation.add(ItemKind.Thinking);
      thought.text = this.text;
    }
    if (spanLength(this.signature) > 0) pickSignature(this.signature, thought, source);
    return thought == last ? null : thought;
  }

  private addCall(json: JsonReader, conversation: Conversation, complaint: ContentComplaint): Item {
    const call = conversation.add(ItemKind.ToolCall);
    call.name = this.name;
    call.value = this.value;
    call.id = this.id;
    call.signature = this.signature;
    if (spanLength(this.name) == 0) complaint.missing("functionCall.name", json, "the function's name");
    this.calls.add(conversation, conversation.itemCount - 1);
    return call;
  }

  private addMedia(conversation: Conversation): Item {
    const item = conversation.add(ItemKind.Unknown);
    if (this.kind == PartKind.InlineData) fillInline(item, this.mimeType, this.data, conversation.source);
    else fillFile(item, this.mimeType, this.uri, conversation.source);
    return item;
  }

  private addResponse(json: JsonReader, whole: Span, conversation: Conversation, complaint: ContentComplaint): void {
    const result = conversation.add(ItemKind.ToolResult);
    result.whole = whole;
    result.name = this.name;
    result.id = this.id;
    if (spanLength(this.name) == 0) return complaint.missing("functionResponse.name", json, "the function's name");
    this.calls.answer(conversation, result);
    addResultContent(result, this.value, conversation);
    if (this.inside != ABSENT) this.readInside(json, this.inside, conversation, complaint);
    if (complaint.failure == null) conversation.add(ItemKind.ToolResultEnd);
  }

  /** Media beside a function's response: https://ai.google.dev/gemini-api/docs/function-calling#multimodal */
  private readInside(json: JsonReader, parts: Span, conversation: Conversation, complaint: ContentComplaint): void {
    const inside = this.nested.start(json.point(parts, this.view));
    inside.enterArray();
    for (let i = 0; inside.nextElement(); i++) {
      complaint.innerIndex = i;
      if (!this.readMembers(inside, complaint)) return;
      if (this.kind == PartKind.InlineData || this.kind == PartKind.FileData) this.addMedia(conversation);
      else if (this.kind == PartKind.Text) this.addText(conversation);
      else conversation.add(ItemKind.Unknown);
    }
    complaint.innerIndex = -1;
  }
}

function objectOf(json: JsonReader, field: string, complaint: ContentComplaint): Span {
  if (json.peek() == JsonType.Object) return json.skip();
  complaint.wrongType(field, json, "an object");
  return ABSENT;
}

function arrayOf(json: JsonReader, field: string, complaint: ContentComplaint): Span {
  if (json.peek() == JsonType.Array) return json.skip();
  complaint.wrongType(field, json, "an array of parts");
  return ABSENT;
}
