/** What in the turns of a conversation can't be said in blocks of a user's and an assistant's. */
import { spanLength } from "../../bytes/span";
import { argumentsAreObject } from "../arguments";
import { CALLS } from "../calls";
import { Conversation, ItemKind, Role } from "../conversation";
import { Failure } from "../failure";
import { cannotSay, messageField } from "../message";
import { Dialect } from "../operation";
import { Target } from "../protocol";
import { Thoughts, isLeftOut } from "./outline";

/** Which images, audio and documents a provider takes, and where. */
export abstract class PartRules {
  /** Why the item at `index`, none of text, thinking, calls and results, can't be said. `field` is where it stands. */
  abstract fit(conversation: Conversation, index: i32, field: string, role: Role, isInResult: bool, target: Target): Failure | null;
}

/** Why the turns can't be said; null: they can. `thoughts` as in `Outline.draw`. */
export function contentFits(
  conversation: Conversation,
  target: Target,
  parts: PartRules,
  thoughts: Thoughts = Thoughts.All,
): Failure | null {
  let role = Role.User;
  let isInResult = false;
  let call = 0;
  let hasContent = false;
  CALLS.begin(conversation);
  for (let i = 0; i < conversation.itemCount; i++) {
    const item = conversation.item(i);
    let failure: Failure | null = null;
    switch (item.kind) {
      case ItemKind.Turn:
        role = item.role;
        isInResult = false;
        call = 0;
        break;
      case ItemKind.Thinking:
      case ItemKind.RedactedThinking:
      case ItemKind.Text:
      case ItemKind.Refusal:
        if (!isLeftOut(item, conversation, thoughts)) hasContent = true;
        break;
      case ItemKind.ToolCall:
        hasContent = true;
        CALLS.add(conversation, i);
        failure = callFits(conversation, i, call++, target);
        break;
      case ItemKind.ToolResult:
        hasContent = isInResult = true;
        if (spanLength(item.id) == 0)
          failure = cannotSay(
            messageField(conversation, i) + ".tool_call_id",
            "is missing",
            target,
            "name the call that this is the result of",
          );
        // Claude refuses a result whose call isn't in the message before it.
        else if (!CALLS.knows(conversation, i))
          failure = cannotSay(
            messageField(conversation, i) + (conversation.dialect == Dialect.OpenAI ? ".tool_call_id" : ""),
            "answers a call that no message before it makes",
            target,
            "send the assistant's message with that call too",
          ).always();
        break;
      case ItemKind.ToolResultEnd:
        isInResult = false;
        break;
      default:
        hasContent = true;
        failure = parts.fit(conversation, i, fieldOf(conversation, i, role), role, isInResult, target);
        break;
    }
    if (failure != null) return failure;
  }
  return hasContent ? null : cannotSay("messages", "have no content", target, "say something");
}

/** What only another protocol knows of an assistant's message may be a call or audio, which stand beside its content. */
function fieldOf(conversation: Conversation, index: i32, role: Role): string {
  const message = messageField(conversation, index);
  return role == Role.Assistant && conversation.item(index).kind == ItemKind.Unknown ? message : message + ".content";
}

function callFits(conversation: Conversation, index: i32, call: i32, target: Target): Failure | null {
  const item = conversation.item(index);
  const field = messageField(conversation, index) + ".tool_calls[" + call.toString() + "]";
  if (spanLength(item.id) == 0) return cannotSay(field + ".id", "is missing", target, "give the call an id, and its result the same");
  if (argumentsAreObject(conversation.source, item)) return null;
  return cannotSay(field + ".function.arguments", "is not a JSON object", target, "correct it");
}
