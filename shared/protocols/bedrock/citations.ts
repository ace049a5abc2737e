/** Citations of Converse: https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Citation.html, in a stream https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_CitationsDelta.html */
import { EMPTY } from "../../bytes/bytes";
import { JsonReader } from "../../json/reader";
import { AnswerEvents } from "../anthropic/answer-events";
import { EventSink } from "../answer";
import { CITATION, Citation, PlaceUnit, SourceKind, intOf } from "../citation";

/** Says the next value, a citation of all the text from `start` on. */
export function sayCitation(json: JsonReader, start: i32, events: AnswerEvents, sink: EventSink): void {
  if (!json.enterObject()) return;
  const citation = CITATION.clear();
  citation.kind = SourceKind.Document;
  while (json.nextKey()) {
    if (json.keyIs("title")) json.point(json.string(), citation.title);
    else if (json.keyIs("source") && citation.url.isEmpty) json.point(json.string(), citation.url);
    else if (json.keyIs("sourceContent")) readContent(json, citation);
    else if (json.keyIs("location") && json.enterObject()) while (json.nextKey()) readLocation(json, citation);
  }
  // Of a document that is the name of whatever holds it, and no address.
  if (citation.kind == SourceKind.Document) citation.url.set(EMPTY.buffer, 0, 0);
  citation.start = start;
  citation.end = events.points;
  events.citation(citation, sink);
}

/** The source's words: the first piece of them, since pieces don't join without a copy. */
function readContent(json: JsonReader, citation: Citation): void {
  if (!json.enterArray()) return;
  while (json.nextElement()) {
    if (!json.enterObject()) continue;
    while (json.nextKey()) if (json.keyIs("text") && citation.quote.isEmpty) json.point(json.string(), citation.quote);
  }
}

/** The member of a location's object: https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_CitationLocation.html */
function readLocation(json: JsonReader, citation: Citation): void {
  const isWeb = json.keyIs("web");
  const isResult = json.keyIs("searchResultLocation");
  if (isWeb) citation.kind = SourceKind.Web;
  else if (isResult) citation.kind = SourceKind.SearchResult;
  if (json.keyIs("documentChar")) citation.unit = PlaceUnit.Characters;
  else if (json.keyIs("documentPage")) citation.unit = PlaceUnit.Pages;
  else if (json.keyIs("documentChunk") || isResult) citation.unit = PlaceUnit.Blocks;
  if (!json.enterObject()) return;
  while (json.nextKey()) {
    if (json.keyIs("url")) json.point(json.string(), citation.url);
    else if (json.keyIs("documentIndex") || json.keyIs("searchResultIndex")) citation.document = intOf(json, -1);
    else if (json.keyIs("start")) citation.from = intOf(json, 0);
    else if (json.keyIs("end")) citation.to = intOf(json, 0);
  }
}
