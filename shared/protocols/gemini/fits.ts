/** What can't be said in Gemini's protocol. Each refusal names the client's field; what is dropped instead stands in README.md. */
import { Bytes } from "../../bytes/bytes";
import { ABSENT, Span, spanLength } from "../../bytes/span";
import { JsonNumber } from "../../json/number";
import { argumentsAreObject } from "../arguments";
import { Choice, Conversation, Item, ItemKind, OutputFormat, Role, ToolPolicy } from "../conversation";
import { Failure, FailureKind } from "../failure";
import { Message, cannotSay, messageField } from "../message";
import { Dialect, Operation } from "../operation";
import { Target } from "../protocol";
import { ALLOWED_TOOLS } from "./allowed-tools";
import { CALLS } from "../calls";
import { hasContent, isSystem } from "./contents";
import { Model } from "./models";
import { SEARCH } from "../web-search";
import { othersFit } from "./others";
import { thinkingFits } from "./thinking";

/** https://ai.google.dev/api/generate-content#v1beta.GenerationConfig: "up to 5". */
const MOST_STOPS = 5;
/** Of `candidateCount`. */
const MOST_CANDIDATES: u64 = 8;

/** Why a conversation can't be said to a model of Gemini's; null: it can. */
export function geminiFits(conversation: Conversation, target: Target): Failure | null {
  if (conversation.operation != Operation.Chat && conversation.operation != Operation.CountTokens) return wrongOperation(target);
  if (target.model.isEmpty) return cannotSay("model", "is empty", target, "name a model");
  const model = Model.of(target.model);
  let failure = settingsFit(conversation, target);
  if (failure == null) failure = thinkingFits(conversation, model, target);
  if (failure == null) failure = toolsFit(conversation, model, target);
  if (failure == null) failure = itemsFit(conversation, target);
  if (failure == null) failure = othersFit(conversation, target);
  return failure;
}

function wrongOperation(target: Target): Failure {
  return new Message()
    .say("the provider `")
    .text(target.provider)
    .say("` speaks Gemini's protocol, in which this path can't be asked for: use a model of a provider with OpenAI's protocol")
    .failure(FailureKind.InvalidRequest);
}

function settingsFit(conversation: Conversation, target: Target): Failure | null {
  if (conversation.stops.length > MOST_STOPS) return cannotSay("stop", "has more than 5 sequences", target, "use at most 5");
  if (spanLength(conversation.logitBiasJson) > 0 && !isEmptyObject(conversation, conversation.logitBiasJson)) {
    return cannotSay("logit_bias", "shifts single tokens", target, "leave it out, or ask another provider");
  }
  if (conversation.countJson != ABSENT) {
    if (!isWithin(conversation, conversation.countJson, 1, MOST_CANDIDATES))
      return cannotSay("n", "is no whole number from 1 to 8", target, "ask for 1 to 8 answers");
    // https://cloud.google.com/vertex-ai/generative-ai/docs/model-reference/inference#generationconfig: with generateContent only.
    if (conversation.stream && NUMBER.magnitude > 1)
      return cannotSay("n", "asks for more than one streamed answer", target, "set `n` to 1 or `stream` to false");
  }
  // An int32 there.
  if (
    conversation.seedJson != ABSENT &&
    !isWithin(conversation, conversation.seedJson, 0, 2147483647) &&
    !(NUMBER.negative && NUMBER.isWhole && NUMBER.magnitude <= 2147483648)
  ) {
    return cannotSay("seed", "is no whole number of 32 bits", target, "use one from -2147483648 to 2147483647");
  }
  if (conversation.outputFormat == OutputFormat.Other)
    return cannotSay("response_format", "is none of text, json_object and json_schema", target, "use one of these").always();
  return null;
}

function toolsFit(conversation: Conversation, model: Model, target: Target): Failure | null {
  if (conversation.cites && SEARCH.ofOptions(conversation)) {
    const failure = searchFits(conversation, "web_search_options", target);
    if (failure != null) return failure;
  }
  for (let i = 0; i < conversation.toolCount; i++) {
    if (SEARCH.ofTool(conversation, i)) {
      const failure = searchFits(conversation, "tools[" + i.toString() + "]", target);
      if (failure != null) return failure.ofTool(i);
      continue;
    }
    if (!conversation.tool(i).isFunction)
      return cannotSay("tools[" + i.toString() + "]", "is no function", target, "use functions, or ask another provider").ofTool(i);
  }
  const mayCall = conversation.toolCount > 0 && conversation.toolPolicy != ToolPolicy.None;
  if (mayCall && asksForJson(conversation) && !model.isGemini3) {
    return cannotSay("response_format", "asks for JSON beside tools", target, "this model takes one of the two, newer ones take both");
  }
  if (mayCall && conversation.parallelToolCalls == Choice.No) {
    return cannotSay("parallel_tool_calls", "allows one call at a time", target, "leave it out, or ask another provider");
  }
  if (conversation.toolPolicy == ToolPolicy.Other && !ALLOWED_TOOLS.read(conversation.source, conversation.toolChoiceJson, null)) {
    return cannotSay("tool_choice", "is none of auto, none, required, a function and allowed functions", target, "use one of these");
  }
  return null;
}

/** Google's search takes no limits, and no function beside it: https://ai.google.dev/gemini-api/docs/google-search */
function searchFits(conversation: Conversation, field: string, target: Target): Failure | null {
  if (SEARCH.hasLimits)
    return cannotSay(field, "limits the search to some pages, or to some uses", target, "search without limits, or ask another provider");
  if (SEARCH.location != ABSENT) return cannotSay(field, "says where the user is", target, "say it in a message, or ask another provider");
  for (let i = 0; i < conversation.toolCount; i++)
    if (conversation.tool(i).isFunction)
      return cannotSay(field, "is a search beside functions", target, "offer one of the two, or ask another provider");
  if (conversation.toolCount > 0 && !SEARCH.isModelsChoice(conversation))
    return cannotSay("tool_choice", "isn't the model's own beside a search", target, "leave it out");
  return null;
}

function asksForJson(conversation: Conversation): bool {
  return conversation.outputFormat == OutputFormat.JsonObject || conversation.outputFormat == OutputFormat.JsonSchema;
}

/** What the messages hold, with the place of each in the client's body. */
function itemsFit(conversation: Conversation, target: Target): Failure | null {
  CALLS.begin(conversation);
  let role = Role.User;
  let part = -1;
  let call = -1;
  let saysSomething = false;
  for (let i = 0; i < conversation.itemCount; i++) {
    const item = conversation.item(i);
    if (item.kind == ItemKind.Turn) {
      role = item.role;
      part = call = -1;
      continue;
    }
    if (item.kind == ItemKind.ToolCall) call++;
    else if (isContentPart(item)) part++;
    if (!isSystem(role) && hasContent(item, conversation.source)) saysSomething = true;
    let failure: Failure | null = null;
    if (item.kind == ItemKind.ToolCall) {
      CALLS.add(conversation, i);
      if (!argumentsAreObject(conversation.source, item))
        failure = cannotSay(
          messageField(conversation, i) +
            (conversation.dialect == Dialect.Anthropic ? ".content" : ".tool_calls[" + call.toString() + "].function.arguments"),
          "holds text that is no JSON object",
          target,
          "send a JSON object",
        );
    } else if (item.kind == ItemKind.ToolResult) {
      if (CALLS.nameFor(conversation, i) == ABSENT)
        failure = cannotSay(
          messageField(conversation, i) + (conversation.dialect == Dialect.Anthropic ? ".content" : ".tool_call_id"),
          "answers a call that no message before it makes",
          target,
          "send the assistant's message with that call too",
        );
    } else if (isContentPart(item)) failure = partFits(conversation, i, part, isSystem(role), target);
    else if (item.kind == ItemKind.Unknown)
      failure = cannotSay(
        messageField(conversation, i),
        "holds something that only its own protocol knows",
        target,
        "leave it out, or ask another provider",
      ).ofItem(i);
    if (failure != null) return failure;
  }
  return saysSomething
    ? null
    : cannotSay("messages", "has no text, media, call or result of a user or an assistant", target, "send at least one");
}

/** Items that stand in `content`, each a part of it. */
function isContentPart(item: Item): bool {
  return item.kind == ItemKind.Text || item.kind == ItemKind.Image || item.kind == ItemKind.Audio || item.kind == ItemKind.Document;
}

function partFits(conversation: Conversation, index: i32, part: i32, inSystem: bool, target: Target): Failure | null {
  const item = conversation.item(index);
  if (item.kind == ItemKind.Text) return null;
  const isGiven = item.data != ABSENT || item.url != ABSENT || (item.kind == ItemKind.Document && item.text != ABSENT);
  if (isGiven && !inSystem) return null;
  let field = messageField(conversation, index) + ".content";
  // Anthropic's blocks are counted with calls, results and thinking among them.
  if (conversation.dialect == Dialect.OpenAI) field += "[" + part.toString() + "]";
  if (inSystem) return cannotSay(field, "is no text", target, "put media into a message of the user").ofItem(index);
  return cannotSay(field, "names an uploaded file", target, "send the file itself, or its URL").ofItem(index);
}

const NUMBER = new JsonNumber();
const VIEW = new Bytes();

function isWithin(conversation: Conversation, json: Span, least: u64, most: u64): bool {
  return (
    NUMBER.read(conversation.source.point(json, VIEW)) &&
    NUMBER.isWhole &&
    !NUMBER.negative &&
    NUMBER.magnitude >= least &&
    NUMBER.magnitude <= most
  );
}

function isEmptyObject(conversation: Conversation, json: Span): bool {
  const text = conversation.source.point(json, VIEW);
  for (let i = 1; i + 1 < text.length; i++) if (text.at(i) > 0x20) return false;
  return true;
}
