/** Reads `systemInstruction` and `contents`: one turn for each content, then what its parts say. https://ai.google.dev/api/caching#Content */
import { Bytes } from "../../bytes/bytes";
import { ABSENT, Source } from "../../bytes/span";
import { JsonReader, JsonType } from "../../json/reader";
import { Seen } from "../../json/seen";
import { Conversation, ItemKind, Role } from "../conversation";
import { VIEW, textOf, wordOf } from "../values";
import { ContentComplaint } from "./complaint";
import { PartReader } from "./part-reader";

const ROLE = 0;
const PARTS = 1;

@final
export class ContentsReader {
  /** Whether the request that is read has any content. */
  hasContents: bool = false;
  private readonly parts: PartReader = new PartReader();
  private readonly seen: Seen = new Seen();

  begin(): void {
    this.hasContents = false;
    this.parts.begin();
  }

  /** Lets go of the request that was read. */
  release(): void {
    this.parts.release();
  }

  /** Reads the next value: a content, or a string. What the system says stands in front of the conversation, wherever it stands in the body; a turn that is no content has no `whole`. */
  readSystem(json: JsonReader, conversation: Conversation, complaint: ContentComplaint): void {
    const from = conversation.itemCount;
    const turn = conversation.addTurn(Role.System);
    complaint.content = "systemInstruction";
    const text = json.string();
    if (text != ABSENT) conversation.add(ItemKind.Text).text = text;
    else {
      this.readContent(json, conversation, complaint);
      turn.role = Role.System;
      turn.whole = ABSENT;
    }
    if (complaint.failure != null) return;
    complaint.content = "";
    conversation.bringToFront(from);
  }

  /** Reads the next value: an array of contents, or the only one, as Google's JSON takes it for a list. */
  readContents(json: JsonReader, conversation: Conversation, complaint: ContentComplaint): void {
    if (json.peek() == JsonType.Object) return this.readNext(0, json, conversation, complaint);
    if (!json.enterArray()) return complaint.wrongType("contents", json, "an array of contents");
    for (let i = 0; json.nextElement(); i++) {
      this.readNext(i, json, conversation, complaint);
      if (complaint.failure != null) return;
    }
  }

  private readNext(index: i32, json: JsonReader, conversation: Conversation, complaint: ContentComplaint): void {
    this.hasContents = true;
    complaint.content = "contents[" + index.toString() + "]";
    conversation.addTurn(Role.User);
    this.readContent(json, conversation, complaint);
    if (complaint.failure == null) complaint.content = "";
  }

  /** Reads the next value into the turn that was added last. */
  private readContent(json: JsonReader, conversation: Conversation, complaint: ContentComplaint): void {
    const turn = conversation.item(conversation.itemCount - 1);
    const from = json.offset;
    if (!json.enterObject()) return complaint.wrongType("", json, "a content with `parts`");
    this.seen.clear();
    while (json.nextKey()) {
      if (json.keyIs("role")) {
        if (!this.seen.first(ROLE)) return complaint.duplicate("role");
        if (!json.nothing()) turn.role = readRole(json, conversation.source, complaint);
      } else if (json.keyIs("parts")) {
        if (!this.seen.first(PARTS)) return complaint.duplicate("parts");
        if (!json.nothing()) this.readParts(json, conversation, complaint);
      }
      if (complaint.failure != null) return;
    }
    turn.whole = json.spanSince(from);
  }

  private readParts(json: JsonReader, conversation: Conversation, complaint: ContentComplaint): void {
    if (json.peek() == JsonType.Object) {
      complaint.partIndex = 0;
      this.parts.read(json, conversation, complaint);
    } else if (!json.enterArray()) return complaint.wrongType("parts", json, "an array of parts");
    else {
      for (let i = 0; json.nextElement(); i++) {
        complaint.partIndex = i;
        this.parts.read(json, conversation, complaint);
        if (complaint.failure != null) return;
      }
    }
    if (complaint.failure == null) complaint.partIndex = -1;
  }
}

/** `function` is what results of functions were sent as before they became the user's. */
function readRole(json: JsonReader, source: Source, complaint: ContentComplaint): Role {
  const word = textOf(json, "role", complaint);
  if (word == ABSENT) return Role.User;
  const role: Bytes = wordOf(json, word, VIEW);
  if (role.is("model")) return Role.Assistant;
  // The system's has one of its own, which libraries leave in place.
  if (!role.isEmpty && !role.is("user") && !role.is("function") && !role.is("system"))
    complaint.unknownWord("role", source, word, "user or model");
  else if (role.is("system") && complaint.content != "systemInstruction") complaint.unknownWord("role", source, word, "user or model");
  return Role.User;
}
