/** Images, audio and documents of a request. What other protocols have no form for stays unknown to them: video, and files that only Google can fetch. */
import { Bytes } from "../../bytes/bytes";
import { ABSENT, Source, Span } from "../../bytes/span";
import { escape } from "../../json/unescape";
import { decodeBase64 } from "../../bytes/base64";
import { Item, ItemKind } from "../conversation";

const VIEW = new Bytes();

/** Bytes in base64: https://ai.google.dev/api/caching#Blob */
export function fillInline(item: Item, mimeType: Span, data: Span, source: Source): void {
  item.mediaType = mimeType;
  item.data = data;
  const type = source.point(mimeType, VIEW);
  if (type.startsWith("image/")) item.kind = ItemKind.Image;
  else if (type.startsWith("audio/")) item.kind = ItemKind.Audio;
  else if (type.is("application/pdf")) item.kind = ItemKind.Document;
  else if (isText(type)) fillText(item, source);
}

/** https://ai.google.dev/api/caching#FileData: a URL that Gemini fetches, or a file that was uploaded to Google. */
export function fillFile(item: Item, mimeType: Span, uri: Span, source: Source): void {
  item.mediaType = mimeType;
  const url = source.bytes(uri);
  const type = source.point(mimeType, VIEW);
  const isUploaded = url.startsWith("gs:") || url.contains("generativelanguage.googleapis.com");
  if (type.startsWith("image/")) item.kind = ItemKind.Image;
  else if (type.is("application/pdf")) item.kind = ItemKind.Document;
  else return;
  if (isUploaded) item.id = uri;
  else item.url = uri;
}

/** A document in plain text is what it says. */
function fillText(item: Item, source: Source): void {
  const text = decodeBase64(source.bytes(item.data));
  if (text == null) return;
  const start = source.arena.length;
  escape(text, source.arena);
  item.text = source.since(start);
  item.data = ABSENT;
  item.kind = ItemKind.Document;
}

function isText(type: Bytes): bool {
  return type.startsWith("text/") || type.is("application/json") || type.is("application/xml");
}
