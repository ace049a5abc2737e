/** What an Anthropic model can't be asked for. Each refusal is a row of the table in README.md. */
import { Bytes } from "../../bytes/bytes";
import { ABSENT, Span, spanLength } from "../../bytes/span";
import { JsonNumber, doubleValue } from "../../json/number";
import { JsonReader } from "../../json/reader";
import { Choice, Conversation, Effort, OutputFormat, ToolPolicy } from "../conversation";
import { Failure, FailureKind } from "../failure";
import { Message, cannotSay, unknownMember } from "../message";
import { Dialect, Operation } from "../operation";
import { isHarmless } from "../other-members";
import { ownMembersFit } from "../own-members";
import { Target } from "../protocol";
import { SEARCH } from "../web-search";
import { contentFits } from "./content-fits";
import { ModelTraits } from "./models";
import { OWN_MEMBERS } from "./others";
import { MessagesParts } from "./part-fits";
import { isBlank } from "./text";

const VIEW = new Bytes();
const NUMBER = new JsonNumber();
const READER = new JsonReader();
const PARTS = new MessagesParts();

/** Why the conversation can't be said; null if it can. */
export function fits(conversation: Conversation, target: Target): Failure | null {
  if (conversation.operation != Operation.Chat && conversation.operation != Operation.CountTokens) return notAChat(target);
  const traits = ModelTraits.of(target.model);
  let failure = settingsFit(conversation, target, OWN_MEMBERS, true);
  if (failure == null) failure = samplingFits(conversation, traits, target);
  if (failure == null) failure = toolsFit(conversation, traits, target, true);
  if (failure == null) failure = formatFits(conversation, traits, target);
  if (failure == null) failure = contentFits(conversation, target, PARTS);
  return failure;
}

export function notAChat(target: Target): Failure {
  const message = new Message()
    .say("the provider `")
    .text(target.provider)
    .say("` only answers conversations: send this to another provider's model");
  const failure = message.failure(FailureKind.InvalidRequest);
  failure.param = "model";
  return failure;
}

/** `own`: the members of the provider's own that a client of another protocol may add; `searches`: whether it can search the web. */
export function settingsFit(conversation: Conversation, target: Target, own: StaticArray<string>, searches: bool): Failure | null {
  if (isSet(conversation, conversation.countJson) && !isWhole(conversation, conversation.countJson, 1, 1))
    return cannotSay(
      "n",
      "asks for more or less than one answer",
      target,
      "leave it out, or send the request as often as you need answers",
    );
  if (conversation.logprobs == Choice.Yes) return cannotSay("logprobs", "asks for probabilities", target, "leave it out");
  if (isNonZero(conversation, conversation.topLogprobsJson))
    return cannotSay("top_logprobs", "asks for probabilities", target, "leave it out");
  if (isNonZero(conversation, conversation.presencePenaltyJson)) return cannotSay("presence_penalty", "is not 0", target, "leave it out");
  if (isNonZero(conversation, conversation.frequencyPenaltyJson)) return cannotSay("frequency_penalty", "is not 0", target, "leave it out");
  if (hasMembers(conversation, conversation.logitBiasJson)) return cannotSay("logit_bias", "is not empty", target, "leave it out");
  if (isSet(conversation, conversation.maxTokensJson) && !isWhole(conversation, conversation.maxTokensJson, 1, u32.MAX_VALUE))
    return cannotSay("max_tokens", "is no whole number from 1 up", target, "correct it").always();
  if (isSet(conversation, conversation.thinkingBudgetJson) && !isWhole(conversation, conversation.thinkingBudgetJson, 0, u32.MAX_VALUE))
    return cannotSay("thinking.budget_tokens", "is no whole number", target, "correct it").always();
  if (conversation.effort == Effort.Other && !conversation.source.is(conversation.effortText, "max"))
    return cannotSay("reasoning_effort", "has an unknown value", target, "use none, minimal, low, medium, high, xhigh or max").always();
  for (let i = 0; i < conversation.stops.length; i++) {
    const stop = conversation.source.point(conversation.stops.at(i), VIEW);
    if (!stop.isEmpty && isBlank(stop)) return cannotSay("stop", "has a sequence of white space only", target, "leave that one out");
  }
  return extrasFit(conversation, target, own, searches);
}

/** OpenAI's members that no other protocol knows: all but those that are known to change nothing, and the provider's own, are refused by name. */
function extrasFit(conversation: Conversation, target: Target, own: StaticArray<string>, searches: bool): Failure | null {
  if (conversation.others.length == 0) return null;
  if (conversation.dialect == Dialect.Gemini) return ownMembersFit(conversation, target);
  if (conversation.dialect != Dialect.OpenAI) return null;
  const modalities = conversation.other("modalities");
  if (modalities != ABSENT && conversation.source.point(modalities, VIEW).contains('"audio"'))
    return cannotSay("modalities", "asks for audio", target, "ask for text only");
  const asksSearch = isSet(conversation, conversation.other("web_search_options"));
  if (asksSearch && !(searches && SEARCH.ofOptions(conversation)))
    return cannotSay("web_search_options", "asks for a search", target, "leave it out, or offer a tool that searches");
  const source = conversation.source;
  for (let i = 0; i + 1 < conversation.others.length; i += 2) {
    const name = conversation.others.at(i);
    if (source.point(name, VIEW).isOneOf(own) || isHarmless(name, conversation.others.at(i + 1), source)) continue;
    // The words of an answer in audio, which `modalities` asks for.
    if (source.is(name, "audio") || source.is(name, "web_search_options")) continue;
    return unknownMember(source.bytes(name), target, "leave it out, or route this model to a provider that takes it");
  }
  return null;
}

export function samplingFits(conversation: Conversation, traits: ModelTraits, target: Target): Failure | null {
  // Such a model has none of these; see the table of drops.
  if (!traits.takesSampling) return null;
  const temperature = fraction(conversation, conversation.temperatureJson);
  if (!(temperature >= 0 && temperature <= 1)) return cannotSay("temperature", "is not from 0 to 1", target, "use a value in this range");
  const topP = fraction(conversation, conversation.topPJson);
  if (!(topP >= 0 && topP <= 1)) return cannotSay("top_p", "is not from 0 to 1", target, "use a value in this range");
  if (temperature < 1 && topP < 1 && !traits.takesBothSamplings)
    return cannotSay("top_p", "stands beside `temperature`", target, "this model takes one of the two");
  if (isSet(conversation, conversation.topKJson) && !isWhole(conversation, conversation.topKJson, 0, u32.MAX_VALUE))
    return cannotSay("top_k", "is no whole number from 0 up", target, "correct it").always();
  return null;
}

/** A setting whose default is 1. */
function fraction(conversation: Conversation, number: Span): f64 {
  return isSet(conversation, number) ? doubleValue(conversation.source.point(number, VIEW)) : 1;
}

/** `searches`: whether the provider can search the web. */
export function toolsFit(conversation: Conversation, traits: ModelTraits, target: Target, searches: bool): Failure | null {
  for (let i = 0; i < conversation.toolCount; i++) {
    const tool = conversation.tool(i);
    if (searches && SEARCH.ofTool(conversation, i)) continue;
    if (!tool.isFunction) return cannotSay(toolField(i), "is another vendor's own tool", target, "offer functions").ofTool(i);
    if (tool.schemaJson != ABSENT && conversation.source.point(tool.schemaJson, VIEW).at(0) != 0x7b)
      return cannotSay(toolField(i) + ".function.parameters", "is no JSON Schema object", target, "correct it");
  }
  if (conversation.toolPolicy == ToolPolicy.Other)
    return cannotSay("tool_choice", "has a form that only OpenAI knows", target, "use auto, none, required or a function");
  const isForced = conversation.toolPolicy == ToolPolicy.Required || conversation.toolPolicy == ToolPolicy.Named;
  if (isForced && conversation.toolCount > 0 && !traits.takesForcedTools)
    return cannotSay("tool_choice", "forces a call", target, "this model only takes auto and none");
  return null;
}

export function toolField(index: i32): string {
  return "tools[" + index.toString() + "]";
}

export function formatFits(conversation: Conversation, traits: ModelTraits, target: Target): Failure | null {
  if (conversation.outputFormat == OutputFormat.Other)
    return cannotSay("response_format", "has an unknown type", target, "use text, json_object or json_schema").always();
  if (conversation.outputFormat != OutputFormat.JsonSchema) return null;
  if (!traits.takesOutputFormat)
    return cannotSay(
      "response_format",
      "asks for a schema",
      target,
      "this model has no structured outputs, choose a newer one or offer a tool with this schema",
    );
  if (conversation.source.point(conversation.outputSchemaJson, VIEW).at(0) != 0x7b)
    return cannotSay("response_format.json_schema.schema", "is no JSON Schema object", target, "correct it");
  return null;
}

export function isSet(conversation: Conversation, value: Span): bool {
  return value != ABSENT && !conversation.source.is(value, "null");
}

function isNonZero(conversation: Conversation, number: Span): bool {
  return isSet(conversation, number) && doubleValue(conversation.source.point(number, VIEW)) != 0;
}

function isWhole(conversation: Conversation, number: Span, least: u64, most: u64): bool {
  if (!NUMBER.read(conversation.source.point(number, VIEW)) || !NUMBER.isWhole || (NUMBER.negative && NUMBER.magnitude > 0)) return false;
  return NUMBER.magnitude >= least && NUMBER.magnitude <= most;
}

function hasMembers(conversation: Conversation, object: Span): bool {
  if (spanLength(object) <= 2) return false;
  READER.start(conversation.source.point(object, VIEW));
  return READER.enterObject() && READER.nextKey();
}
