/** `data:` URLs (https://www.rfc-editor.org/rfc/rfc2397): media types and base64 data in OpenAI's form, which other protocols take apart. */
import { Bytes } from "../bytes/bytes";
import { ABSENT, Source, Span, span, spanLength, spanStart } from "../bytes/span";
import { ByteWriter } from "../bytes/writer";
import { escape, unescape } from "../json/unescape";
import { JsonWriter } from "../json/writer";
import { Item } from "./conversation";

/** Longer media types with their parameters nobody writes: past this no comma is looked for. */
const HEADER_LIMIT = 256;

const TEXT = new ByteWriter(0);

/**
 * Sets an item's `mediaType` and `data` from a base64 data URL (parameters between the two are left out), or its `url` from any other URL. The spans point into
 * the URL's own bytes; only where its head has JSON escapes other than `\/` is it copied to the arena.
 */
export function setUrl(source: Source, url: Span, item: Item): void {
  item.url = url;
  const text = source.bytes(url);
  if (!hasScheme(text)) {
    if (!hasEarlyEscape(text)) return;
    // A data URL may hide behind escapes: "d\u0061ta:".
    TEXT.clear();
    unescape(text, TEXT);
    if (!hasScheme(TEXT.view())) return TEXT.clear();
    return setEscapedUrl(source, item);
  }
  const comma = text.indexOf(0x2c);
  if (comma > HEADER_LIMIT) return;
  const head = text.slice(0, comma < 0 ? HEADER_LIMIT : comma);
  if (hasUnicodeEscape(head)) {
    TEXT.clear();
    unescape(text, TEXT);
    return setEscapedUrl(source, item);
  }
  if (comma < 0) return;
  split(source, url, head, item);
}

/** As `setUrl`, for a file: without a scheme it is the base64 alone, and only the file's name says what is in it. */
export function setFile(source: Source, url: Span, item: Item): void {
  setUrl(source, url, item);
  if (item.url == ABSENT || source.bytes(item.url).contains("://") || !source.bytes(item.name).endsWith(".pdf")) return;
  item.data = url;
  item.url = ABSENT;
  item.mediaType = source.keepAscii("application/pdf");
}

/** As `setUrl`, for the text in `TEXT`: its parts are written anew to the arena. */
function setEscapedUrl(source: Source, item: Item): void {
  const start = source.arena.length;
  escape(TEXT.view(), source.arena);
  TEXT.clear();
  const anew = source.since(start);
  const text = source.bytes(anew);
  const comma = text.indexOf(0x2c);
  if (comma < 0 || comma > HEADER_LIMIT) return;
  split(source, anew, text.slice(0, comma), item);
}

/** Takes a URL apart whose head ends in front of the comma. One that isn't base64, or names no media type, stays as it is. */
function split(source: Source, url: Span, head: Bytes, item: Item): void {
  const encoding = head.slice(head.length - ";base64".length);
  if (!encoding.isIgnoringCase(";base64")) return;
  const typeEnd = head.indexOf(0x3b);
  const typeLength = typeEnd - "data:".length;
  if (typeLength <= 0) return;
  item.data = part(url, head.length + 1, spanLength(url) - head.length - 1);
  item.mediaType = part(url, "data:".length, typeLength);
  if (head.indexOf(0x5c) >= 0) item.mediaType = unescaped(source, item.mediaType);
  item.url = ABSENT;
}

/** `image\/png` as `image/png`: whoever reads a media type compares it. What JSON must have escaped stays so, since it is written into JSON again. */
function unescaped(source: Source, content: Span): Span {
  TEXT.clear();
  unescape(source.bytes(content), TEXT);
  const start = source.arena.length;
  escape(TEXT.view(), source.arena);
  return source.since(start);
}

/** A part of a span, which may be one of the arena. */
function part(whole: Span, from: i32, length: i32): Span {
  return span(spanStart(whole) + from, length) | (whole & 0x8000000000000000);
}

function hasScheme(text: Bytes): bool {
  return text.length > 5 && text.at(4) == 0x3a && text.slice(0, 5).isIgnoringCase("data:");
}

function hasEarlyEscape(text: Bytes): bool {
  for (let i = 0; i < 5; i++) if (text.at(i) == 0x5c) return true;
  return false;
}

function hasUnicodeEscape(text: Bytes): bool {
  for (let at = text.indexOf(0x5c); at >= 0; at = text.indexOf(0x5c, at + 2)) if (text.at(at + 1) != 0x2f) return true;
  return false;
}

/** Writes an item's image, audio or file as a URL: its own, or a data URL of its media type and data. */
export function writeUrl(source: Source, item: Item, out: JsonWriter): void {
  if (item.url != ABSENT) return out.escapedFrom(source, item.url);
  out.beginString();
  out.ascii("data:");
  source.write(item.mediaType, out);
  out.ascii(";base64,");
  source.write(item.data, out);
  out.endString();
}
