/** Writes parts of messages: text, images, audio, files. */
import { ABSENT, Source } from "../../bytes/span";
import { JsonWriter } from "../../json/writer";
import { Item, ItemKind } from "../conversation";
import { writeUrl } from "../dataurl";
import { audioFormat } from "./fits";
import { writeTextDocument } from "../text-document";

/** Writes a part of a message: https://platform.openai.com/docs/api-reference/chat/create#chat-create-messages */
export function writeOpenAIPart(source: Source, item: Item, out: JsonWriter): void {
  out.beginObject();
  out.key("type");
  switch (item.kind) {
    case ItemKind.Image:
      out.asciiText("image_url");
      out.key("image_url");
      out.beginObject();
      out.key("url");
      writeUrl(source, item, out);
      if (item.detail != ABSENT) {
        out.key("detail");
        out.escapedFrom(source, item.detail);
      }
      out.endObject();
      break;
    case ItemKind.Audio:
      out.asciiText("input_audio");
      out.key("input_audio");
      out.beginObject();
      out.key("data");
      out.escapedFrom(source, item.data);
      out.key("format");
      out.asciiText(audioFormat(source, item));
      out.endObject();
      break;
    case ItemKind.Document:
      if (item.text != ABSENT) {
        out.asciiText("text");
        out.key("text");
        writeTextDocument(source, item, out);
        break;
      }
      out.asciiText("file");
      out.key("file");
      writeFile(source, item, out);
      break;
    default:
      out.asciiText("text");
      out.key("text");
      out.escapedFrom(source, item.text);
      break;
  }
  out.endObject();
}

function writeFile(source: Source, item: Item, out: JsonWriter): void {
  out.beginObject();
  // OpenAI refuses data without a name.
  out.key("filename");
  if (item.name != ABSENT) out.escapedFrom(source, item.name);
  else out.asciiText("document");
  out.key("file_data");
  writeUrl(source, item, out);
  out.endObject();
}
