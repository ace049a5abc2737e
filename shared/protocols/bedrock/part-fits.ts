/** Which images, files and audio Bedrock takes. */
import { Bytes } from "../../bytes/bytes";
import { ABSENT, spanLength } from "../../bytes/span";
import { PartRules } from "../anthropic/content-fits";
import { isSystem } from "../anthropic/outline";
import { turnFits } from "../anthropic/part-fits";
import { Conversation, Item, ItemKind, Role } from "../conversation";
import { Failure } from "../failure";
import { cannotSay } from "../message";
import { Target } from "../protocol";
import { FileKind, audioFormat, fileKindOf, imageFormat } from "./formats";

const VIEW = new Bytes();

@final
export class BedrockParts extends PartRules {
  fit(conversation: Conversation, index: i32, field: string, role: Role, isInResult: bool, target: Target): Failure | null {
    const failure = partFits(conversation, conversation.item(index), field, role, isInResult, target);
    return failure == null ? null : failure.ofItem(index);
  }
}

function partFits(conversation: Conversation, item: Item, field: string, role: Role, isInResult: bool, target: Target): Failure | null {
  const source = conversation.source;
  switch (item.kind) {
    case ItemKind.Audio:
      if (isInResult || isSystem(role) || role == Role.Assistant)
        return cannotSay(field, "has audio that isn't the user's", target, "send it as the user, or its text");
      if (audioFormat(item, source).length == 0)
        return cannotSay(field, "has audio of another type", target, "send WAV, MP3, Ogg, Opus, FLAC, AAC or WebM");
      break;
    case ItemKind.Image:
    case ItemKind.Document: {
      const misplaced = turnFits(item, field, role, isInResult, target);
      if (misplaced != null) return misplaced;
      const isImage = item.kind == ItemKind.Image;
      if (isImage && item.data != ABSENT && imageFormat(item, source).length == 0)
        return cannotSay(field, "has an image of another type", target, "send JPEG, PNG, GIF or WebP");
      if (!isImage && item.id == ABSENT && fileKindOf(item, source) == FileKind.None)
        return cannotSay(
          field,
          "has a file of another type",
          target,
          "send PDF, CSV, Word, Excel, HTML, text, Markdown or video, with its media type or its file's name",
        );
      break;
    }
    default:
      return cannotSay(field, "has a part of a type that only another protocol knows", target, "leave it out");
  }
  return sourceFits(conversation, item, field, target);
}

function sourceFits(conversation: Conversation, item: Item, field: string, target: Target): Failure | null {
  if (item.text != ABSENT) {
    return spanLength(item.text) > 0 ? null : cannotSay(field, "has an empty file", target, "leave it out");
  }
  if (item.data != ABSENT) return spanLength(item.data) > 0 ? null : cannotSay(field, "has empty data", target, "leave it out");
  if (item.url == ABSENT) return cannotSay(field, "refers to a file that was uploaded elsewhere", target, "send its data");
  const url = conversation.source.point(item.url, VIEW);
  if (!url.startsWith("s3://"))
    return cannotSay(field, "has a URL, which Bedrock doesn't fetch", target, "send the data itself, or an s3:// URL");
  if (item.kind == ItemKind.Image && imageFormat(item, conversation.source).length == 0)
    return cannotSay(field, "has a URL that doesn't end as an image's name does", target, "name it .jpg, .png, .gif or .webp");
  return null;
}
