/** Reads `system` and `messages`: one turn for each message, then what it says. */
import { Bytes, NO_BUFFER } from "../../bytes/bytes";
import { ABSENT, Source, Span, spanLength } from "../../bytes/span";
import { JsonReader, JsonType } from "../../json/reader";
import { Seen } from "../../json/seen";
import { Conversation, ItemKind, Role } from "../conversation";
import { foldedName } from "../folded";
import { VIEW, textOf, wordOf } from "../values";
import { BlockReader } from "./block-reader";
import { MessagesComplaint } from "./complaint";
import { MESSAGE_POLICY_NAMES } from "./fields";

const BLOCKS = "a string or an array of blocks";

/** The members that policy decides by, for `Seen`. */
const ROLE = 0;
const CONTENT = 1;

@final
export class MessageReader {
  /** Whether the request that is read has any message. */
  hasMessages: bool = false;
  private readonly seen: Seen = new Seen();
  private readonly blocks: BlockReader = new BlockReader();
  /** For content that came before the message's role. */
  private readonly nested: JsonReader = new JsonReader();
  private readonly view: Bytes = new Bytes();

  /** Reads the next value, `system`: a turn that is no message, and so has no `whole`. */
  readSystem(json: JsonReader, conversation: Conversation, complaint: MessagesComplaint): void {
    conversation.addTurn(Role.System);
    const text = json.string();
    if (text != ABSENT) addText(text, conversation);
    else if (json.peek() == JsonType.Array) this.blocks.read(json, conversation, complaint);
    else complaint.wrongType("system", json, BLOCKS);
  }

  /** Reads the next value, which is an array. */
  readMessages(json: JsonReader, conversation: Conversation, complaint: MessagesComplaint): void {
    if (!json.enterArray()) return;
    let index = 0;
    while (json.nextElement()) {
      this.hasMessages = true;
      complaint.messageIndex = index++;
      this.readMessage(json, conversation, complaint);
      if (complaint.failure != null) return;
    }
    complaint.messageIndex = -1;
  }

  /** Lets go of the request that was read. */
  release(): void {
    this.nested.release();
    this.blocks.release();
    this.view.set(NO_BUFFER, 0, 0);
  }

  /** Content is read at once where the role is known, as it mostly is: the turn stands in front of what it says. */
  private readMessage(json: JsonReader, conversation: Conversation, complaint: MessagesComplaint): void {
    const from = json.offset;
    if (!json.enterObject()) return complaint.wrongType("", json, "a message");
    const turn = conversation.addTurn(Role.User);
    this.seen.clear();
    let contentJson = ABSENT;
    while (json.nextKey()) {
      if (json.keyIs("role")) {
        if (!this.seen.first(ROLE)) return complaint.duplicate("role");
        turn.role = readRole(json, conversation.source, complaint);
      } else if (json.keyIs("content")) {
        if (!this.seen.first(CONTENT)) return complaint.duplicate("content");
        if (this.seen.has(ROLE)) this.readContent(json, conversation, complaint);
        else contentJson = json.skip();
      } else {
        const folded = foldedName(conversation.source, json, MESSAGE_POLICY_NAMES);
        if (folded != null) return complaint.otherSpelling(folded, conversation.source, json.keySpan);
      }
      if (complaint.failure != null) return;
    }
    if (json.failed) return;
    turn.whole = json.spanSince(from);
    if (!this.seen.has(ROLE)) return complaint.missing("role", json, "user or assistant");
    if (!this.seen.has(CONTENT)) return complaint.missing("content", json, BLOCKS);
    if (contentJson != ABSENT) this.readContent(this.nested.start(json.point(contentJson, this.view)), conversation, complaint);
  }

  private readContent(json: JsonReader, conversation: Conversation, complaint: MessagesComplaint): void {
    const text = json.string();
    if (text != ABSENT) addText(text, conversation);
    else if (json.peek() == JsonType.Array) this.blocks.read(json, conversation, complaint);
    else complaint.wrongType("content", json, BLOCKS);
  }
}

function addText(text: Span, conversation: Conversation): void {
  if (spanLength(text) > 0) conversation.add(ItemKind.Text).text = text;
}

/** `system` inside of `messages` is for the newest models: https://platform.claude.com/docs/en/build-with-claude/working-with-messages */
function readRole(json: JsonReader, source: Source, complaint: MessagesComplaint): Role {
  const word = textOf(json, "role", complaint);
  if (word == ABSENT) return Role.User;
  const role = wordOf(json, word, VIEW);
  if (role.is("assistant")) return Role.Assistant;
  if (role.is("system")) return Role.System;
  if (!role.is("user")) complaint.unknownWord("role", source, word, "user or assistant");
  return Role.User;
}
