/** What Bedrock can't be asked for by Converse. Each refusal is a row of the table in README.md. */
import { Bytes } from "../../bytes/bytes";
import { ABSENT } from "../../bytes/span";
import { contentFits } from "../anthropic/content-fits";
import { formatFits, notAChat, samplingFits, settingsFit, toolField, toolsFit } from "../anthropic/fits";
import { ModelTraits } from "../anthropic/models";
import { ownMembersFit } from "../own-members";
import { isPlainName } from "../anthropic/tool-id";
import { Choice, Conversation, ItemKind, OutputFormat, ToolPolicy } from "../conversation";
import { Failure } from "../failure";
import { cannotSay, messageField } from "../message";
import { Operation } from "../operation";
import { Target } from "../protocol";
import { Family, familyOf, thoughtsOf } from "./models";
import { KNOWN_MEMBERS } from "./own-members";
import { BedrockParts } from "./part-fits";
import { takesOwnToolChoice } from "./tools";

/** https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ToolSpecification.html */
const LONGEST_NAME = 64;

const PARTS = new BedrockParts();
const VIEW = new Bytes();

/** Why the conversation can't be said; null if it can. */
export function fits(conversation: Conversation, target: Target): Failure | null {
  if (conversation.operation != Operation.Chat) return notAChat(target);
  if (target.model.isEmpty) return cannotSay("model", "is empty", target, "name a model").always();
  const family = familyOf(target.model);
  const traits = ModelTraits.of(target.model);
  let failure = settingsFit(conversation, target, KNOWN_MEMBERS, false);
  if (failure == null) failure = samplingFits(conversation, traits, target);
  if (failure == null) failure = toolsFit(conversation, traits, target, false);
  if (failure == null) failure = namesFit(conversation, target);
  if (failure == null) failure = formatFits(conversation, traits, target);
  if (failure == null) failure = familyFits(conversation, traits, family, target);
  if (failure == null) failure = contentFits(conversation, target, PARTS, thoughtsOf(family));
  if (failure == null) failure = othersFit(conversation, target);
  return failure;
}

/** Names of tools, those of calls in the history too. A name can't be changed on the way: the client would get back another. */
function namesFit(conversation: Conversation, target: Target): Failure | null {
  for (let i = 0; i < conversation.toolCount; i++) {
    if (!isPlainName(conversation.source.point(conversation.tool(i).name, VIEW), LONGEST_NAME))
      return cannotSay(toolField(i) + ".function.name", NAME_RULE, target, "rename the tool");
  }
  if (conversation.toolCount > 0 && conversation.toolPolicy == ToolPolicy.Named) {
    if (!isPlainName(conversation.source.point(conversation.toolChoiceName, VIEW), LONGEST_NAME))
      return cannotSay("tool_choice.function.name", NAME_RULE, target, "name one of the tools");
  }
  for (let i = 0; i < conversation.itemCount; i++) {
    const item = conversation.item(i);
    if (item.kind == ItemKind.ToolCall && !isPlainName(conversation.source.point(item.name, VIEW), LONGEST_NAME))
      return cannotSay(messageField(conversation, i), "has a call whose name " + NAME_RULE, target, "rename the tool");
  }
  return null;
}

const NAME_RULE = "isn't 1 to 64 letters, digits, underscores and hyphens";

function familyFits(conversation: Conversation, traits: ModelTraits, family: Family, target: Target): Failure | null {
  if (conversation.outputFormat == OutputFormat.JsonSchema && (family == Family.Nova || family == Family.Nova2))
    return cannotSay("response_format", "asks for a schema", target, "this model has no structured outputs, offer a tool with this schema");
  const mayCall = conversation.toolCount > 0 && conversation.toolPolicy != ToolPolicy.None;
  if (mayCall && conversation.parallelToolCalls == Choice.No && !takesOwnToolChoice(family, traits))
    return cannotSay("parallel_tool_calls", "allows one call at a time", target, "leave it out, or ask Claude from 4.5 on");
  return null;
}

function othersFit(conversation: Conversation, target: Target): Failure | null {
  const fields = conversation.other("additionalModelRequestFields");
  if (fields != ABSENT && conversation.source.point(fields, VIEW).at(0) != 0x7b)
    return cannotSay("additionalModelRequestFields", "is no object", target, "correct it").always();
  return ownMembersFit(conversation, target, true);
}
