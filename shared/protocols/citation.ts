/** Where an answer's words come from, in the union of what the protocols say of it. */
import { Bytes, EMPTY } from "../bytes/bytes";
import { ABSENT } from "../bytes/span";
import { JsonNumber } from "../json/number";
import { JsonReader } from "../json/reader";
import { JsonWriter } from "../json/writer";

/** What is cited. */
export enum SourceKind {
  /** A page of the web: `url`. */
  Web,
  /** A document that stands in the request, or that the provider holds: `document`, `file`. */
  Document,
  /** A search result that stands in the request: `url` (whatever the client called its source), `document`. */
  SearchResult,
}

/** In what a place inside a document is counted. */
export enum PlaceUnit {
  None,
  Characters,
  /** From 1. */
  Pages,
  Blocks,
}

/** One source of one passage of an answer. Texts are contents of JSON strings, valid as long as what they were read from; empty where nothing is known. */
@final
export class Citation {
  kind: SourceKind = SourceKind.Web;
  /** The passage, in the text of the answer (of its choice): code points from its beginning, `end` behind the last one; -1: unknown. */
  start: i32 = -1;
  end: i32 = -1;
  readonly url: Bytes = new Bytes();
  readonly title: Bytes = new Bytes();
  /** The source's own words. */
  readonly quote: Bytes = new Bytes();
  /** The provider's id of the document, or of its file. */
  readonly file: Bytes = new Bytes();
  /** Which document of the request, or which search result, from 0; -1: unknown. */
  document: i32 = -1;
  /** The place inside of it: from `from` up to and without `to`, counted in `unit`. */
  unit: PlaceUnit = PlaceUnit.None;
  from: i32 = 0;
  to: i32 = 0;

  clear(): this {
    this.kind = SourceKind.Web;
    this.start = this.end = this.document = -1;
    this.unit = PlaceUnit.None;
    this.from = this.to = 0;
    empty(this.url);
    empty(this.title);
    empty(this.quote);
    empty(this.file);
    return this;
  }

  /** Writes it as the text of an event: a JSON object. */
  write(out: JsonWriter): void {
    out.beginObject();
    member("kind", this.kind, out);
    member("start", this.start, out);
    member("end", this.end, out);
    text("url", this.url, out);
    text("title", this.title, out);
    text("quote", this.quote, out);
    text("file", this.file, out);
    if (this.document >= 0) member("document", this.document, out);
    if (this.unit != PlaceUnit.None) {
      member("unit", this.unit, out);
      member("from", this.from, out);
      member("to", this.to, out);
    }
    out.endObject();
  }

  /** Reads what `write` wrote. */
  read(json: Bytes): this {
    this.clear();
    const reader = READER.start(json);
    if (reader.enterObject()) {
      while (reader.nextKey()) {
        if (reader.keyIs("kind")) this.kind = <SourceKind>intOf(reader, 0);
        else if (reader.keyIs("start")) this.start = intOf(reader, -1);
        else if (reader.keyIs("end")) this.end = intOf(reader, -1);
        else if (reader.keyIs("url")) reader.point(reader.string(), this.url);
        else if (reader.keyIs("title")) reader.point(reader.string(), this.title);
        else if (reader.keyIs("quote")) reader.point(reader.string(), this.quote);
        else if (reader.keyIs("file")) reader.point(reader.string(), this.file);
        else if (reader.keyIs("document")) this.document = intOf(reader, -1);
        else if (reader.keyIs("unit")) this.unit = <PlaceUnit>intOf(reader, 0);
        else if (reader.keyIs("from")) this.from = intOf(reader, 0);
        else if (reader.keyIs("to")) this.to = intOf(reader, 0);
      }
    }
    reader.release();
    return this;
  }
}

/** The sources of one passage, which their protocol names before the passage has ended, and as one of its own (raw JSON). */
@final
export class CitedPassage {
  /** Where it begins, in code points. */
  start: i32 = 0;
  sources: Array<Bytes> = NO_SOURCES;

  get isCited(): bool {
    return this.sources.length > 0;
  }

  begin(start: i32): void {
    this.start = start;
    this.sources = NO_SOURCES;
  }

  add(source: Bytes): void {
    if (source.isEmpty) return;
    if (this.sources.length == 0) this.sources = [];
    if (this.sources.length < SOURCES_LIMIT) this.sources.push(source.copy());
  }
}

/** For readers and writers, which use a citation up within one call. */
export const CITATION = new Citation();

/** The next value of a reader, if it is a whole number from 0 up; else `otherwise`. */
export function intOf(reader: JsonReader, otherwise: i32): i32 {
  const number = reader.number();
  if (number == ABSENT || !NUMBER.read(reader.point(number, VIEW)) || !NUMBER.isWhole || NUMBER.negative) return otherwise;
  return <i32>min(NUMBER.magnitude, <u64>i32.MAX_VALUE);
}

/** More sources of one passage nobody names. */
const SOURCES_LIMIT = 1024;
const NO_SOURCES: Array<Bytes> = [];
const READER = new JsonReader();
const NUMBER = new JsonNumber();
const VIEW = new Bytes();

function empty(view: Bytes): void {
  view.set(EMPTY.buffer, 0, 0);
}

function member(key: string, value: i32, out: JsonWriter): void {
  if (value < 0) return;
  out.key(key);
  out.signed(value);
}

function text(key: string, content: Bytes, out: JsonWriter): void {
  if (content.isEmpty) return;
  out.key(key);
  out.escaped(content);
}
