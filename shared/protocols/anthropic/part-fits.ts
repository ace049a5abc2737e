/** Which images and documents an Anthropic model takes. */
import { Bytes } from "../../bytes/bytes";
import { ABSENT } from "../../bytes/span";
import { decodeBase64 } from "../../bytes/base64";
import { Conversation, Item, ItemKind, Role } from "../conversation";
import { Failure } from "../failure";
import { cannotSay } from "../message";
import { Target } from "../protocol";
import { PartRules } from "./content-fits";
import { isPdf, isText } from "./media-writer";
import { isSystem } from "./outline";

const VIEW = new Bytes();

/** Whether an image or a file stands in a turn that takes one. */
export function turnFits(item: Item, field: string, role: Role, isInResult: bool, target: Target): Failure | null {
  if (isInResult || (!isSystem(role) && role != Role.Assistant)) return null;
  return cannotSay(
    field,
    item.kind == ItemKind.Image ? "has an image in a turn that isn't the user's" : "has a file in a turn that isn't the user's",
    target,
    "send it as the user",
  );
}

/** Images, audio, documents, and what only another protocol knows. */
@final
export class MessagesParts extends PartRules {
  fit(conversation: Conversation, index: i32, field: string, role: Role, isInResult: bool, target: Target): Failure | null {
    const item = conversation.item(index);
    if (item.kind == ItemKind.Audio) return cannotSay(field, "has audio", target, "send its text").ofItem(index);
    if (item.kind != ItemKind.Image && item.kind != ItemKind.Document)
      return cannotSay(field, "has a part of a type that only another protocol knows", target, "leave it out").ofItem(index);
    const misplaced = turnFits(item, field, role, isInResult, target);
    if (misplaced != null) return misplaced.ofItem(index);
    if (item.kind == ItemKind.Image) return imageFits(conversation, index, field, target);
    return documentFits(conversation, index, field, target);
  }
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
