/** What in the turns of a conversation can't be said to an Anthropic model. */
import { Bytes } from "../../bytes/bytes";
import { ABSENT, spanLength } from "../../bytes/span";
import { argumentsAreObject } from "../arguments";
import { Conversation, ItemKind, Role } from "../conversation";
import { Failure } from "../failure";
import { cannotSay, messageField } from "../message";
import { Target } from "../protocol";
import { decodeBase64 } from "../../bytes/base64";
import { isPdf, isText } from "./media-writer";
import { isLeftOut, isSystem } from "./outline";

const VIEW = new Bytes();

export function contentFits(conversation: Conversation, target: Target): Failure | null {
  let role = Role.User;
  let isInResult = false;
  let call = 0;
  let hasContent = false;
  for (let i = 0; i < conversation.itemCount; i++) {
    const item = conversation.item(i);
    let failure: Failure | null = null;
    switch (item.kind) {
      case ItemKind.Turn:
        role = item.role;
        isInResult = false;
        call = 0;
        break;
      case ItemKind.Text:
      case ItemKind.Refusal:
      case ItemKind.Thinking:
      case ItemKind.RedactedThinking:
        if (!isLeftOut(item, conversation)) hasContent = true;
        break;
      case ItemKind.ToolCall:
        hasContent = true;
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
        break;
      case ItemKind.ToolResultEnd:
        isInResult = false;
        break;
      default:
        hasContent = true;
        failure = partFits(conversation, i, role, isInResult, target);
        break;
    }
    if (failure != null) return failure;
  }
  return hasContent ? null : cannotSay("messages", "have no content", target, "say something");
}

function callFits(conversation: Conversation, index: i32, call: i32, target: Target): Failure | null {
  const item = conversation.item(index);
  const field = messageField(conversation, index) + ".tool_calls[" + call.toString() + "]";
  if (spanLength(item.id) == 0) return cannotSay(field + ".id", "is missing", target, "give the call an id, and its result the same");
  if (argumentsAreObject(conversation.source, item)) return null;
  return cannotSay(field + ".function.arguments", "is not a JSON object", target, "correct it");
}

/** Images, audio, documents, and what only another protocol knows. */
function partFits(conversation: Conversation, index: i32, role: Role, isInResult: bool, target: Target): Failure | null {
  const item = conversation.item(index);
  const field = messageField(conversation, index) + ".content";
  if (item.kind == ItemKind.Audio) return cannotSay(field, "has audio", target, "send its text").ofItem(index);
  if (item.kind != ItemKind.Image && item.kind != ItemKind.Document)
    return cannotSay(field, "has a part of a type that only another protocol knows", target, "leave it out").ofItem(index);
  if (!isInResult && (isSystem(role) || role == Role.Assistant))
    return cannotSay(
      field,
      item.kind == ItemKind.Image ? "has an image in a turn that isn't the user's" : "has a file in a turn that isn't the user's",
      target,
      "send it as the user",
    ).ofItem(index);
  if (item.kind == ItemKind.Image) return imageFits(conversation, index, field, target);
  return documentFits(conversation, index, field, target);
}

function imageFits(conversation: Conversation, index: i32, field: string, target: Target): Failure | null {
  const item = conversation.item(index);
  const source = conversation.source;
  if (item.data != ABSENT) {
    const type = source.point(item.mediaType, VIEW);
    if (type.is("image/jpeg") || type.is("image/png") || type.is("image/gif") || type.is("image/webp") || type.is("image/jpg")) return null;
    return cannotSay(field, "has an image of another type", target, "send JPEG, PNG, GIF or WebP").ofItem(index);
  }
  return referenceFits(conversation, index, field, target);
}

function documentFits(conversation: Conversation, index: i32, field: string, target: Target): Failure | null {
  const item = conversation.item(index);
  if (item.text != ABSENT) return null;
  if (item.data == ABSENT) return referenceFits(conversation, index, field, target);
  if (isPdf(item, conversation.source)) return null;
  if (!isText(item, conversation.source))
    return cannotSay(field, "has a file that is neither PDF nor text", target, "send its text").ofItem(index);
  const text = decodeBase64(conversation.source.point(item.data, VIEW));
  return text == null ? cannotSay(field, "has a file that is not valid base64", target, "correct it") : null;
}

function referenceFits(conversation: Conversation, index: i32, field: string, target: Target): Failure | null {
  const item = conversation.item(index);
  if (item.url != ABSENT) {
    const url = conversation.source.point(item.url, VIEW);
    if (url.slice(0, 6).isIgnoringCase("https:")) return null;
    return cannotSay(field, "has a URL that is neither https nor base64 data", target, "send the data itself").ofItem(index);
  }
  return cannotSay(field, "refers to a file that was uploaded elsewhere", target, "send its data").ofItem(index);
}
