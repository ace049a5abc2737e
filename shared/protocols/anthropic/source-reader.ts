/** Reads the `source` of images and documents: https://docs.anthropic.com/en/docs/build-with-claude/vision, …/pdf-support */
import { Bytes } from "../../bytes/bytes";
import { ABSENT, Span, spanLength } from "../../bytes/span";
import { JsonReader, JsonType } from "../../json/reader";
import { Item, ItemKind } from "../conversation";
import { VIEW, textOf, wordOf } from "../values";
import { MessagesComplaint } from "./complaint";

enum SourceKind {
  /** No type, or one that this reader doesn't know. */
  Other,
  Base64,
  Text,
  Url,
  File,
}

/** The members of a source, in whatever order they come. */
@final
export class SourceReader {
  private isThere: bool = false;
  private kind: SourceKind = SourceKind.Other;
  private mediaType: Span = ABSENT;
  private data: Span = ABSENT;
  private url: Span = ABSENT;
  private fileId: Span = ABSENT;

  clear(): void {
    this.isThere = false;
    this.kind = SourceKind.Other;
    this.mediaType = this.data = this.url = this.fileId = ABSENT;
  }

  /** Reads the next value. One that is no object belongs to a block of another type (a search result's is a URL). */
  read(json: JsonReader, complaint: MessagesComplaint): void {
    if (json.peek() != JsonType.Object) {
      json.skip();
      return;
    }
    json.enterObject();
    this.isThere = true;
    while (json.nextKey()) {
      if (json.nothing()) continue;
      if (json.keyIs("type")) {
        const type = textOf(json, "source.type", complaint);
        if (type != ABSENT) this.kind = kindOf(wordOf(json, type, VIEW));
      } else if (json.keyIs("media_type")) this.mediaType = textOf(json, "source.media_type", complaint);
      else if (json.keyIs("data")) this.data = textOf(json, "source.data", complaint);
      else if (json.keyIs("url")) this.url = textOf(json, "source.url", complaint);
      else if (json.keyIs("file_id")) this.fileId = textOf(json, "source.file_id", complaint);
      if (complaint.failure != null) return;
    }
  }

  fillImage(item: Item, json: JsonReader, complaint: MessagesComplaint): void {
    if (this.kind == SourceKind.Text) item.kind = ItemKind.Unknown;
    this.fill(item, json, complaint);
  }

  /** A document in plain text is `text`. */
  fillDocument(item: Item, json: JsonReader, complaint: MessagesComplaint): void {
    if (this.kind == SourceKind.Text) {
      if (this.data == ABSENT) return complaint.missing("source.data", json, "the text");
      item.text = this.data;
    } else this.fill(item, json, complaint);
  }

  private fill(item: Item, json: JsonReader, complaint: MessagesComplaint): void {
    if (!this.isThere) return complaint.missing("source", json, "an object with `type`");
    switch (this.kind) {
      case SourceKind.Base64:
        if (spanLength(this.data) == 0) return complaint.missing("source.data", json, "the data in base64");
        if (spanLength(this.mediaType) == 0) return complaint.missing("source.media_type", json, "the data's media type");
        item.data = this.data;
        item.mediaType = this.mediaType;
        break;
      case SourceKind.Url:
        if (spanLength(this.url) == 0) return complaint.missing("source.url", json, "a URL");
        item.url = this.url;
        break;
      case SourceKind.File:
        if (spanLength(this.fileId) == 0) return complaint.missing("source.file_id", json, "the file's id");
        item.id = this.fileId;
        break;
      default:
        // Blocks inside of a document, and what comes in the future.
        item.kind = ItemKind.Unknown;
        break;
    }
  }
}

function kindOf(type: Bytes): SourceKind {
  if (type.is("base64")) return SourceKind.Base64;
  if (type.is("text")) return SourceKind.Text;
  if (type.is("url")) return SourceKind.Url;
  return type.is("file") ? SourceKind.File : SourceKind.Other;
}
