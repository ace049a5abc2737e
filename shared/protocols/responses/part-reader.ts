/** Reads the parts of a message, or of a function's output: https://platform.openai.com/docs/api-reference/responses/create#responses-create-input */
import { Bytes, NO_BUFFER } from "../../bytes/bytes";
import { ABSENT, Span, spanLength } from "../../bytes/span";
import { JsonReader } from "../../json/reader";
import { Conversation, Item, ItemKind } from "../conversation";
import { setFile, setUrl } from "../dataurl";
import { optionalTextOf, textOf, wordOf } from "../values";
import { ResponsesComplaint } from "./complaint";

/** A part's members, in whatever order they come; then the item that they make. */
@final
export class PartReader {
  private readonly view: Bytes = new Bytes();
  private kind: ItemKind = ItemKind.Unknown;
  private hasType: bool = false;
  private text: Span = ABSENT;
  private refusal: Span = ABSENT;
  private imageUrl: Span = ABSENT;
  private detail: Span = ABSENT;
  private fileId: Span = ABSENT;
  private fileUrl: Span = ABSENT;
  private fileData: Span = ABSENT;
  private fileName: Span = ABSENT;
  private audio: Span = ABSENT;
  private audioFormat: Span = ABSENT;

  /** Reads the next value, an array of parts. */
  read(json: JsonReader, list: string, conversation: Conversation, complaint: ResponsesComplaint): void {
    if (!json.enterArray()) return;
    complaint.list = list;
    let index = 0;
    while (json.nextElement()) {
      complaint.partIndex = index++;
      this.readPart(json, conversation, complaint);
      if (complaint.failure != null) return;
    }
    complaint.partIndex = -1;
  }

  /** Lets go of the request that was read. */
  release(): void {
    this.view.set(NO_BUFFER, 0, 0);
  }

  private readPart(json: JsonReader, conversation: Conversation, complaint: ResponsesComplaint): void {
    const from = json.offset;
    if (!json.enterObject()) return complaint.wrongType("", json, "a part");
    this.clear();
    while (json.nextKey()) {
      this.readMember(json, complaint);
      if (complaint.failure != null) return;
    }
    if (json.failed) return;
    if (!this.hasType) return complaint.missing("type", json, "the kind of the part");
    const item = conversation.add(this.kind);
    item.whole = json.spanSince(from);
    this.fill(item, json, conversation, complaint);
  }

  private clear(): void {
    this.kind = ItemKind.Unknown;
    this.hasType = false;
    this.text = this.refusal = this.imageUrl = this.detail = this.fileId = this.fileUrl = ABSENT;
    this.fileData = this.fileName = this.audio = this.audioFormat = ABSENT;
  }

  private readMember(json: JsonReader, complaint: ResponsesComplaint): void {
    if (json.keyIs("type")) {
      const type = textOf(json, "type", complaint);
      if (type == ABSENT) return;
      this.hasType = true;
      this.kind = kindOf(wordOf(json, type, this.view));
    } else if (json.keyIs("text")) this.text = optionalTextOf(json, "text", complaint);
    else if (json.keyIs("refusal")) this.refusal = optionalTextOf(json, "refusal", complaint);
    else if (json.keyIs("image_url")) this.imageUrl = optionalTextOf(json, "image_url", complaint);
    else if (json.keyIs("detail")) this.detail = optionalTextOf(json, "detail", complaint);
    else if (json.keyIs("file_id")) this.fileId = optionalTextOf(json, "file_id", complaint);
    else if (json.keyIs("file_url")) this.fileUrl = optionalTextOf(json, "file_url", complaint);
    else if (json.keyIs("file_data")) this.fileData = optionalTextOf(json, "file_data", complaint);
    else if (json.keyIs("filename")) this.fileName = optionalTextOf(json, "filename", complaint);
    else if (json.keyIs("input_audio")) this.readAudio(json, complaint);
  }

  private readAudio(json: JsonReader, complaint: ResponsesComplaint): void {
    if (json.nothing()) return;
    if (!json.enterObject()) return complaint.wrongType("input_audio", json, "an object with `data` and `format`");
    while (json.nextKey()) {
      if (json.keyIs("data")) this.audio = textOf(json, "input_audio.data", complaint);
      else if (json.keyIs("format")) this.audioFormat = optionalTextOf(json, "input_audio.format", complaint);
      if (complaint.failure != null) return;
    }
  }

  private fill(item: Item, json: JsonReader, conversation: Conversation, complaint: ResponsesComplaint): void {
    const source = conversation.source;
    switch (this.kind) {
      case ItemKind.Text:
        item.text = this.text;
        if (this.text == ABSENT) complaint.missing("text", json, "a string");
        break;
      case ItemKind.Refusal:
        item.text = this.refusal;
        if (this.refusal == ABSENT) complaint.missing("refusal", json, "a string");
        break;
      case ItemKind.Image:
        item.detail = this.detail;
        item.id = this.fileId;
        if (spanLength(this.imageUrl) > 0) setUrl(source, this.imageUrl, item);
        else if (spanLength(this.fileId) == 0) complaint.missing("image_url", json, "a URL, or a data URL with the image");
        break;
      case ItemKind.Document:
        item.name = this.fileName;
        item.id = this.fileId;
        if (spanLength(this.fileData) > 0) setFile(source, this.fileData, item);
        else if (spanLength(this.fileUrl) > 0) setUrl(source, this.fileUrl, item);
        else if (spanLength(this.fileId) == 0) complaint.missing("file_data", json, "the file as a data URL, or `file_url`");
        break;
      case ItemKind.Audio:
        item.data = this.audio;
        item.mediaType = this.audioFormat;
        if (spanLength(this.audio) == 0) complaint.missing("input_audio.data", json, "the audio in base64");
        break;
      default:
        break;
    }
  }
}

/** `text` is what some clients write for texts of either side. */
function kindOf(type: Bytes): ItemKind {
  if (type.is("input_text") || type.is("output_text") || type.is("text")) return ItemKind.Text;
  if (type.is("input_image")) return ItemKind.Image;
  if (type.is("input_file")) return ItemKind.Document;
  if (type.is("refusal")) return ItemKind.Refusal;
  return type.is("input_audio") ? ItemKind.Audio : ItemKind.Unknown;
}
