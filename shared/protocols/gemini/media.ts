/** Media types where the client names none, or names them as OpenAI does. */
import { Bytes } from "../../bytes/bytes";
import { ABSENT, Source } from "../../bytes/span";
import { JsonWriter } from "../../json/writer";
import { Item, ItemKind } from "../conversation";
import { writeTextDocument } from "../text-document";

/**
 * Writes the part for an image, an audio or a document: `inlineData` with its bytes in base64, `fileData` for a URL that Gemini fetches
 * (https://ai.google.dev/gemini-api/docs/file-input-methods), or the text of a document that is given as text.
 */
export function writeMedia(item: Item, source: Source, out: JsonWriter): void {
  out.beginObject();
  if (item.data != ABSENT) {
    out.key("inlineData");
    out.beginObject();
    out.key("mimeType");
    writeMediaType(item, source, out);
    out.key("data");
    out.escapedFrom(source, item.data);
    out.endObject();
  } else if (item.url != ABSENT) {
    out.key("fileData");
    out.beginObject();
    out.key("mimeType");
    writeMediaType(item, source, out);
    out.key("fileUri");
    out.escapedFrom(source, item.url);
    out.endObject();
  } else {
    out.key("text");
    writeTextDocument(source, item, out);
  }
  out.endObject();
}

/** OpenAI's word for an audio format (`wav`, `mp3`) is the subtype of its media type at Gemini: https://ai.google.dev/gemini-api/docs/audio#supported-formats */
function writeMediaType(item: Item, source: Source, out: JsonWriter): void {
  if (item.mediaType == ABSENT) return out.asciiText(guess(item, source));
  const type = source.point(item.mediaType, VIEW);
  if (item.kind == ItemKind.Audio && type.indexOf(0x2f) < 0) {
    out.beginString();
    out.ascii("audio/");
    out.bytes(type);
    return out.endString();
  }
  if (type.is("image/jpg")) return out.asciiText("image/jpeg");
  out.escaped(type);
}

const VIEW = new Bytes();

/** From the ending of the URL's path or of the file's name; else what is most likely. Gemini looks into images itself, but wants a type. */
function guess(item: Item, source: Source): string {
  let name = source.point(item.url != ABSENT ? item.url : item.name, VIEW);
  for (let i = 0; i < name.length; i++) {
    const byte = name.at(i);
    if (byte != 0x3f && byte != 0x23) continue;
    name = name.slice(0, i);
    break;
  }
  let from = name.length;
  while (from > 0 && name.length - from < 5 && name.at(from - 1) != 0x2e) from--;
  const known = from > 0 && name.at(from - 1) == 0x2e ? typeOfEnding(name.slice(from)) : "";
  if (known.length > 0) return known;
  if (item.kind == ItemKind.Image) return "image/jpeg";
  return item.kind == ItemKind.Audio ? "audio/mp3" : "application/pdf";
}

function typeOfEnding(ending: Bytes): string {
  for (let i = 0; i < ENDINGS.length; i += 2) if (ending.isIgnoringCase(ENDINGS[i])) return ENDINGS[i + 1];
  return "";
}

/** Endings and the media types that Gemini documents for them: …/image-understanding, …/audio, …/video-understanding, …/document-processing */
const ENDINGS: StaticArray<string> = [
  "png",
  "image/png",
  "jpg",
  "image/jpeg",
  "jpeg",
  "image/jpeg",
  "webp",
  "image/webp",
  "gif",
  "image/gif",
  "heic",
  "image/heic",
  "heif",
  "image/heif",
  "avif",
  "image/avif",
  "pdf",
  "application/pdf",
  "txt",
  "text/plain",
  "md",
  "text/markdown",
  "html",
  "text/html",
  "htm",
  "text/html",
  "csv",
  "text/csv",
  "xml",
  "text/xml",
  "json",
  "application/json",
  "wav",
  "audio/wav",
  "mp3",
  "audio/mp3",
  "aiff",
  "audio/aiff",
  "aac",
  "audio/aac",
  "ogg",
  "audio/ogg",
  "flac",
  "audio/flac",
  "m4a",
  "audio/m4a",
  "mp4",
  "video/mp4",
  "mov",
  "video/quicktime",
  "mpeg",
  "video/mpeg",
  "mpg",
  "video/mpg",
  "avi",
  "video/avi",
  "webm",
  "video/webm",
  "wmv",
  "video/wmv",
  "3gp",
  "video/3gpp",
];
