/** Writes where an answer's words come from: https://ai.google.dev/api/generate-content#GroundingMetadata */
import { Bytes } from "../../bytes/bytes";
import { JsonWriter } from "../../json/writer";
import { AnswerText } from "../answer-text";
import { CITATION, Citation, SourceKind } from "../citation";

/** The citations of one candidate, as they come. */
@final
export class Grounding {
  private readonly citations: Array<Bytes> = [];

  get isEmpty(): bool {
    return this.citations.length == 0;
  }

  /** Takes a citation event's text. */
  add(json: Bytes): void {
    if (this.citations.length < LIMIT) this.citations.push(json.copy());
  }

  /** Writes `groundingMetadata`: each source is a chunk once, each passage a segment with the chunks that it rests on. `text` is all that the candidate said. */
  write(text: AnswerText, out: JsonWriter): void {
    const sources: Array<Bytes> = [];
    SUPPORTS.clear();
    SUPPORTS.beginArray();
    out.key("groundingMetadata");
    out.beginObject();
    out.key("groundingChunks");
    out.beginArray();
    let open: Support = new Support(-1, -1);
    for (let i = 0; i < this.citations.length; i++) {
      const citation = CITATION.read(this.citations[i]);
      CHUNK.clear();
      writeChunk(citation, CHUNK);
      let chunk = indexOf(sources, CHUNK.view());
      if (chunk < 0) {
        chunk = sources.length;
        sources.push(CHUNK.view().copy());
        out.raw(sources[chunk]);
      }
      if (open.start != citation.start || open.end != citation.end) {
        open.write(text, SUPPORTS);
        open = new Support(citation.start, citation.end);
      }
      open.chunks.push(chunk);
    }
    open.write(text, SUPPORTS);
    out.endArray();
    SUPPORTS.endArray();
    out.key("groundingSupports");
    out.raw(SUPPORTS.view());
    out.endObject();
  }
}

/** A passage and the chunks that it rests on. */
@final
class Support {
  readonly chunks: Array<i32> = [];

  constructor(
    readonly start: i32,
    readonly end: i32,
  ) {}

  /** A passage that isn't known has no support: its sources are chunks alone. */
  write(text: AnswerText, out: JsonWriter): void {
    const start = text.bytesAt(this.start);
    const end = text.bytesAt(this.end);
    if (this.chunks.length == 0 || this.end < this.start || start < 0 || end < 0) return;
    out.beginObject();
    out.key("segment");
    out.beginObject();
    if (start > 0) {
      out.key("startIndex");
      out.signed(start);
    }
    out.key("endIndex");
    out.signed(end);
    const words = text.kept.slice(start, end);
    if (!words.isEmpty) {
      out.key("text");
      out.text(words);
    }
    out.endObject();
    out.key("groundingChunkIndices");
    out.beginArray();
    for (let i = 0; i < this.chunks.length; i++) out.signed(this.chunks[i]);
    out.endArray();
    out.endObject();
  }
}

function writeChunk(citation: Citation, out: JsonWriter): void {
  const isWeb = citation.kind == SourceKind.Web;
  out.beginObject();
  out.key(isWeb ? "web" : "retrievedContext");
  out.beginObject();
  if (!citation.url.isEmpty) {
    out.key("uri");
    out.escaped(citation.url);
  }
  if (!citation.title.isEmpty) {
    out.key("title");
    out.escaped(citation.title);
  }
  if (!isWeb && !citation.quote.isEmpty) {
    out.key("text");
    out.escaped(citation.quote);
  }
  out.endObject();
  out.endObject();
}

/** More citations in one answer nobody writes. */
const LIMIT = 4096;
const SUPPORTS = new JsonWriter(0);
const CHUNK = new JsonWriter(0);

function indexOf(sources: Array<Bytes>, source: Bytes): i32 {
  for (let i = 0; i < sources.length; i++) if (sources[i].equals(source)) return i;
  return -1;
}
