import { ABSENT, Span } from "../../bytes/span";
import { JsonReader } from "../../json/reader";
import { escape } from "../../json/unescape";
import { Conversation, Item, ItemKind } from "../conversation";

/**
 * Adds what a function's response says: the text under `output` or `result`, or, of a failure, under `error` (https://ai.google.dev/api/caching#FunctionResponse names `output` and `error`; `result` is what Google's own examples
 * and our writer have), if it is all that there is; else the whole object as the text that it is.
 */
export function addResultContent(result: Item, response: Span, conversation: Conversation): void {
  if (response == ABSENT) return;
  const source = conversation.source;
  const json = READER.start(source.bytes(response));
  let text = ABSENT;
  let members = 0;
  let isError = false;
  if (json.enterObject())
    while (json.nextKey()) {
      members++;
      isError = json.keyIs("error");
      if (isError || json.keyIs("result") || json.keyIs("output")) text = json.string();
    }
  json.release();
  if (members == 1 && text != ABSENT) {
    result.isError = isError;
    conversation.add(ItemKind.Text).text = text;
    return;
  }
  const whole = source.bytes(response);
  const start = source.arena.length;
  escape(whole, source.arena);
  conversation.add(ItemKind.Text).text = source.since(start);
}

const READER = new JsonReader();
