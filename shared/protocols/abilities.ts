/** What a provider's protocol can be asked for, as data, and why a conversation asks for more: for protocols that need no more than that to say what fits. */
import { Bytes } from "../bytes/bytes";
import { ABSENT, Span, spanLength } from "../bytes/span";
import { findIn } from "../json/find";
import { JsonNumber, doubleValue } from "../json/number";
import { argumentsAreObject } from "./arguments";
import { Choice, Conversation, Effort, Item, ItemKind, OutputFormat, Role, ToolPolicy } from "./conversation";
import { Failure, FailureKind } from "./failure";
import { Message, cannotSay, messageField } from "./message";
import { Dialect, Operation } from "./operation";
import { othersFit } from "./other-members";
import { Target } from "./protocol";

/** What a protocol takes, as bits. Settings that it doesn't have and that aren't listed here are its README's to drop. */
export enum Takes {
  Nothing = 0,
  Temperature = 1,
  TopP = 2,
  Seed = 4,
  PresencePenalty = 8,
  FrequencyPenalty = 16,
  Stops = 32,
  Tools = 64,
  /** A call that has to be made. */
  RequiredTool = 128,
  NamedTool = 256,
  /** `parallel_tool_calls: false` */
  OneCallAtATime = 512,
  JsonObject = 1024,
  JsonSchema = 2048,
  /** JSON as output where there are tools, too. */
  JsonBesideTools = 4096,
  /** An effort, a budget, thinking switched on or off. */
  Thinking = 8192,
  Images = 16384,
  /** Images by URL, too. */
  ImageUrls = 32768,
  Embeddings = 65536,
  /** Documents in plain text, which become text. */
  TextDocuments = 131072,
  /** A system's message beside others. */
  System = 262144,
}

/** One object for each protocol; it never changes. */
export class Abilities {
  /** Members that only this protocol knows, and a client of another may add to its body: they go as they are. */
  own: StaticArray<string> = [];
  mostAnswers: u64 = 1;
  mostStops: i32 = i32.MAX_VALUE;
  mostTemperature: f64 = 2;
  leastSeed: u64 = 0;
  mostSeed: u64 = u64.MAX_VALUE;
  /** Penalties from `leastPenalty` to `mostPenalty`. */
  leastPenalty: f64 = -2;
  mostPenalty: f64 = 2;

  constructor(
    /** As in "Cohere's". */
    readonly whose: string,
    readonly takes: u32,
  ) {}

  can(what: u32): bool {
    return (this.takes & what) == what;
  }

  /** Why a conversation can't be said; null: it can. */
  whyUnfit(conversation: Conversation, target: Target): Failure | null {
    if (conversation.operation == Operation.Embeddings && this.can(Takes.Embeddings))
      return othersFit(conversation, target, this.own, this.whose);
    if (conversation.operation != Operation.Chat) return onlyChats(target);
    let failure = this.settingsFit(conversation, target);
    if (failure == null) failure = this.toolsFit(conversation, target);
    if (failure == null) failure = this.outputFits(conversation, target);
    if (failure == null) failure = this.contentFits(conversation, target);
    return failure == null ? othersFit(conversation, target, this.own, this.whose) : failure;
  }

  private settingsFit(conversation: Conversation, target: Target): Failure | null {
    const count = numberOf(conversation, conversation.countJson, 1);
    if (!(count >= 1 && count <= <f64>this.mostAnswers))
      return cannotSay("n", "asks for another number of answers than one", target, "send the request as often as you need answers");
    if (conversation.logprobs == Choice.Yes || numberOf(conversation, conversation.topLogprobsJson, 0) != 0)
      return cannotSay("logprobs", "asks for probabilities", target, "leave it out");
    if (spanLength(conversation.logitBiasJson) > 2) return cannotSay("logit_bias", "is not empty", target, "leave it out");
    const temperature = numberOf(conversation, conversation.temperatureJson, 0);
    if (this.can(Takes.Temperature) && !(temperature >= 0 && temperature <= this.mostTemperature))
      return cannotSay("temperature", "is not from 0 to " + this.mostTemperature.toString(), target, "use a value in this range");
    const topP = numberOf(conversation, conversation.topPJson, 1);
    if (this.can(Takes.TopP) && !(topP >= 0 && topP <= 1))
      return cannotSay("top_p", "is not from 0 to 1", target, "use a value in this range");
    const seed = conversation.seedJson;
    if (
      seed != ABSENT &&
      this.can(Takes.Seed) &&
      !(isWhole(conversation, seed) && NUMBER.magnitude >= this.leastSeed && NUMBER.magnitude <= this.mostSeed)
    )
      return cannotSay("seed", `is no whole number from ${this.leastSeed} to ${this.mostSeed}`, target, "use one");
    if (seed != ABSENT && !this.can(Takes.Seed)) return cannotSay("seed", "asks for the same answer again", target, "leave it out");
    if (conversation.maxTokensJson != ABSENT && !isWhole(conversation, conversation.maxTokensJson))
      return cannotSay("max_tokens", "is no whole number", target, "correct it").always();
    const penalty = this.penaltyFits(conversation, conversation.presencePenaltyJson, "presence_penalty", Takes.PresencePenalty, target);
    if (penalty != null) return penalty;
    const other = this.penaltyFits(conversation, conversation.frequencyPenaltyJson, "frequency_penalty", Takes.FrequencyPenalty, target);
    if (other != null) return other;
    const stops = conversation.stops.length;
    if (stops > 0 && !this.can(Takes.Stops)) return cannotSay("stop", "names stop sequences", target, "leave it out");
    if (stops > this.mostStops) return cannotSay("stop", "has more than " + this.mostStops.toString() + " sequences", target, "name fewer");
    return this.thinkingFits(conversation, target);
  }

  private penaltyFits(conversation: Conversation, json: Span, field: string, bit: u32, target: Target): Failure | null {
    const value = numberOf(conversation, json, 0);
    if (value == 0) return null;
    if (!this.can(bit)) return cannotSay(field, "is not 0", target, "leave it out");
    if (value >= this.leastPenalty && value <= this.mostPenalty) return null;
    return cannotSay(field, `is not from ${this.leastPenalty} to ${this.mostPenalty}`, target, "use a value in this range");
  }

  private thinkingFits(conversation: Conversation, target: Target): Failure | null {
    if (conversation.thinkingBudgetJson != ABSENT && !isWhole(conversation, conversation.thinkingBudgetJson))
      return cannotSay("thinking_budget", "is no whole number", target, "correct it").always();
    if (this.can(Takes.Thinking)) return null;
    const asks = conversation.effort != Effort.Absent && conversation.effort != Effort.None;
    if (asks || conversation.thinking == Choice.Yes)
      return cannotSay(asks ? "reasoning_effort" : "thinking", "asks the model to think", target, "leave it out");
    const isOff = conversation.thinking == Choice.No || conversation.effort == Effort.None;
    if (isOff || numberOf(conversation, conversation.thinkingBudgetJson, 0) == 0) return null;
    return cannotSay("thinking_budget", "asks the model to think", target, "leave it out");
  }

  private toolsFit(conversation: Conversation, target: Target): Failure | null {
    if (conversation.toolCount == 0) return null;
    if (!this.can(Takes.Tools))
      return cannotSay(
        conversation.legacyFunctions ? "functions" : "tools",
        "offers tools",
        target,
        "leave them out, or ask another provider",
      );
    for (let i = 0; i < conversation.toolCount; i++) {
      if (!conversation.tool(i).isFunction)
        return cannotSay("tools[" + i.toString() + "]", "is no function", target, "use functions").ofTool(i);
    }
    const policy = conversation.toolPolicy;
    if (
      policy == ToolPolicy.Other ||
      (policy == ToolPolicy.Required && !this.can(Takes.RequiredTool)) ||
      (policy == ToolPolicy.Named && !this.can(Takes.NamedTool))
    )
      return cannotSay("tool_choice", "is none of those that it knows", target, "use auto or none");
    if (policy == ToolPolicy.Named && !isOffered(conversation))
      return cannotSay("tool_choice", "names a tool that isn't offered", target, "offer it").always();
    if (conversation.parallelToolCalls == Choice.No && !this.can(Takes.OneCallAtATime))
      return cannotSay("parallel_tool_calls", "allows one call at a time", target, "leave it out");
    return null;
  }

  private outputFits(conversation: Conversation, target: Target): Failure | null {
    const format = conversation.outputFormat;
    if (format == OutputFormat.Absent || format == OutputFormat.Text) return null;
    const can =
      format == OutputFormat.JsonObject ? this.can(Takes.JsonObject) : format == OutputFormat.JsonSchema && this.can(Takes.JsonSchema);
    if (!can)
      return cannotSay("response_format", "asks for a form that it doesn't have", target, "ask for text, and say in words what you want");
    if (format == OutputFormat.JsonSchema && conversation.outputSchemaJson == ABSENT)
      return cannotSay("response_format.json_schema.schema", "is missing", target, "send the schema, or ask for a JSON object");
    if (conversation.toolCount > 0 && !this.can(Takes.JsonBesideTools))
      return cannotSay("response_format", "asks for JSON beside tools", target, "ask for one of the two");
    return null;
  }

  private contentFits(conversation: Conversation, target: Target): Failure | null {
    let role = Role.User;
    let call = 0;
    let saysSomething = false;
    for (let i = 0; i < conversation.itemCount; i++) {
      const item = conversation.item(i);
      if (item.kind == ItemKind.Turn) {
        role = item.role;
        call = 0;
        continue;
      }
      const isSystem = role == Role.System || role == Role.Developer;
      if (!isSystem && item.kind != ItemKind.Thinking && item.kind != ItemKind.RedactedThinking) saysSomething = true;
      const failure =
        item.kind == ItemKind.ToolCall ? this.callFits(conversation, i, call++, target) : this.partFits(conversation, i, role, target);
      if (failure != null) return failure;
    }
    return saysSomething
      ? null
      : cannotSay("messages", "have no message of a user or an assistant with content", target, "send at least one");
  }

  private callFits(conversation: Conversation, index: i32, call: i32, target: Target): Failure | null {
    const isAnthropic = conversation.dialect == Dialect.Anthropic;
    // In OpenAI's old form the call is the function itself.
    const isOld =
      conversation.dialect == Dialect.OpenAI && findIn(conversation.source.bytes(conversation.item(index).whole), "function") == ABSENT;
    const field =
      messageField(conversation, index) + (isAnthropic ? ".content" : isOld ? ".function_call" : ".tool_calls[" + call.toString() + "]");
    if (!this.can(Takes.Tools)) return cannotSay(field, "is a call of a tool", target, "leave calls and their results out");
    if (argumentsAreObject(conversation.source, conversation.item(index))) return null;
    return cannotSay(
      field + (isAnthropic ? "" : isOld ? ".arguments" : ".function.arguments"),
      "is not a JSON object",
      target,
      "correct it",
    );
  }

  private partFits(conversation: Conversation, index: i32, role: Role, target: Target): Failure | null {
    const isSystem = role == Role.System || role == Role.Developer;
    const item = conversation.item(index);
    const field = messageField(conversation, index) + ".content";
    switch (item.kind) {
      case ItemKind.ToolResult:
        return this.can(Takes.Tools) ? null : cannotSay(field, "is a tool's result", target, "leave calls and their results out");
      case ItemKind.Image:
        return this.imageFits(index, item, field, isSystem, target);
      case ItemKind.Document:
        if (item.text != ABSENT && this.can(Takes.TextDocuments)) return null;
        return cannotSay(field, "has a file", target, "send its text").ofItem(index);
      case ItemKind.Audio:
        return cannotSay(field, "has audio", target, "send its text").ofItem(index);
      case ItemKind.Unknown:
        // It may be a call, or audio, which stand beside an assistant's content.
        return cannotSay(
          role == Role.Assistant ? messageField(conversation, index) : field,
          "has a part that only its own protocol knows",
          target,
          "leave it out",
        ).ofItem(index);
      default:
        return null;
    }
  }

  private imageFits(index: i32, item: Item, field: string, isSystem: bool, target: Target): Failure | null {
    if (!this.can(Takes.Images)) return cannotSay(field, "has an image", target, "ask a model of another provider").ofItem(index);
    if (isSystem) return cannotSay(field, "has an image in a turn that isn't the user's", target, "send it as the user").ofItem(index);
    if (item.data != ABSENT) return null;
    if (item.url == ABSENT)
      return cannotSay(field, "refers to an image that was uploaded elsewhere", target, "send its data").ofItem(index);
    return this.can(Takes.ImageUrls) ? null : cannotSay(field, "has an image by URL", target, "send its data").ofItem(index);
  }
}

/** The refusal of what isn't a conversation. */
export function onlyChats(target: Target): Failure {
  const failure = new Message()
    .say("the provider `")
    .text(target.provider)
    .say("` only answers conversations: send this to another provider's model")
    .failure(FailureKind.InvalidRequest);
  failure.param = "model";
  return failure;
}

function isOffered(conversation: Conversation): bool {
  const name = conversation.source.bytes(conversation.toolChoiceName);
  for (let i = 0; i < conversation.toolCount; i++) if (conversation.source.point(conversation.tool(i).name, VIEW).equals(name)) return true;
  return false;
}

function numberOf(conversation: Conversation, json: Span, otherwise: f64): f64 {
  return json == ABSENT ? otherwise : doubleValue(conversation.source.point(json, VIEW));
}

function isWhole(conversation: Conversation, json: Span): bool {
  return NUMBER.read(conversation.source.point(json, VIEW)) && NUMBER.isWhole && !NUMBER.negative && NUMBER.fits;
}

const VIEW = new Bytes();
const NUMBER = new JsonNumber();
