/** What of a Responses request only a provider that speaks Responses itself can do. */
import { Bytes } from "../../bytes/bytes";
import { Conversation, ItemKind } from "../conversation";
import { Failure } from "../failure";
import { cannotSay, unknownMember } from "../message";
import { Target } from "../protocol";
import { SEARCH } from "../web-search";

const WHOLE = "send the whole conversation as `input`, or route this model to a provider that speaks Responses itself";
const OTHERWISE = "leave it out, or route this model to a provider that speaks Responses itself";

/** The first of them; null if there is none. */
export function needsItsOwn(conversation: Conversation, target: Target): Failure | null {
  const others = conversation.others;
  const source = conversation.source;
  for (let i = 0; i + 1 < others.length; i += 2) {
    const name = others.at(i);
    if (source.is(name, "previous_response_id") || source.is(name, "conversation"))
      return cannotSay(asString(source.bytes(name)), "stands for a conversation that the provider keeps", target, WHOLE);
    if (source.is(name, "prompt")) return cannotSay("prompt", "stands for a prompt that OpenAI keeps", target, WHOLE);
    if (source.is(name, "background"))
      return cannotSay(
        "background",
        "asks for an answer that is fetched later",
        target,
        "leave it out and wait, or stream; or route this model to a provider that speaks Responses itself",
      );
    return unknownMember(source.bytes(name), target, OTHERWISE);
  }
  for (let i = 0; i < conversation.itemCount; i++) {
    const item = conversation.item(i);
    if (item.kind != ItemKind.Unknown) continue;
    const field = "input[" + item.place.toString() + "]";
    if (source.is(item.name, "item_reference"))
      return cannotSay(field, "refers to an item that the provider keeps", target, WHOLE).always();
    return cannotSay(field, "has something that only its own protocol knows", target, OTHERWISE).ofItem(i);
  }
  for (let i = 0; i < conversation.toolCount; i++) {
    if (!conversation.tool(i).isFunction && !SEARCH.ofTool(conversation, i))
      return cannotSay(
        "tools[" + i.toString() + "]",
        "is a tool that only OpenAI has",
        target,
        "offer functions, or route this model to a provider that speaks Responses itself",
      ).ofTool(i);
  }
  return null;
}

function asString(name: Bytes): string {
  return name.slice(0, 64).toString();
}
