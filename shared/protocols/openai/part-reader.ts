/** Reads the parts of a message's content: https://platform.openai.com/docs/api-reference/chat/create#chat-create-messages */
import { Bytes, NO_BUFFER } from "../../bytes/bytes";
import { ABSENT, Source, Span, spanLength } from "../../bytes/span";
import { JsonReader } from "../../json/reader";
import { Conversation, Item, ItemKind } from "../conversation";
import { setFile, setUrl } from "../dataurl";
import { Complaint } from "./complaint";
import { optionalTextOf, textOf, wordOf } from "../values";

/** A part's members, in whatever order they come; then the item that they make. */
@final
export class PartReader {
  private readonly view: Bytes = new Bytes();
  private kind: ItemKind = ItemKind.Unknown;
  private text: Span = ABSENT;
  private url: Span = ABSENT;
  private detail: Span = ABSENT;
  private data: Span = ABSENT;
  private format: Span = ABSENT;
  private id: Span = ABSENT;
  private name: Span = ABSENT;
  private signature: Span = ABSENT;
  private refusal: Span = ABSENT;
  private cacheControl: Span = ABSENT;

  /** Reads the next value, an array of parts. */
  read(json: JsonReader, conversation: Conversation, complaint: Complaint): void {
    if (!json.enterArray()) return;
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

  private readPart(json: JsonReader, conversation: Conversation, complaint: Complaint): void {
    const from = json.offset;
    if (!json.enterObject()) return complaint.wrongType("", json, "a part");
    this.clear();
    while (json.nextKey()) {
      this.readMember(json, complaint);
      if (complaint.failure != null) return;
    }
    if (json.failed) return;
    const item = conversation.add(this.kind);
    item.whole = json.spanSince(from);
    item.cacheControl = this.cacheControl;
    this.fill(item, json, conversation.source, complaint);
  }

  private clear(): void {
    this.kind = ItemKind.Unknown;
    this.text = this.url = this.detail = this.data = this.format = ABSENT;
    this.id = this.name = this.signature = this.refusal = this.cacheControl = ABSENT;
  }

  private readMember(json: JsonReader, complaint: Complaint): void {
    if (json.keyIs("type")) {
      const type = textOf(json, "type", complaint);
      if (type != ABSENT) this.kind = kindOf(wordOf(json, type, this.view));
    } else if (json.keyIs("text")) this.text = optionalTextOf(json, "text", complaint);
    else if (json.keyIs("image_url")) this.readImage(json, complaint);
    else if (json.keyIs("cache_control")) this.cacheControl = json.nothing() ? ABSENT : json.skip();
    else if (json.keyIs("input_audio")) this.readAudio(json, complaint);
    else if (json.keyIs("file")) this.readFile(json, complaint);
    else if (json.keyIs("refusal")) this.refusal = optionalTextOf(json, "refusal", complaint);
    else if (json.keyIs("thinking")) this.text = json.string();
    else if (json.keyIs("signature")) this.signature = json.string();
  }

  private readImage(json: JsonReader, complaint: Complaint): void {
    // Some clients write the URL itself.
    this.url = json.string();
    if (this.url != ABSENT || json.nothing()) return;
    if (!json.enterObject()) return complaint.wrongType("image_url", json, "an object with `url`");
    while (json.nextKey()) {
      if (json.keyIs("url")) this.url = textOf(json, "image_url.url", complaint);
      else if (json.keyIs("detail")) this.detail = optionalTextOf(json, "image_url.detail", complaint);
      if (complaint.failure != null) return;
    }
  }

  private readAudio(json: JsonReader, complaint: Complaint): void {
    if (json.nothing()) return;
    if (!json.enterObject()) return complaint.wrongType("input_audio", json, "an object with `data` and `format`");
    while (json.nextKey()) {
      if (json.keyIs("data")) this.data = textOf(json, "input_audio.data", complaint);
      else if (json.keyIs("format")) this.format = optionalTextOf(json, "input_audio.format", complaint);
      if (complaint.failure != null) return;
    }
  }

  private readFile(json: JsonReader, complaint: Complaint): void {
    if (json.nothing()) return;
    if (!json.enterObject()) return complaint.wrongType("file", json, "an object with `file_data` or `file_id`");
    while (json.nextKey()) {
      if (json.keyIs("file_data")) this.url = optionalTextOf(json, "file.file_data", complaint);
      else if (json.keyIs("file_id")) this.id = optionalTextOf(json, "file.file_id", complaint);
      else if (json.keyIs("filename")) this.name = optionalTextOf(json, "file.filename", complaint);
      if (complaint.failure != null) return;
    }
  }

  private fill(item: Item, json: JsonReader, source: Source, complaint: Complaint): void {
    switch (this.kind) {
      case ItemKind.Text:
        if (this.text == ABSENT) complaint.missing("text", json, "a string");
        item.text = this.text;
        break;
      case ItemKind.Image:
        if (spanLength(this.url) == 0) return complaint.missing("image_url.url", json, "a URL, or a data URL with the image");
        item.detail = this.detail;
        setUrl(source, this.url, item);
        break;
      case ItemKind.Audio:
        if (spanLength(this.data) == 0) return complaint.missing("input_audio.data", json, "the audio in base64");
        item.data = this.data;
        item.mediaType = this.format;
        break;
      case ItemKind.Document:
        if (spanLength(this.url) == 0 && spanLength(this.id) == 0) return complaint.missing("file", json, "`file_data` or `file_id`");
        item.id = this.id;
        item.name = this.name;
        if (this.url != ABSENT) setFile(source, this.url, item);
        break;
      case ItemKind.Refusal:
        item.text = this.refusal != ABSENT ? this.refusal : this.text;
        break;
      case ItemKind.Thinking:
        // Mistral's thinking is a list of parts: known to its own protocol only.
        if (this.text == ABSENT) item.kind = ItemKind.Unknown;
        item.text = this.text;
        item.signature = this.signature;
        break;
      default:
        break;
    }
  }
}

function kindOf(type: Bytes): ItemKind {
  if (type.is("text")) return ItemKind.Text;
  if (type.is("image_url")) return ItemKind.Image;
  if (type.is("input_audio")) return ItemKind.Audio;
  if (type.is("file")) return ItemKind.Document;
  if (type.is("refusal")) return ItemKind.Refusal;
  if (type.is("thinking")) return ItemKind.Thinking;
  return ItemKind.Unknown;
}
