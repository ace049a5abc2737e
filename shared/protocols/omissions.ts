/** What is left out of a request for a provider that can't be told it, where its configuration says `on_unsupported: drop`. */
import { ABSENT } from "../bytes/span";
import { CALLS } from "./calls";
import { Choice, Conversation, Effort, ItemKind, OutputFormat, ToolPolicy } from "./conversation";
import { Failure } from "./failure";
import { messageField } from "./message";
import { Dialect } from "./operation";
import { ClientProtocol, ProviderProtocol, Target } from "./protocol";
import { SavedSettings } from "./saved-settings";

/** With more than this left out it would be another request. */
const MOST = 256;
/** Longest name that is told, in characters. */
const LONGEST_NAME = 64;

/**
 * Members at the top whose loss would change what the answer is about, or what may be in it: what was said before, where it is kept by another vendor, and what holds the model back.
 */
const NEVER: StaticArray<string> = [
  "cachedContent",
  "container",
  "conversation",
  "guardrailConfig",
  "guardrails",
  "mcp_servers",
  "messages",
  "model",
  "previous_response_id",
  "prompt",
  "safetySettings",
];

/**
 * Makes a conversation fit a provider by taking out what the provider can't be told, until it fits or something is at fault that is never left out. The conversation then is as if the client had not said it, so writers
 * need to know nothing of this; `restore` puts everything back, for the next target. Never left out: texts, calls and their results, what is malformed, a choice of tools that holds the model back, and `NEVER`.
 */
@final
export class Omissions {
  /** What was left out, each once, in the client's words: field names made of letters, digits and `_.[]`. */
  readonly names: Array<string> = [];
  private count: i32 = 0;
  private saved: SavedSettings = new SavedSettings();
  /** What was hidden, in order: which list (an `Hidden`), and where. */
  private lists: Array<Hidden> = [];
  private places: Array<i32> = [];

  /** Why the conversation can't be said to the target, whatever is left out; null: it can as it is now, and `restore` is due once it is written. */
  fit(client: ClientProtocol | null, protocol: ProviderProtocol, conversation: Conversation, target: Target): Failure | null {
    this.names.length = this.count = this.lists.length = this.places.length = 0;
    // A client who speaks the provider's own protocol gets what it asked for, or the provider's own refusal.
    const drops = target.dropsUnsupported && protocol.dialect != conversation.dialect;
    let failure = whyUnfit(client, protocol, conversation, target);
    while (failure != null && drops && this.count < MOST && this.leavesOut(failure, conversation)) {
      failure = whyUnfit(client, protocol, conversation, target);
    }
    if (failure == null && this.count > 0) failure = this.orphan(conversation);
    if (failure != null) this.restore(conversation);
    return failure;
  }

  /** Puts back what was left out; the names stay. */
  restore(conversation: Conversation): void {
    if (this.count == 0) return;
    this.count = 0;
    for (let i = this.lists.length - 1; i >= 0; i--) {
      const place = this.places[i];
      switch (this.lists[i]) {
        case Hidden.Item:
          conversation.showItem(place);
          break;
        case Hidden.Tool:
          conversation.showTool(place);
          break;
        default:
          conversation.others.show(place);
          conversation.others.show(place + 1);
          break;
      }
    }
    this.saved.restore(conversation);
  }

  private leavesOut(failure: Failure, conversation: Conversation): bool {
    if (this.count == 0) this.saved.take(conversation);
    let name = failure.param;
    if (failure.item >= 0) {
      if (!isExtra(conversation.item(failure.item).kind)) return false;
      name = messageField(conversation, failure.item) + (conversation.dialect == Dialect.Gemini ? ".parts" : ".content");
      conversation.hideItem(failure.item);
      this.hide(Hidden.Item, failure.item);
    } else if (failure.tool >= 0) {
      if (conversation.tool(failure.tool).isFunction) return false;
      name = "tools[" + this.originalOf(failure.tool).toString() + "]";
      conversation.hideTool(failure.tool);
      this.hide(Hidden.Tool, failure.tool);
    } else if (!clearSetting(failure.setting, conversation) && !this.hidesOther(failure.setting, conversation)) return false;
    this.count++;
    const plain = plainName(name);
    if (!this.names.includes(plain)) this.names.push(plain);
    return true;
  }

  private hide(list: Hidden, place: i32): void {
    this.lists.push(list);
    this.places.push(place);
  }

  /** A tool's index in the client's list, of which some are hidden. */
  private originalOf(tool: i32): i32 {
    for (let i = this.lists.length - 1; i >= 0; i--) if (this.lists[i] == Hidden.Tool && this.places[i] <= tool) tool++;
    return tool;
  }

  private hidesOther(name: string, conversation: Conversation): bool {
    if (name.length == 0 || NEVER.includes(name)) return false;
    const others = conversation.others;
    for (let i = 0; i + 1 < others.length; i += 2) {
      if (!conversation.source.is(others.at(i), name)) continue;
      others.hide(i + 1);
      others.hide(i);
      this.hide(Hidden.Other, i);
      return true;
    }
    return false;
  }

  /** A result whose call went with a part that only its own protocol knows. */
  private orphan(conversation: Conversation): Failure | null {
    if (!this.lists.includes(Hidden.Item)) return null;
    CALLS.begin(conversation);
    for (let i = 0; i < conversation.itemCount; i++) {
      const item = conversation.item(i);
      if (item.id == ABSENT) continue;
      if (item.kind == ItemKind.ToolCall) CALLS.add(conversation, i);
      if (item.kind != ItemKind.ToolResult || CALLS.knows(conversation, i)) continue;
      const field = messageField(conversation, i);
      return Failure.field(
        field,
        "`" + field + "` is the result of a call that this provider can't be told: leave both out, or ask another provider",
      );
    }
    return null;
  }
}

/** What the provider's protocol can't say, after what only the client's own can. */
function whyUnfit(client: ClientProtocol | null, protocol: ProviderProtocol, conversation: Conversation, target: Target): Failure | null {
  if (client != null && client.dialect != protocol.dialect) {
    const failure = client.needsItsOwn(conversation, target);
    if (failure != null) return failure;
  }
  return protocol.fits(conversation, target);
}

enum Hidden {
  Item,
  Tool,
  Other,
}

/** Parts that a conversation can do without: never what was said, called or answered. */
function isExtra(kind: ItemKind): bool {
  switch (kind) {
    case ItemKind.Image:
    case ItemKind.Audio:
    case ItemKind.Document:
    case ItemKind.Thinking:
    case ItemKind.RedactedThinking:
    case ItemKind.Unknown:
      return true;
    default:
      return false;
  }
}

/** Takes a setting out, by OpenAI's name for it; false if it isn't one that can be left out. */
function clearSetting(name: string, conversation: Conversation): bool {
  if (name == "n") conversation.countJson = ABSENT;
  else if (name == "max_tokens") conversation.maxTokensJson = ABSENT;
  else if (name == "temperature") conversation.temperatureJson = ABSENT;
  else if (name == "top_p") conversation.topPJson = ABSENT;
  else if (name == "top_k") conversation.topKJson = ABSENT;
  else if (name == "seed") conversation.seedJson = ABSENT;
  else if (name == "presence_penalty") conversation.presencePenaltyJson = ABSENT;
  else if (name == "frequency_penalty") conversation.frequencyPenaltyJson = ABSENT;
  else if (name == "stop") conversation.stops.length = 0;
  else if (name == "logprobs") conversation.logprobs = Choice.Absent;
  else if (name == "top_logprobs") conversation.topLogprobsJson = ABSENT;
  else if (name == "logit_bias") conversation.logitBiasJson = ABSENT;
  else if (name == "user") conversation.user = ABSENT;
  else if (name == "parallel_tool_calls") conversation.parallelToolCalls = Choice.Absent;
  else if (name == "thinking") conversation.thinking = Choice.Absent;
  else if (name == "thinking_budget") conversation.thinkingBudgetJson = ABSENT;
  else if (name == "reasoning_effort") {
    conversation.effort = Effort.Absent;
    conversation.effortText = ABSENT;
  } else if (name == "response_format") conversation.outputFormat = OutputFormat.Absent;
  else if (name == "tool_choice") {
    // None, or only some of the tools: the model would be free to call what the client forbids.
    if (conversation.toolPolicy == ToolPolicy.None || conversation.toolPolicy == ToolPolicy.Other) return false;
    conversation.toolPolicy = ToolPolicy.Absent;
  } else return false;
  if (name == "response_format") {
    conversation.outputSchemaJson =
      conversation.outputSchemaName =
      conversation.outputSchemaDescription =
      conversation.outputFormatJson =
        ABSENT;
    conversation.outputStrict = Choice.Absent;
  }
  return true;
}

/** A field's name for a header or a line of the log; clients make up names of members, so only letters, digits and `_.[]-` stay. */
function plainName(name: string): string {
  let plain = "";
  for (let i = 0; i < name.length && i < LONGEST_NAME; i++) {
    const c = name.charCodeAt(i);
    const isPlain =
      (c >= 0x30 && c <= 0x39) ||
      ((c | 0x20) >= 0x61 && (c | 0x20) <= 0x7a) ||
      c == 0x5f ||
      c == 0x2e ||
      c == 0x5b ||
      c == 0x5d ||
      c == 0x2d;
    plain += isPlain ? String.fromCharCode(c) : "?";
  }
  return plain;
}
