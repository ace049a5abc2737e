/** What of another protocol's conversation can't be said in OpenAI's. What is left out without a word is listed in README.md. */
import { ABSENT, Source } from "../../bytes/span";
import { Conversation, Item, ItemKind, OutputFormat, ToolPolicy } from "../conversation";
import { Failure } from "../failure";
import { cannotSay, messageField } from "../message";
import { Dialect } from "../operation";
import { Target } from "../protocol";

/** The first thing that this provider can't be told; null if there is none. */
export function whyUnfit(conversation: Conversation, target: Target): Failure | null {
  for (let i = 0; i < conversation.toolCount; i++) {
    if (!conversation.tool(i).isFunction)
      return cannotSay(
        "tools",
        "has a tool that is no function",
        target,
        "leave out tools that only their vendor knows, or route this model to that vendor.",
      );
  }
  if (conversation.toolPolicy == ToolPolicy.Other)
    return cannotSay(
      "tool_choice",
      "has a form that only its own protocol knows",
      target,
      "use auto, none, required or a function's name.",
    );
  if (conversation.outputFormat == OutputFormat.Other)
    return cannotSay(
      "response_format",
      "has a form that only its own protocol knows",
      target,
      "ask for text, a JSON object or a JSON Schema.",
    );
  for (let i = 0; i < conversation.itemCount; i++) {
    const item = conversation.item(i);
    const why = whyItemUnfit(conversation.source, item);
    if (why.length > 0)
      return cannotSay(messageField(conversation, i), why, target, "leave it out, or route this model to a provider that takes it.");
  }
  return othersFit(conversation, target);
}

/** Of members at the top that only the client's protocol has: those that change nothing about the answer. All others are refused by name. */
function othersFit(conversation: Conversation, target: Target): Failure | null {
  const others = conversation.others;
  const source = conversation.source;
  if (conversation.dialect != Dialect.Anthropic) return null;
  for (let i = 0; i + 1 < others.length; i += 2) {
    const name = others.at(i);
    if (source.is(name, "cache_control") || source.is(name, "service_tier") || source.is(name, "speed")) continue;
    const value = others.at(i + 1);
    if (source.is(value, "null") || source.is(value, "[]") || source.is(value, "{}")) continue;
    return cannotSay(
      source.bytes(name).slice(0, 64).toString(),
      "is known to its own protocol only",
      target,
      "leave it out, or route this model to a provider that takes it.",
    );
  }
  return null;
}

function whyItemUnfit(source: Source, item: Item): string {
  switch (item.kind) {
    case ItemKind.Unknown:
      return "has a part that only its own protocol knows";
    case ItemKind.Image:
      return item.id != ABSENT ? "has an image that was uploaded to another vendor" : "";
    case ItemKind.Document:
      if (item.id != ABSENT) return "has a document that was uploaded to another vendor";
      return item.url != ABSENT ? "has a document by URL" : "";
    case ItemKind.Audio:
      return audioFormat(source, item).length == 0 ? "has audio that is neither WAV nor MP3" : "";
    default:
      return "";
  }
}

/** OpenAI's word for an item's audio: https://platform.openai.com/docs/guides/audio. Empty: it has none. */
export function audioFormat(source: Source, item: Item): string {
  const type = source.bytes(item.mediaType);
  if (type.is("wav") || type.is("audio/wav") || type.is("audio/x-wav") || type.is("audio/wave")) return "wav";
  if (type.is("mp3") || type.is("audio/mp3") || type.is("audio/mpeg")) return "mp3";
  return "";
}
