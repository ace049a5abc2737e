/** Images, files and audio: https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ContentBlock.html */
import { writeBase64 } from "../../bytes/base64";
import { Bytes } from "../../bytes/bytes";
import { ABSENT, Source } from "../../bytes/span";
import { ByteWriter } from "../../bytes/writer";
import { unescape } from "../../json/unescape";
import { JsonWriter } from "../../json/writer";
import { Item } from "../conversation";
import { FileKind, audioFormat, documentFormat, fileKindOf, imageFormat, videoFormat } from "./formats";

/** https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_DocumentBlock.html */
const LONGEST_NAME = 180;

const VIEW = new Bytes();
const TEXT = new ByteWriter(0);

/** The media of one request: `begin`, then each in order. What they are is checked by `BedrockParts`. */
@final
export class MediaWriter {
  private documents: i32 = 0;
  private readonly name: ByteWriter = new ByteWriter(64);

  begin(): void {
    this.documents = 0;
  }

  /** The member `image` of a block. */
  writeImage(item: Item, source: Source, out: JsonWriter): void {
    this.beginMember("image", imageFormat(item, source), out);
    this.endMember(item, source, out);
  }

  /** The member `audio` of a block. */
  writeAudio(item: Item, source: Source, out: JsonWriter): void {
    this.beginMember("audio", audioFormat(item, source), out);
    this.endMember(item, source, out);
  }

  /** The member `document` or `video` of a block; whether it is a document. */
  writeFile(item: Item, source: Source, out: JsonWriter): bool {
    if (fileKindOf(item, source) == FileKind.Video) {
      this.beginMember("video", videoFormat(item, source), out);
      this.endMember(item, source, out);
      return false;
    }
    this.beginMember("document", documentFormat(item, source), out);
    out.key("name");
    this.writeName(item, source, out);
    // https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_DocumentBlock.html
    if (item.context != ABSENT) {
      out.key("context");
      out.escapedFrom(source, item.context);
    }
    if (item.isCited) {
      out.key("citations");
      out.beginObject();
      out.key("enabled");
      out.boolean(true);
      out.endObject();
    }
    this.endMember(item, source, out);
    return true;
  }

  private beginMember(member: string, format: string, out: JsonWriter): void {
    out.key(member);
    out.beginObject();
    out.key("format");
    out.asciiText(format);
  }

  /** Writes `source`, and ends the member. */
  private endMember(item: Item, source: Source, out: JsonWriter): void {
    out.key("source");
    out.beginObject();
    if (item.text != ABSENT) {
      TEXT.clear();
      unescape(source.point(item.text, VIEW), TEXT);
      out.key("bytes");
      out.beginString();
      writeBase64(TEXT.view(), out);
      out.endString();
      TEXT.clear();
    } else if (item.data != ABSENT) {
      out.key("bytes");
      out.escapedFrom(source, item.data);
    } else {
      out.key("s3Location");
      out.beginObject();
      out.key("uri");
      out.escapedFrom(source, item.url);
      out.endObject();
    }
    out.endObject();
    out.endObject();
  }

  /**
   * A document's name. Bedrock takes letters, digits, single spaces, hyphens, parentheses and square brackets, and wants each name once: so what it doesn't take is a hyphen, and from the second document on its number follows.
   */
  private writeName(item: Item, source: Source, out: JsonWriter): void {
    const name = this.name;
    name.clear();
    if (item.name != ABSENT) {
      TEXT.clear();
      unescape(source.point(item.name, VIEW), TEXT);
      writePlain(withoutExtension(TEXT.view()), name);
      TEXT.clear();
    }
    this.documents++;
    const plain = name.view();
    out.beginString();
    if (plain.isEmpty) out.ascii("Document");
    else out.moreEscaped(plain);
    if (this.documents > 1 || plain.at(plain.length - 1) == 0x5d) {
      out.ascii(" [");
      out.unsigned(this.documents);
      out.byte(0x5d);
    }
    out.endString();
  }
}

export const MEDIA = new MediaWriter();

function writePlain(text: Bytes, out: ByteWriter): void {
  let before: u8 = 0x20;
  for (let i = 0; i < text.length && out.length < LONGEST_NAME; i++) {
    let byte = text.at(i);
    // The bytes behind the first of a character in UTF-8.
    if ((byte & 0xc0) == 0x80) continue;
    if (!isTaken(byte)) byte = 0x2d;
    if (byte == 0x20 && before == 0x20) continue;
    out.byte(byte);
    before = byte;
  }
  if (before == 0x20 && out.length > 0) out.cutTo(out.length - 1);
}

function isTaken(byte: u8): bool {
  return (
    <u32>(byte | 0x20) - 0x61 < 26 ||
    <u32>byte - 0x30 < 10 ||
    byte == 0x20 ||
    byte == 0x2d ||
    byte == 0x28 ||
    byte == 0x29 ||
    byte == 0x5b ||
    byte == 0x5d
  );
}

function withoutExtension(name: Bytes): Bytes {
  let end = name.length - 1;
  while (end > 0 && name.at(end) != 0x2e) end--;
  return end > 0 ? name.slice(0, end) : name;
}
