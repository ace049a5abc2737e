/**
 * Reads `input`: a text, or a list of messages, calls, their outputs and reasoning. An assistant's turn is several of them here: reasoning, messages and calls that follow each other are one turn, as other
 * protocols have it.
 */
import { Bytes, NO_BUFFER } from "../../bytes/bytes";
import { ABSENT, Span, spanLength } from "../../bytes/span";
import { JsonReader, JsonType } from "../../json/reader";
import { Conversation, Item, ItemKind, Role, ValueForm } from "../conversation";
import { ResponsesComplaint } from "./complaint";
import { InputKind, ItemMembers } from "./item-members";
import { PartReader } from "./part-reader";
import { Maker, makerIn, unmarked } from "./signatures";

@final
export class InputReader {
  /** Whether the input that was read last says anything. */
  hasItems: bool = false;
  private readonly members: ItemMembers = new ItemMembers();
  private readonly parts: PartReader = new PartReader();
  /** For values that were passed over and are read once the item's type is known. */
  private readonly nested: JsonReader = new JsonReader();
  private readonly view: Bytes = new Bytes();
  private turn: Item | null = null;
  /** What the assistant's open turn holds so far. */
  private hasText: bool = false;
  private hasCall: bool = false;
  /** Gemini's signature of the next call, which came in front of it. */
  private callSignature: Span = ABSENT;

  /** Reads the next value, a string or an array. */
  read(json: JsonReader, conversation: Conversation, complaint: ResponsesComplaint): void {
    this.turn = null;
    this.callSignature = ABSENT;
    this.hasItems = false;
    const text = json.string();
    if (text != ABSENT) {
      conversation.addTurn(Role.User);
      conversation.add(ItemKind.Text).text = text;
      this.hasItems = true;
    } else if (json.enterArray()) {
      let index = 0;
      while (json.nextElement()) {
        this.hasItems = true;
        complaint.inputIndex = conversation.place = index++;
        this.readItem(json, conversation, complaint);
        if (complaint.failure != null) return;
      }
      complaint.inputIndex = conversation.place = -1;
    }
  }

  /** Lets go of the request that was read. */
  release(): void {
    this.nested.release();
    this.parts.release();
    this.view.set(NO_BUFFER, 0, 0);
    this.turn = null;
  }

  private readItem(json: JsonReader, conversation: Conversation, complaint: ResponsesComplaint): void {
    const members = this.members;
    const from = json.offset;
    if (!json.enterObject()) return complaint.wrongType("", json, "an item");
    members.clear();
    let turn: Item | null = null;
    while (json.nextKey()) {
      if (json.keyIs("content")) {
        if (!members.isFirstContent()) return complaint.duplicate("content");
        members.text = json.string();
        if (members.text != ABSENT) continue;
        if (json.peek() != JsonType.Array) members.contentIsWrong = !json.nothing();
        else if (members.isMessageSoFar) {
          turn = this.open(members.role, conversation);
          this.parts.read(json, "content", conversation, complaint);
        } else members.contentJson = json.skip();
      } else members.read(json, conversation.source, complaint);
      if (complaint.failure != null) return;
    }
    if (json.failed) return;
    const whole = json.spanSince(from);
    if (turn == null) return this.add(json, whole, conversation, complaint);
    turn.whole = whole;
    if (members.kind != InputKind.Message) complaint.say("role", "stands in an item that is no message");
  }

  private add(json: JsonReader, whole: Span, conversation: Conversation, complaint: ResponsesComplaint): void {
    const members = this.members;
    switch (members.kind) {
      case InputKind.Message:
        // OpenAI's libraries write a reference without a type, too.
        if (!members.hasRole && members.type == ABSENT && members.id != ABSENT && !members.hasContent)
          return this.addOther(whole, conversation);
        members.check(json, complaint);
        if (complaint.failure == null) this.addMessage(json, whole, conversation, complaint);
        break;
      case InputKind.FunctionCall:
        this.addCall(json, whole, conversation, complaint);
        break;
      case InputKind.FunctionCallOutput:
        this.addOutput(json, whole, conversation, complaint);
        break;
      case InputKind.Reasoning:
        this.addReasoning(json, whole, conversation);
        break;
      default:
        this.addOther(whole, conversation);
        break;
    }
  }

  private addMessage(json: JsonReader, whole: Span, conversation: Conversation, complaint: ResponsesComplaint): void {
    const members = this.members;
    const isAssistant = members.role == Role.Assistant;
    const turn = isAssistant ? this.assistant(conversation, this.hasText && !this.hasCall) : this.open(members.role, conversation);
    if (turn.whole == ABSENT) turn.whole = whole;
    if (isAssistant) this.hasText = true;
    if (members.text != ABSENT) {
      if (spanLength(members.text) > 0) conversation.add(ItemKind.Text).text = members.text;
    } else this.parts.read(this.inside(json, members.contentJson), "content", conversation, complaint);
  }

  private addCall(json: JsonReader, whole: Span, conversation: Conversation, complaint: ResponsesComplaint): void {
    const members = this.members;
    this.assistant(conversation, false);
    this.hasCall = true;
    const call = conversation.add(ItemKind.ToolCall);
    call.whole = whole;
    call.id = members.callId;
    call.name = members.name;
    call.value = members.arguments;
    call.valueForm = ValueForm.EscapedJson;
    call.signature = this.callSignature;
    this.callSignature = ABSENT;
    if (spanLength(call.id) == 0) complaint.missing("call_id", json, "the call's id");
    else if (spanLength(call.name) == 0) complaint.missing("name", json, "the function's name");
    else if (call.value == ABSENT) complaint.say("arguments", "is no string, expected one that contains a JSON object");
  }

  private addOutput(json: JsonReader, whole: Span, conversation: Conversation, complaint: ResponsesComplaint): void {
    const members = this.members;
    this.open(Role.Tool, conversation).whole = whole;
    const result = conversation.add(ItemKind.ToolResult);
    result.whole = whole;
    result.id = members.callId;
    if (spanLength(result.id) == 0) return complaint.missing("call_id", json, "the id of the call that this answers");
    if (members.outputText != ABSENT) {
      if (spanLength(members.outputText) > 0) conversation.add(ItemKind.Text).text = members.outputText;
    } else if (members.outputJson != ABSENT) this.parts.read(this.inside(json, members.outputJson), "output", conversation, complaint);
    else complaint.say("output", "is neither a string nor an array of parts");
    conversation.add(ItemKind.ToolResultEnd);
  }

  /** Thinking, by whoever made it: what is opaque in it goes back to its maker alone. */
  private addReasoning(json: JsonReader, whole: Span, conversation: Conversation): void {
    const members = this.members;
    const encrypted = members.encrypted;
    const maker = spanLength(encrypted) > 0 ? makerIn(conversation.source, encrypted) : Maker.OpenAI;
    if (maker == Maker.GeminiCall) {
      this.callSignature = unmarked(encrypted, maker);
      return;
    }
    this.assistant(conversation, this.hasText && !this.hasCall);
    const item = conversation.add(maker == Maker.AnthropicRedacted ? ItemKind.RedactedThinking : ItemKind.Thinking);
    item.whole = whole;
    if (maker == Maker.AnthropicRedacted) item.data = unmarked(encrypted, maker);
    else {
      item.text = this.textIn(json, members.contentJson != ABSENT ? members.contentJson : members.summaryJson, conversation);
      if (spanLength(encrypted) > 0) item.signature = unmarked(encrypted, maker);
    }
    if (maker == Maker.Gemini) item.name = conversation.source.keepAscii("gemini");
    else if (maker == Maker.OpenAI) item.name = spanLength(encrypted) > 0 ? conversation.source.keepAscii("openai") : ABSENT;
    else if (maker != Maker.Unnamed) item.name = conversation.source.keepAscii("anthropic");
  }

  /** The texts of a list of parts, with blank lines between them. */
  private textIn(json: JsonReader, list: Span, conversation: Conversation): Span {
    if (list == ABSENT) return ABSENT;
    const inside = this.inside(json, list);
    let text = ABSENT;
    if (!inside.enterArray()) return ABSENT;
    while (inside.nextElement()) {
      let next = ABSENT;
      if (inside.enterObject()) while (inside.nextKey()) if (inside.keyIs("text")) next = inside.string();
      if (spanLength(next) == 0) continue;
      if (text == ABSENT) text = next;
      else text = joined(text, next, conversation);
    }
    return text;
  }

  private addOther(whole: Span, conversation: Conversation): void {
    this.assistant(conversation, false);
    const item = conversation.add(ItemKind.Unknown);
    item.whole = whole;
    const type = this.members.type;
    item.name = type == ABSENT ? conversation.source.keepAscii("item_reference") : type;
  }

  private open(role: Role, conversation: Conversation): Item {
    const turn = conversation.addTurn(role);
    this.turn = role == Role.Assistant ? turn : null;
    this.hasText = this.hasCall = false;
    return turn;
  }

  /** The assistant's turn that is open, or another. */
  private assistant(conversation: Conversation, anew: bool): Item {
    const turn = this.turn;
    return turn != null && !anew ? turn : this.open(Role.Assistant, conversation);
  }

  /** A reader in front of a value that was passed over, and thereby validated. */
  private inside(json: JsonReader, value: Span): JsonReader {
    return this.nested.start(json.point(value, this.view));
  }
}

function joined(first: Span, second: Span, conversation: Conversation): Span {
  const source = conversation.source;
  const arena = source.arena;
  const start = arena.length;
  source.write(first, arena);
  arena.ascii("\\n\\n");
  source.write(second, arena);
  return source.since(start);
}
