/** An element of `input`, taken apart: https://platform.openai.com/docs/api-reference/responses/create#responses-create-input */
import { Bytes } from "../../bytes/bytes";
import { ABSENT, Source, Span } from "../../bytes/span";
import { JsonReader, JsonType } from "../../json/reader";
import { Seen } from "../../json/seen";
import { Role } from "../conversation";
import { foldedName } from "../folded";
import { VIEW, optionalTextOf, textOf, wordOf } from "../values";
import { ResponsesComplaint } from "./complaint";
import { ITEM_POLICY_NAMES } from "./fields";

/** The kinds of elements that other protocols know. */
export enum InputKind {
  Message,
  FunctionCall,
  FunctionCallOutput,
  Reasoning,
  /** All others belong to tools of OpenAI's, or to what it keeps. */
  Other,
}

const ROLES = "user, assistant, system or developer";
const CONTENT = "a string or an array of parts";

/** The members, in whatever order they come. Contents of JSON strings, but for what ends in `Json`, which is raw. */
@final
export class ItemMembers {
  kind: InputKind = InputKind.Message;
  type: Span = ABSENT;
  hasRole: bool = false;
  role: Role = Role.User;
  text: Span = ABSENT;
  contentJson: Span = ABSENT;
  /** `content`, of any type. */
  hasContent: bool = false;
  contentIsWrong: bool = false;
  callId: Span = ABSENT;
  name: Span = ABSENT;
  arguments: Span = ABSENT;
  outputText: Span = ABSENT;
  outputJson: Span = ABSENT;
  id: Span = ABSENT;
  summaryJson: Span = ABSENT;
  encrypted: Span = ABSENT;
  private readonly seen: Seen = new Seen();

  clear(): void {
    this.kind = InputKind.Message;
    this.hasRole = this.hasContent = this.contentIsWrong = false;
    this.role = Role.User;
    this.type = this.text = this.contentJson = this.callId = this.name = this.arguments = ABSENT;
    this.outputText = this.outputJson = this.id = this.summaryJson = this.encrypted = ABSENT;
    this.seen.clear();
  }

  /** Whether the members so far are those of a message whose content may be read at once. */
  get isMessageSoFar(): bool {
    return this.hasRole && this.kind == InputKind.Message && this.role != Role.Assistant;
  }

  /** Reads the value of the last key, but for a message's `content`, which is the caller's where it may be read at once. */
  read(json: JsonReader, source: Source, complaint: ResponsesComplaint): void {
    if (json.keyIs("type")) {
      if (!this.seen.first(0)) return complaint.duplicate("type");
      this.readType(json, complaint);
    } else if (json.keyIs("role")) {
      if (!this.seen.first(1)) return complaint.duplicate("role");
      this.readRole(json, source, complaint);
    } else if (json.keyIs("output")) {
      if (!this.seen.first(3)) return complaint.duplicate("output");
      this.outputText = json.string();
      if (this.outputText == ABSENT && json.peek() == JsonType.Array) this.outputJson = json.skip();
    } else if (json.keyIs("id")) this.id = json.string();
    else if (json.keyIs("call_id")) this.callId = optionalTextOf(json, "call_id", complaint);
    else if (json.keyIs("name")) this.name = optionalTextOf(json, "name", complaint);
    else if (json.keyIs("arguments")) this.arguments = json.string();
    else if (json.keyIs("summary")) this.summaryJson = json.peek() == JsonType.Array ? json.skip() : ABSENT;
    else if (json.keyIs("encrypted_content")) this.encrypted = json.string();
    else {
      const folded = foldedName(source, json, ITEM_POLICY_NAMES);
      if (folded != null) complaint.otherSpelling(folded, source, json.keySpan);
    }
  }

  /** `content`: false if it came before. */
  isFirstContent(): bool {
    this.hasContent = true;
    return this.seen.first(2);
  }

  /** Of a message: whether it says what it has to. */
  check(json: JsonReader, complaint: ResponsesComplaint): void {
    if (!this.hasRole) complaint.missing("role", json, ROLES);
    else if (this.contentIsWrong) complaint.say("content", "is neither a string nor an array of parts");
    else if (this.text == ABSENT && this.contentJson == ABSENT) complaint.missing("content", json, CONTENT);
  }

  private readType(json: JsonReader, complaint: ResponsesComplaint): void {
    if (json.nothing()) return;
    this.type = textOf(json, "type", complaint);
    if (this.type != ABSENT) this.kind = kindOf(wordOf(json, this.type, VIEW));
  }

  private readRole(json: JsonReader, source: Source, complaint: ResponsesComplaint): void {
    const word = textOf(json, "role", complaint);
    if (word == ABSENT) return;
    const role = wordOf(json, word, VIEW);
    this.hasRole = true;
    if (role.is("user")) this.role = Role.User;
    else if (role.is("assistant")) this.role = Role.Assistant;
    else if (role.is("system")) this.role = Role.System;
    else if (role.is("developer")) this.role = Role.Developer;
    else complaint.unknownWord("role", source, word, ROLES);
  }
}

function kindOf(type: Bytes): InputKind {
  if (type.is("message")) return InputKind.Message;
  if (type.is("function_call")) return InputKind.FunctionCall;
  if (type.is("function_call_output")) return InputKind.FunctionCallOutput;
  return type.is("reasoning") ? InputKind.Reasoning : InputKind.Other;
}
