/** Where an answer's words come from: https://ai.google.dev/api/generate-content#GroundingMetadata, https://ai.google.dev/api/generate-content#citationmetadata */
import { Bytes } from "../../bytes/bytes";
import { ABSENT, Span } from "../../bytes/span";
import { JsonReader } from "../../json/reader";
import { AnswerText } from "../answer-text";
import { CITATION, Citation, SourceKind, intOf } from "../citation";

/** More places in the text, or sources of one, nobody names. */
const LIMIT = 4096;

/**
 * Takes the sources of a candidate apart, one after the other: each chunk for each passage that it supports; one that supports none for no passage. Offsets are bytes of the candidate's text so far,
 * as streams have them; in a whole answer with several parts of text too.
 */
@final
export class GroundingReader {
  readonly citation: Citation = CITATION;
  private readonly json: JsonReader = new JsonReader();
  private text: AnswerText = NO_TEXT;
  private chunks: Array<Span> = [];
  private isUsed: Array<bool> = [];
  /** Of each source that is to be told: its object, and its passage in bytes. */
  private sources: Array<Span> = [];
  private starts: Array<i32> = [];
  private ends: Array<i32> = [];
  private at: i32 = 0;

  /** Takes `groundingMetadata` apart. */
  readGrounding(json: Bytes, text: AnswerText): this {
    this.begin(json, text);
    let supports = ABSENT;
    const reader = this.json;
    if (reader.enterObject()) {
      while (reader.nextKey()) {
        if (reader.keyIs("groundingChunks") && reader.enterArray()) {
          while (reader.nextElement()) if (this.chunks.length < LIMIT) this.chunks.push(reader.skip());
        } else if (reader.keyIs("groundingSupports")) supports = reader.skip();
      }
    }
    for (let i = 0; i < this.chunks.length; i++) this.isUsed.push(false);
    if (supports != ABSENT) this.readSupports(SUPPORTS.start(reader.bytes(supports)));
    for (let i = 0; i < this.chunks.length; i++) if (!this.isUsed[i]) this.add(this.chunks[i], -1, -1);
    return this;
  }

  /** Takes `citationMetadata` apart: passages that stand so somewhere else. Gemini's API calls their list `citationSources`, Vertex AI `citations`. */
  readRecitation(json: Bytes, text: AnswerText): this {
    this.begin(json, text);
    const reader = this.json;
    if (!reader.enterObject()) return this;
    while (reader.nextKey()) {
      if (!(reader.keyIs("citationSources") || reader.keyIs("citations")) || !reader.enterArray()) continue;
      while (reader.nextElement()) {
        const source = reader.skip();
        const inside = SUPPORTS.start(reader.bytes(source));
        // Offsets that are 0 are left out.
        let start = 0;
        let end = -1;
        if (inside.enterObject()) {
          while (inside.nextKey()) {
            if (inside.keyIs("startIndex")) start = intOf(inside, 0);
            else if (inside.keyIs("endIndex")) end = intOf(inside, -1);
          }
        }
        this.add(source, start, end);
      }
    }
    return this;
  }

  /** The next source, in `citation`; false: there is none, and what was read is let go. */
  next(): bool {
    if (this.at >= this.sources.length) {
      this.json.release();
      return false;
    }
    const i = this.at++;
    const citation = this.citation.clear();
    if (this.ends[i] >= 0) {
      citation.start = this.text.pointsAt(this.starts[i]);
      citation.end = this.text.pointsAt(this.ends[i]);
    }
    readSource(SUPPORTS.start(this.json.bytes(this.sources[i])), citation);
    return true;
  }

  private begin(json: Bytes, text: AnswerText): void {
    this.text = text;
    this.json.start(json);
    this.chunks = [];
    this.isUsed = [];
    this.sources = [];
    this.starts = [];
    this.ends = [];
    this.at = 0;
  }

  private readSupports(json: JsonReader): void {
    if (!json.enterArray()) return;
    while (json.nextElement()) {
      let start = 0;
      let end = -1;
      let indices = ABSENT;
      if (!json.enterObject()) continue;
      while (json.nextKey()) {
        if (json.keyIs("groundingChunkIndices")) indices = json.skip();
        else if (json.keyIs("segment") && json.enterObject()) {
          while (json.nextKey()) {
            if (json.keyIs("startIndex")) start = intOf(json, 0);
            else if (json.keyIs("endIndex")) end = intOf(json, -1);
          }
        }
      }
      const list = INDICES.start(json.bytes(indices));
      if (!list.enterArray()) continue;
      while (list.nextElement()) {
        const chunk = intOf(list, -1);
        if (<u32>chunk >= <u32>this.chunks.length) continue;
        this.isUsed[chunk] = true;
        this.add(this.chunks[chunk], start, end);
      }
    }
  }

  private add(source: Span, start: i32, end: i32): void {
    if (this.sources.length >= LIMIT) return;
    this.sources.push(source);
    this.starts.push(start);
    this.ends.push(end);
  }
}

/** A chunk (`web`, `retrievedContext`, `maps`: each with `uri` and `title`), or a source of a recitation, which has them at its top. */
function readSource(json: JsonReader, citation: Citation): void {
  if (!json.enterObject()) return;
  while (json.nextKey()) {
    if (readMember(json, citation)) continue;
    const isContext = json.keyIs("retrievedContext");
    if (!(isContext || json.keyIs("web") || json.keyIs("maps")) || !json.enterObject()) continue;
    if (isContext) citation.kind = SourceKind.Document;
    while (json.nextKey()) readMember(json, citation);
  }
}

function readMember(json: JsonReader, citation: Citation): bool {
  if (json.keyIs("uri")) json.point(json.string(), citation.url);
  else if (json.keyIs("title")) json.point(json.string(), citation.title);
  else if (json.keyIs("text")) json.point(json.string(), citation.quote);
  else return false;
  return true;
}

const NO_TEXT = new AnswerText();
const SUPPORTS = new JsonReader();
const INDICES = new JsonReader();
