/** Writes images and documents (https://docs.anthropic.com/en/docs/build-with-claude/vision, …/pdf-support). */
import { Bytes } from "../../bytes/bytes";
import { ABSENT, Source, Span, spanLength } from "../../bytes/span";
import { JsonWriter } from "../../json/writer";
import { Item } from "../conversation";
import { decodeBase64 } from "../../bytes/base64";

const VIEW = new Bytes();

/** `marker` is the block's cache marker, or `ABSENT`. */
export function writeImage(item: Item, marker: Span, source: Source, out: JsonWriter): void {
  out.beginObject();
  out.key("type");
  out.asciiText("image");
  out.key("source");
  out.beginObject();
  out.key("type");
  if (item.data != ABSENT) {
    out.asciiText("base64");
    out.key("media_type");
    // A common slip, which Anthropic refuses.
    if (source.is(item.mediaType, "image/jpg")) out.asciiText("image/jpeg");
    else out.escapedFrom(source, item.mediaType);
    out.key("data");
    out.escapedFrom(source, item.data);
  } else writeReference(item, source, out);
  out.endObject();
  endBlock(marker, source, out);
}

export function writeDocument(item: Item, marker: Span, source: Source, out: JsonWriter): void {
  out.beginObject();
  out.key("type");
  out.asciiText("document");
  out.key("source");
  out.beginObject();
  out.key("type");
  if (item.text != ABSENT) {
    beginText(out);
    out.escapedFrom(source, item.text);
  } else if (item.data == ABSENT) writeReference(item, source, out);
  else if (isPdf(item, source)) {
    out.asciiText("base64");
    out.key("media_type");
    out.asciiText("application/pdf");
    out.key("data");
    out.escapedFrom(source, item.data);
  } else {
    beginText(out);
    const text = decodeBase64(source.point(item.data, VIEW));
    out.text(text == null ? new Bytes() : text);
  }
  out.endObject();
  if (spanLength(item.name) > 0) {
    out.key("title");
    out.escapedFrom(source, item.name);
  }
  endBlock(marker, source, out);
}

/** A document of which only PDF is known to be what Anthropic takes as base64; one without a media type is one if its name says so. */
export function isPdf(item: Item, source: Source): bool {
  if (item.mediaType != ABSENT) return source.is(item.mediaType, "application/pdf");
  return item.name != ABSENT && source.point(item.name, VIEW).toLowerCase().endsWith(".pdf");
}

/** What Anthropic takes as a document in plain text, once it is decoded. */
export function isText(item: Item, source: Source): bool {
  if (item.mediaType == ABSENT) return false;
  const type = source.point(item.mediaType, VIEW);
  return type.startsWith("text/") || type.is("application/json") || type.is("application/xml");
}

function beginText(out: JsonWriter): void {
  out.asciiText("text");
  out.key("media_type");
  out.asciiText("text/plain");
  out.key("data");
}

function writeReference(item: Item, source: Source, out: JsonWriter): void {
  out.asciiText("url");
  out.key("url");
  out.escapedFrom(source, item.url);
}

/** Ends a block, behind its cache marker if it has one. */
export function endBlock(marker: Span, source: Source, out: JsonWriter): void {
  if (marker != ABSENT) {
    out.key("cache_control");
    out.rawFrom(source, marker);
  }
  out.endObject();
}
