/** Citations as annotations: https://platform.openai.com/docs/api-reference/chat/object#chat/object-choices, https://platform.openai.com/docs/api-reference/responses/object#responses/object-output */
import { Bytes } from "../../bytes/bytes";
import { JsonReader } from "../../json/reader";
import { JsonWriter } from "../../json/writer";
import { Citation, SourceKind, intOf } from "../citation";

/** Reads the next value, an annotation of a chat completion: `{"type":"url_citation","url_citation":{…}}`. False: it is of another type. */
export function readAnnotation(json: JsonReader, citation: Citation): bool {
  let isKnown = false;
  if (!json.enterObject()) return false;
  while (json.nextKey()) {
    if (!json.keyIs("url_citation") || !json.enterObject()) continue;
    isKnown = true;
    citation.kind = SourceKind.Web;
    while (json.nextKey()) {
      if (json.keyIs("url")) json.point(json.string(), citation.url);
      else if (json.keyIs("title")) json.point(json.string(), citation.title);
      else if (json.keyIs("start_index")) citation.start = intOf(json, -1);
      else if (json.keyIs("end_index")) citation.end = intOf(json, -1);
      // OpenRouter's: the words of the page.
      else if (json.keyIs("content")) json.point(json.string(), citation.quote);
    }
  }
  return isKnown;
}

/** Reads the next value, a page that DashScope's or Hunyuan's search found: `{"title":…,"url":…}`, of Hunyuan's with its `text`. False: it has no URL. */
export function readPage(json: JsonReader, citation: Citation): bool {
  if (!json.enterObject()) return false;
  while (json.nextKey()) {
    if (json.keyIs("url")) json.point(json.string(), citation.url);
    else if (json.keyIs("title")) json.point(json.string(), citation.title);
    else if (json.keyIs("text")) json.point(json.string(), citation.quote);
  }
  return !citation.url.isEmpty;
}

/** Whether an annotation can name this source: it knows nothing but URLs. */
export function canAnnotate(citation: Citation): bool {
  return !citation.url.isEmpty;
}

/** Writes an annotation of a chat completion, for a citation that `canAnnotate` takes. */
export function writeAnnotation(citation: Citation, out: JsonWriter): void {
  out.beginObject();
  out.key("type");
  out.asciiText("url_citation");
  out.key("url_citation");
  out.beginObject();
  writeMembers(citation, 0, out);
  out.endObject();
  out.endObject();
}

/** As `writeAnnotation`, for the Responses API; the part begins behind so many code points of the text. */
export function writeFlatAnnotation(citation: Citation, partStart: i32, out: JsonWriter): void {
  out.beginObject();
  out.key("type");
  out.asciiText("url_citation");
  writeMembers(citation, partStart, out);
  out.endObject();
}

/** A passage that isn't known is empty: both members are required. */
function writeMembers(citation: Citation, partStart: i32, out: JsonWriter): void {
  out.key("start_index");
  out.signed(max(citation.start - partStart, 0));
  out.key("end_index");
  out.signed(max(citation.end - partStart, 0));
  out.key("url");
  out.escaped(citation.url);
  out.key("title");
  writeTitle(citation.title, citation.url, out);
}

/** The title, which some protocols leave out: then the URL is one. */
function writeTitle(title: Bytes, url: Bytes, out: JsonWriter): void {
  out.escaped(title.isEmpty ? url : title);
}
