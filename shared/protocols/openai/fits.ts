/** What of another protocol's conversation can't be said in OpenAI's. What is left out without a word is listed in README.md. */
import { Bytes } from "../../bytes/bytes";
import { ABSENT, Source } from "../../bytes/span";
import { Choice, Conversation, Effort, Item, ItemKind, OutputFormat, ToolPolicy } from "../conversation";
import { Failure } from "../failure";
import { cannotSay, messageField } from "../message";
import { ownMembersFit } from "../own-members";
import { Target } from "../protocol";
import { SEARCH } from "../web-search";

/** The first thing that this provider can't be told; null if there is none. */
export function whyUnfit(conversation: Conversation, target: Target): Failure | null {
  for (let i = 0; i < conversation.toolCount; i++) {
    if (SEARCH.ofTool(conversation, i)) {
      const failure = searchFits(conversation, i, target);
      if (failure != null) return failure.ofTool(i);
    } else if (!conversation.tool(i).isFunction)
      return cannotSay(
        "tools[" + i.toString() + "]",
        "is no function",
        target,
        "leave out tools that only their vendor knows, or route this model to that vendor.",
      ).ofTool(i);
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
  const effort = effortFits(conversation, target);
  if (effort != null) return effort;
  for (let i = 0; i < conversation.itemCount; i++) {
    const item = conversation.item(i);
    const why = whyItemUnfit(conversation.source, item);
    if (why.length > 0)
      return cannotSay(messageField(conversation, i), why, target, "leave it out, or route this model to a provider that takes it.").ofItem(
        i,
      );
  }
  return ownMembersFit(conversation, target);
}

/** Only models that always search take options of it: https://platform.openai.com/docs/guides/tools-web-search?api-mode=chat */
function searchFits(conversation: Conversation, index: i32, target: Target): Failure | null {
  const field = "tools[" + index.toString() + "]";
  if (!target.isOpenAIs || !isSearchModel(target.model))
    return cannotSay(field, "is a search of the web", target, "leave it out, or ask a model that searches, as gpt-5-search-api does");
  if (SEARCH.hasLimits)
    return cannotSay(field, "limits the search to some pages, or to some uses", target, "search without limits, or ask another provider");
  if (!SEARCH.isModelsChoice(conversation))
    return cannotSay("tool_choice", "isn't the model's own beside a search", target, "leave it out");
  return null;
}

function isSearchModel(model: Bytes): bool {
  return model.contains("-search-preview") || model.contains("-search-api");
}

/** OpenAI's models before the o series refuse `reasoning_effort`, a name that the client of another protocol never said: it is told its own. */
function effortFits(conversation: Conversation, target: Target): Failure | null {
  if (!asksForEffort(conversation) || !neverReasons(target.model)) return null;
  return cannotSay(
    conversation.effort != Effort.Absent ? "reasoning_effort" : "thinking_budget",
    "asks the model to think",
    target,
    "the model doesn't think; leave it out, or ask another model",
  );
}

/** Whether a model's name, whatever is in front of its last slash, is one of those that don't reason: https://platform.openai.com/docs/guides/reasoning */
function neverReasons(model: Bytes): bool {
  let name = model;
  for (let slash = name.indexOf(0x2f); slash >= 0; slash = name.indexOf(0x2f)) name = name.slice(slash + 1);
  return name.startsWith("gpt-4") || name.startsWith("gpt-3.5") || name.startsWith("chatgpt-");
}

function whyItemUnfit(source: Source, item: Item): string {
  switch (item.kind) {
    case ItemKind.Unknown:
      return "has a part that only its own protocol knows";
    case ItemKind.ToolResult:
      return item.id == ABSENT ? "has a response to a function that nobody called" : "";
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

/** Whether an effort will be said: one by name, or one for a budget. */
export function asksForEffort(conversation: Conversation): bool {
  return conversation.effort != Effort.Absent || (conversation.thinking != Choice.No && conversation.thinkingBudgetJson != ABSENT);
}

/** OpenAI's word for an item's audio: https://platform.openai.com/docs/guides/audio. Empty: it has none. */
export function audioFormat(source: Source, item: Item): string {
  const type = source.bytes(item.mediaType);
  if (type.is("wav") || type.is("audio/wav") || type.is("audio/x-wav") || type.is("audio/wave")) return "wav";
  if (type.is("mp3") || type.is("audio/mp3") || type.is("audio/mpeg")) return "mp3";
  return "";
}
