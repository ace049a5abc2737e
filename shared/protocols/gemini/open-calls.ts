import { Bytes } from "../../bytes/bytes";
import { Source, Span, spanLength } from "../../bytes/span";
import { Conversation, Item } from "../conversation";

/** How many calls back an answer is looked for: more at once nobody makes. */
const WINDOW = 512;

/**
 * Calls that have no response yet. Before Gemini 3 calls and responses have no ids, and belong together by name and order (https://ai.google.dev/gemini-api/docs/function-calling#parallel_function_calling); other protocols
 * want ids, so calls without one get `call_` and their number.
 */
@final
export class OpenCalls {
  /** Item indices of calls; -1 once answered. */
  private readonly calls: Array<i32> = [];
  private readonly isMade: Array<bool> = [];
  /** All calls before it are answered. */
  private first: i32 = 0;
  private readonly mine: Bytes = new Bytes();
  private readonly theirs: Bytes = new Bytes();

  clear(): void {
    this.calls.length = 0;
    this.isMade.length = 0;
    this.first = 0;
  }

  /** Adds the call at `index`, and gives it an id if it has none. */
  add(conversation: Conversation, index: i32): void {
    const call = conversation.item(index);
    const isMade = spanLength(call.id) == 0;
    if (isMade) {
      const source = conversation.source;
      const start = source.arena.length;
      source.arena.ascii("call_");
      source.arena.unsigned(<u64>this.calls.length);
      call.id = source.since(start);
    }
    this.calls.push(index);
    this.isMade.push(isMade);
  }

  /** Finds the call that a response answers, and makes their ids one. A response to no call keeps what it has. */
  answer(conversation: Conversation, response: Item): void {
    const hasId = spanLength(response.id) > 0;
    let found = hasId ? this.find(conversation, response.id, false) : -1;
    if (found < 0) found = this.find(conversation, response.name, true, hasId);
    if (found < 0) return;
    const call = conversation.item(this.calls[found]);
    if (hasId) call.id = response.id;
    else response.id = call.id;
    this.calls[found] = -1;
    while (this.first < this.calls.length && this.calls[this.first] < 0) this.first++;
  }

  private find(conversation: Conversation, wanted: Span, byName: bool, madeOnly: bool = false): i32 {
    const source: Source = conversation.source;
    const mine = source.point(wanted, this.mine);
    const end = min(this.calls.length, this.first + WINDOW);
    for (let i = this.first; i < end; i++) {
      if (this.calls[i] < 0 || (madeOnly && !this.isMade[i])) continue;
      const call = conversation.item(this.calls[i]);
      if (source.point(byName ? call.name : call.id, this.theirs).equals(mine)) return i;
    }
    return -1;
  }
}
