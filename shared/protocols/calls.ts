import { Bytes } from "../bytes/bytes";
import { ABSENT, Span, spanLength } from "../bytes/span";
import { ByteWriter } from "../bytes/writer";
import { unescape } from "../json/unescape";
import { Conversation, ItemKind } from "./conversation";

/** What is kept of the table between requests. */
const KEPT = 256;
/** How far is looked for a free slot. With three of four slots free only ids that were made to collide go so far; those are not found. */
const PROBES = 256;

/**
 * The tool calls of a conversation by id, since a result at OpenAI names the call's id and Gemini wants the function's name. Whoever walks the conversation adds the calls as they
 * come, so a result finds the last call before it. A table with open addressing: a conversation may hold any number of calls.
 */
@final
export class Calls {
  /** Item index plus one; 0 is free. Its length is a power of two. */
  private slots: StaticArray<i32> = new StaticArray<i32>(KEPT);
  private readonly mine: Bytes = new Bytes();
  private readonly theirs: Bytes = new Bytes();
  private readonly mineText: ByteWriter = new ByteWriter(0);
  private readonly theirText: ByteWriter = new ByteWriter(0);

  /** Forgets all, and makes room for a conversation's calls. */
  begin(conversation: Conversation): void {
    let calls = 0;
    for (let i = 0; i < conversation.itemCount; i++) if (conversation.item(i).kind == ItemKind.ToolCall) calls++;
    let size = KEPT;
    while (size < calls * 4) size *= 2;
    if (this.slots.length != size) this.slots = new StaticArray<i32>(size);
    else for (let i = 0; i < size; i++) this.slots[i] = 0;
  }

  /** Adds the call at `index`. */
  add(conversation: Conversation, index: i32): void {
    const slot = this.slot(conversation, conversation.item(index).id);
    if (slot >= 0) this.slots[slot] = index + 1;
  }

  /** The name of the function that the result at `index` answers: its own where the client gave one, else that of the call with its id; `ABSENT` if there is none. */
  nameFor(conversation: Conversation, index: i32): Span {
    const result = conversation.item(index);
    if (spanLength(result.name) > 0) return result.name;
    const slot = this.slot(conversation, result.id);
    if (slot < 0 || this.slots[slot] == 0) return ABSENT;
    return conversation.item(this.slots[slot] - 1).name;
  }

  /** Whether a call before the result at `index` has its id. */
  knows(conversation: Conversation, index: i32): bool {
    const slot = this.slot(conversation, conversation.item(index).id);
    return slot >= 0 && this.slots[slot] != 0;
  }

  /** Where the call with an id stands, or would; negative if there is no place. */
  private slot(conversation: Conversation, id: Span): i32 {
    const mine = plain(id, conversation, this.mine, this.mineText);
    const mask = this.slots.length - 1;
    let at = (<i32>mine.hash()) & mask;
    for (let probe = 0; probe < PROBES; probe++) {
      if (this.slots[at] == 0) return at;
      if (plain(conversation.item(this.slots[at] - 1).id, conversation, this.theirs, this.theirText).equals(mine)) return at;
      at = (at + 1) & mask;
    }
    return -1;
  }
}

/** An id without its escapes: one id may be spelled in two ways. In `view`, which points into the body, or to `text` where there were escapes. */
function plain(id: Span, conversation: Conversation, view: Bytes, text: ByteWriter): Bytes {
  conversation.source.point(id, view);
  if (view.indexOf(0x5c) < 0) return view;
  text.clear();
  unescape(view, text);
  return text.pointAt(view);
}

/** For one walk after the other. */
export const CALLS = new Calls();
