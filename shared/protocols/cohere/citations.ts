/** Citations: https://docs.cohere.com/docs/rag-citations, https://docs.cohere.com/docs/tool-use-citations */
import { Bytes } from "../../bytes/bytes";
import { ABSENT, Span, spanLength } from "../../bytes/span";
import { JsonReader } from "../../json/reader";
import { EventSink } from "../answer";
import { CITATION, Citation, SourceKind, intOf } from "../citation";
import { OneChoiceEvents } from "../one-choice";

const SOURCES = new JsonReader();
const VIEW = new Bytes();

/** Says the sources of the next value: a citation, or a list of them. */
export function sayCitations(json: JsonReader, events: OneChoiceEvents, sink: EventSink): void {
  if (json.enterArray()) while (json.nextElement()) sayCitation(json, events, sink);
  else sayCitation(json, events, sink);
  json.release();
}

function sayCitation(json: JsonReader, events: OneChoiceEvents, sink: EventSink): void {
  let start = -1;
  let end = -1;
  let sources: Span = ABSENT;
  let type = ABSENT;
  if (!json.enterObject()) return;
  while (json.nextKey()) {
    if (json.keyIs("start")) start = intOf(json, -1);
    else if (json.keyIs("end")) end = intOf(json, -1);
    else if (json.keyIs("sources")) sources = json.skip();
    else if (json.keyIs("type")) type = json.string();
  }
  // Of what was thought or planned: there is no such text in the answer.
  const word = json.point(type, VIEW);
  if (spanLength(sources) == 0 || word.is("PLAN") || word.is("THINKING_CONTENT")) return;
  const list = SOURCES.start(json.bytes(sources));
  if (list.enterArray()) {
    while (list.nextElement()) {
      const citation = CITATION.clear();
      readSource(list, citation);
      citation.start = start;
      citation.end = end;
      events.citation(citation, sink);
    }
  }
  list.release();
}

/** A document, or a tool's result: whatever members the client gave it, of which these are by custom its title, its URL and its words. */
function readSource(json: JsonReader, citation: Citation): void {
  citation.kind = SourceKind.Document;
  if (!json.enterObject()) return;
  while (json.nextKey()) {
    if (json.keyIs("id")) json.point(json.string(), citation.file);
    else if ((json.keyIs("document") || json.keyIs("tool_output")) && json.enterObject()) {
      while (json.nextKey()) {
        if (json.keyIs("title")) json.point(json.string(), citation.title);
        else if (json.keyIs("url")) json.point(json.string(), citation.url);
        else if (json.keyIs("snippet") || json.keyIs("text")) json.point(json.string(), citation.quote);
      }
    }
  }
  if (!citation.url.isEmpty) citation.kind = SourceKind.Web;
}
