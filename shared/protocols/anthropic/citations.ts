/** Citations of text blocks: https://docs.anthropic.com/en/docs/build-with-claude/citations, https://docs.anthropic.com/en/docs/agents-and-tools/tool-use/web-search-tool#citations */
import { Bytes } from "../../bytes/bytes";
import { ABSENT } from "../../bytes/span";
import { JsonReader } from "../../json/reader";
import { JsonWriter } from "../../json/writer";
import { Citation, PlaceUnit, SourceKind, intOf } from "../citation";

const VIEW = new Bytes();

/** Reads the next value, a citation, but for the passage that it is of. False: it is of a type that isn't known. */
export function readCitation(json: JsonReader, citation: Citation): bool {
  let type = ABSENT;
  if (!json.enterObject()) return false;
  while (json.nextKey()) {
    if (json.keyIs("type")) type = json.string();
    else if (json.keyIs("url") || json.keyIs("source")) json.point(json.string(), citation.url);
    else if (json.keyIs("title") || json.keyIs("document_title")) json.point(json.string(), citation.title);
    else if (json.keyIs("cited_text")) json.point(json.string(), citation.quote);
    else if (json.keyIs("file_id")) json.point(json.string(), citation.file);
    else if (json.keyIs("document_index") || json.keyIs("search_result_index")) citation.document = intOf(json, -1);
    else if (json.keyIs("start_char_index") || json.keyIs("start_page_number") || json.keyIs("start_block_index"))
      citation.from = intOf(json, 0);
    else if (json.keyIs("end_char_index") || json.keyIs("end_page_number") || json.keyIs("end_block_index")) citation.to = intOf(json, 0);
  }
  const word = json.point(type, VIEW);
  if (word.is("web_search_result_location")) {
    citation.kind = SourceKind.Web;
    return true;
  }
  const isResult = word.is("search_result_location");
  citation.kind = isResult ? SourceKind.SearchResult : SourceKind.Document;
  if (isResult || word.is("content_block_location")) citation.unit = PlaceUnit.Blocks;
  else if (word.is("char_location")) citation.unit = PlaceUnit.Characters;
  else if (word.is("page_location")) citation.unit = PlaceUnit.Pages;
  else return false;
  return true;
}

/** Whether citations of a request's text block were written by `writeCitation` for another provider's search. */
export function namesOthers(citations: Bytes): bool {
  return citations.contains('"encrypted_index":""') || citations.contains('"encrypted_index": ""');
}

/** Whether a text block can name this source: a page, or a place in a document of the request. */
export function canCite(citation: Citation): bool {
  if (citation.kind == SourceKind.Web) return !citation.url.isEmpty;
  return citation.document >= 0 && citation.unit != PlaceUnit.None;
}

/** Writes a citation that `canCite` takes. `encrypted_index`, by which Anthropic knows a result of its own search again, is empty: it was none. */
export function writeCitation(citation: Citation, out: JsonWriter): void {
  out.beginObject();
  out.key("type");
  if (citation.kind == SourceKind.Web) {
    out.asciiText("web_search_result_location");
    out.key("cited_text");
    out.escaped(citation.quote);
    out.key("url");
    out.escaped(citation.url);
    out.key("title");
    out.escaped(citation.title);
    out.key("encrypted_index");
    out.asciiText("");
    return out.endObject();
  }
  const isResult = citation.kind == SourceKind.SearchResult;
  out.asciiText(isResult ? "search_result_location" : TYPES[citation.unit]);
  out.key("cited_text");
  out.escaped(citation.quote);
  out.key(isResult ? "search_result_index" : "document_index");
  out.signed(citation.document);
  if (isResult) {
    out.key("source");
    out.escaped(citation.url);
  }
  out.key(isResult ? "title" : "document_title");
  out.escaped(citation.title);
  out.key(STARTS[citation.unit]);
  out.signed(citation.from);
  out.key(ENDS[citation.unit]);
  out.signed(citation.to);
  if (!isResult && !citation.file.isEmpty) {
    out.key("file_id");
    out.escaped(citation.file);
  }
  out.endObject();
}

const TYPES: StaticArray<string> = ["", "char_location", "page_location", "content_block_location"];
const STARTS: StaticArray<string> = ["", "start_char_index", "start_page_number", "start_block_index"];
const ENDS: StaticArray<string> = ["", "end_char_index", "end_page_number", "end_block_index"];
