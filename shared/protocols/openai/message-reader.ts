/** Reads `messages`: one turn for each, then what it says. */
import { ABSENT, Source, Span, spanLength } from "../../bytes/span";
import { Bytes, NO_BUFFER } from "../../bytes/bytes";
import { JsonReader, JsonType } from "../../json/reader";
import { Seen } from "../../json/seen";
import { Conversation, ItemKind, Role } from "../conversation";
import { Complaint } from "./complaint";
import { foldedName } from "../folded";
import { MESSAGE_POLICY_NAMES } from "./fields";
import { PartReader } from "./part-reader";
import { readFunction, readToolCalls } from "./tool-call-reader";
import { readReasoningDetails, readThinkingBlocks } from "./thinking-reader";
import { textOf, valueOf, wordOf } from "../values";

const ROLES = "system, developer, user, assistant, tool or function";

/** The members that policy decides by, for `Seen`. */
const ROLE = 0;
const CONTENT = 1;
const TOOL_CALLS = 2;

/** A message's members as they stand, in whatever order they came. */
@final
export class MessageReader {
  private readonly seen: Seen = new Seen();
  private readonly parts: PartReader = new PartReader();
  /** For values that were passed over and are read once the message's role is known. */
  private readonly nested: JsonReader = new JsonReader();
  private readonly view: Bytes = new Bytes();

  private hasRole: bool = false;
  private role: Role = Role.User;
  /** The old role `function`, whose results belong to a function's name. */
  private isFunction: bool = false;
  private name: Span = ABSENT;
  private text: Span = ABSENT;
  private contentJson: Span = ABSENT;
  private contentWasRead: bool = false;
  private refusal: Span = ABSENT;
  private thinking: Span = ABSENT;
  private thinkingBlocksJson: Span = ABSENT;
  private reasoningDetailsJson: Span = ABSENT;
  private toolCallsJson: Span = ABSENT;
  private functionCallJson: Span = ABSENT;
  private audioJson: Span = ABSENT;
  private toolCallId: Span = ABSENT;
  private cacheControl: Span = ABSENT;
  /** The id that was made for the last `function_call`; its result takes it over. */
  private lastFunctionCallId: Span = ABSENT;

  /** Reads the next value, `messages`. */
  read(json: JsonReader, conversation: Conversation, complaint: Complaint): void {
    if (!json.enterArray()) return complaint.wrongType("messages", json, "an array of messages");
    this.lastFunctionCallId = ABSENT;
    let index = 0;
    while (json.nextElement()) {
      complaint.messageIndex = index++;
      this.readMessage(json, conversation, complaint);
      if (complaint.failure != null) return;
    }
    complaint.messageIndex = -1;
    if (index == 0 && !json.failed) complaint.say("messages", "is empty, expected at least one message");
  }

  /** Lets go of the request that was read. */
  release(): void {
    this.nested.release();
    this.view.set(NO_BUFFER, 0, 0);
    this.parts.release();
  }

  private readMessage(json: JsonReader, conversation: Conversation, complaint: Complaint): void {
    const from = json.offset;
    if (!json.enterObject()) return complaint.wrongType("", json, "a message");
    this.clear();
    const turn = conversation.addTurn(Role.User);
    while (json.nextKey()) {
      this.readMember(json, conversation, complaint);
      if (complaint.failure != null) return;
    }
    if (json.failed) return;
    if (!this.hasRole) return complaint.missing("role", json, ROLES);
    turn.role = this.role;
    turn.name = this.name;
    turn.cacheControl = this.cacheControl;
    turn.whole = json.spanSince(from);
    this.addItems(json, conversation, complaint);
  }

  private clear(): void {
    this.seen.clear();
    this.hasRole = this.isFunction = this.contentWasRead = false;
    this.role = Role.User;
    this.name = this.text = this.contentJson = this.refusal = this.thinking = ABSENT;
    this.thinkingBlocksJson = this.reasoningDetailsJson = this.toolCallsJson = this.functionCallJson = ABSENT;
    this.audioJson = this.toolCallId = this.cacheControl = ABSENT;
  }

  private readMember(json: JsonReader, conversation: Conversation, complaint: Complaint): void {
    if (json.keyIs("role")) {
      if (!this.seen.first(ROLE)) return complaint.duplicate("role");
      this.readRole(json, conversation.source, complaint);
    } else if (json.keyIs("content")) {
      if (!this.seen.first(CONTENT)) return complaint.duplicate("content");
      this.readContent(json, conversation, complaint);
    } else if (json.keyIs("tool_calls")) {
      if (!this.seen.first(TOOL_CALLS)) return complaint.duplicate("tool_calls");
      this.toolCallsJson = valueOf(json, JsonType.Array, "tool_calls", "an array", complaint);
    } else if (json.nothing()) return;
    else if (json.keyIs("tool_call_id")) this.toolCallId = textOf(json, "tool_call_id", complaint);
    else if (json.keyIs("name")) this.name = textOf(json, "name", complaint);
    else if (json.keyIs("refusal")) this.refusal = textOf(json, "refusal", complaint);
    else if (json.keyIs("reasoning_content")) this.thinking = textOf(json, "reasoning_content", complaint);
    else if (json.keyIs("reasoning")) {
      const thinking = json.string();
      if (this.thinking == ABSENT) this.thinking = thinking;
    } else if (json.keyIs("thinking_blocks")) this.thinkingBlocksJson = json.peek() == JsonType.Array ? json.skip() : ABSENT;
    else if (json.keyIs("reasoning_details")) this.reasoningDetailsJson = json.peek() == JsonType.Array ? json.skip() : ABSENT;
    else if (json.keyIs("function_call")) this.functionCallJson = valueOf(json, JsonType.Object, "function_call", "an object", complaint);
    else if (json.keyIs("audio")) this.audioJson = valueOf(json, JsonType.Object, "audio", "an object", complaint);
    else if (json.keyIs("cache_control")) this.cacheControl = json.skip();
    else this.refuseOtherSpelling(json, conversation.source, complaint);
  }

  private refuseOtherSpelling(json: JsonReader, source: Source, complaint: Complaint): void {
    const folded = foldedName(source, json, MESSAGE_POLICY_NAMES);
    if (folded != null) complaint.otherSpelling(folded, source, json.keySpan);
  }

  private readRole(json: JsonReader, source: Source, complaint: Complaint): void {
    const word = json.string();
    if (word == ABSENT) return complaint.wrongType("role", json, ROLES);
    const plain = wordOf(json, word, this.view);
    this.hasRole = true;
    if (plain.is("user")) this.role = Role.User;
    else if (plain.is("assistant")) this.role = Role.Assistant;
    else if (plain.is("system")) this.role = Role.System;
    else if (plain.is("tool")) this.role = Role.Tool;
    else if (plain.is("developer")) this.role = Role.Developer;
    else if (plain.is("function")) {
      this.role = Role.Tool;
      this.isFunction = true;
    } else complaint.unknownWord("role", source, word, ROLES);
  }

  /** Text is kept. Parts are read at once where nothing that comes later in the message belongs in front of them, else they are passed over. */
  private readContent(json: JsonReader, conversation: Conversation, complaint: Complaint): void {
    if (json.nothing()) return;
    this.text = json.string();
    if (this.text != ABSENT) return;
    if (json.peek() != JsonType.Array) return complaint.wrongType("content", json, "a string or an array of parts");
    if (this.hasRole && this.role != Role.Assistant && this.role != Role.Tool) {
      this.parts.read(json, conversation, complaint);
      this.contentWasRead = true;
    } else this.contentJson = json.skip();
  }

  /** What the message says, in the order in which other protocols say it: thinking, content, a refusal, calls. */
  private addItems(json: JsonReader, conversation: Conversation, complaint: Complaint): void {
    if (this.role == Role.Tool) return this.addResult(json, conversation, complaint);
    if (this.role == Role.Assistant) this.addThinking(json, conversation);
    else if (this.text == ABSENT && !this.contentWasRead && this.contentJson == ABSENT) {
      return complaint.say("content", "is missing or null, expected a string or an array of parts");
    }
    this.addContent(json, conversation, complaint);
    if (complaint.failure != null) return;
    if (this.refusal != ABSENT) conversation.add(ItemKind.Refusal).text = this.refusal;
    if (this.audioJson != ABSENT) conversation.add(ItemKind.Unknown).whole = this.audioJson;
    if (this.toolCallsJson != ABSENT) readToolCalls(this.inside(json, this.toolCallsJson), conversation, complaint);
    if (this.functionCallJson != ABSENT) this.addFunctionCall(json, conversation, complaint);
  }

  private addContent(json: JsonReader, conversation: Conversation, complaint: Complaint): void {
    if (this.text != ABSENT) {
      if (spanLength(this.text) > 0) conversation.add(ItemKind.Text).text = this.text;
    } else if (this.contentJson != ABSENT) this.parts.read(this.inside(json, this.contentJson), conversation, complaint);
  }

  private addThinking(json: JsonReader, conversation: Conversation): void {
    const first = conversation.itemCount;
    if (this.thinkingBlocksJson != ABSENT && readThinkingBlocks(this.inside(json, this.thinkingBlocksJson), conversation))
      return this.giveText(conversation, first);
    if (this.reasoningDetailsJson != ABSENT && readReasoningDetails(this.inside(json, this.reasoningDetailsJson), conversation))
      return this.giveText(conversation, first);
    if (spanLength(this.thinking) > 0) conversation.add(ItemKind.Thinking).text = this.thinking;
  }

  /** Blocks that were streamed have signatures only: the message's thinking is the first one's text. */
  private giveText(conversation: Conversation, first: i32): void {
    if (spanLength(this.thinking) == 0) return;
    for (let i = first; i < conversation.itemCount; i++) {
      const block = conversation.item(i);
      if (block.kind != ItemKind.Thinking) continue;
      if (spanLength(block.text) == 0) block.text = this.thinking;
      return;
    }
  }

  private addResult(json: JsonReader, conversation: Conversation, complaint: Complaint): void {
    const result = conversation.add(ItemKind.ToolResult);
    result.name = this.name;
    result.id = this.isFunction ? this.lastFunctionCallId : this.toolCallId;
    if (!this.isFunction && spanLength(this.toolCallId) == 0)
      return complaint.missing("tool_call_id", json, "the id of the call that this message answers");
    this.addContent(json, conversation, complaint);
    conversation.add(ItemKind.ToolResultEnd);
  }

  /** The old form of a call has no id, which all others need: one is made of the message's number. */
  private addFunctionCall(json: JsonReader, conversation: Conversation, complaint: Complaint): void {
    const call = conversation.add(ItemKind.ToolCall);
    call.whole = this.functionCallJson;
    readFunction(this.inside(json, this.functionCallJson), call, "function_call", complaint);
    const start = conversation.source.arena.length;
    conversation.source.arena.ascii("call_");
    conversation.source.arena.unsigned(<u64>complaint.messageIndex);
    call.id = this.lastFunctionCallId = conversation.source.since(start);
  }

  /** A reader in front of a value that was passed over, and thereby validated. */
  private inside(json: JsonReader, value: Span): JsonReader {
    return this.nested.start(json.point(value, this.view));
  }
}
