/** What a client's path asks for: `/v1beta/models/{model}:generateContent`, behind any prefix, and Vertex AI's `/v1/projects/…/publishers/google/models/{model}:…`. */
import { Bytes } from "../../bytes/bytes";
import { percentDecoded, writePercentEncoded } from "../../bytes/percent";
import { ABSENT, Source, Span } from "../../bytes/span";
import { ByteWriter } from "../../bytes/writer";
import { escape } from "../../json/unescape";

/** The methods of a model that clients may ask for: https://ai.google.dev/api/generate-content, …/embeddings, …/tokens */
export enum Method {
  None,
  GenerateContent,
  StreamGenerateContent,
  EmbedContent,
  BatchEmbedContents,
  CountTokens,
}

const MODELS = "/models/";
const TUNED_MODELS = "/tunedModels/";

/** A path taken apart. Offsets are those of the path without its query. */
@final
export class ClientPath {
  method: Method = Method.None;
  /** Where the model's name begins (for a tuned model with `tunedModels/`), and where it ends. */
  from: i32 = 0;
  to: i32 = 0;

  /** Whether the path, which may have a query, names a model and a method that are known here. */
  read(path: Bytes): bool {
    this.method = Method.None;
    const query = path.indexOf(0x3f);
    const bare = query < 0 ? path : path.slice(0, query);
    let colon = bare.length - 1;
    while (colon >= 0 && bare.at(colon) != 0x3a && bare.at(colon) != 0x2f) colon--;
    let end = colon + 1;
    if (colon < 0 || bare.at(colon) == 0x2f) {
      // Some clients encode the colon.
      colon = lastEncodedColon(bare, max(colon, 0));
      if (colon < 0) return false;
      end = colon + 3;
    }
    const models = indexOf(bare, MODELS);
    const tuned = indexOf(bare, TUNED_MODELS);
    if (models < 0 && tuned < 0) return false;
    this.from = models >= 0 ? models + MODELS.length : tuned + 1;
    this.to = colon;
    if (this.from >= this.to) return false;
    this.method = methodOf(bare.slice(end));
    return this.method != Method.None;
  }
}

const PATH = new ClientPath();

export function methodOfPath(path: Bytes): Method {
  return PATH.read(path) ? PATH.method : Method.None;
}

/** Whether a path asks for the list of models: `/v1beta/models`, or Vertex AI's `/v1beta1/publishers/google/models`. */
export function isModelList(bare: Bytes): bool {
  return bare.endsWith("/v1beta/models") || bare.endsWith("/publishers/google/models");
}

/** The model that a path names, as string content in the source's arena; `ABSENT` if it names none. */
export function modelOfPath(path: Bytes, source: Source): Span {
  if (!PATH.read(path)) return ABSENT;
  const start = source.arena.length;
  escape(percentDecoded(path.slice(PATH.from, PATH.to)), source.arena);
  return source.since(start);
}

/** Whether a stream is wanted as server-sent events; without it Gemini answers with a JSON array, piece by piece. */
export function asksForEvents(path: Bytes): bool {
  const query = path.indexOf(0x3f);
  if (query < 0) return false;
  for (let from = query + 1; from < path.length;) {
    let to = path.indexOf(0x26, from);
    if (to < 0) to = path.length;
    const pair = path.slice(from, to);
    if (pair.is("alt=sse") || pair.is("$alt=sse") || pair.is("%24alt=sse")) return true;
    from = to + 1;
  }
  return false;
}

/** Writes a path with another model's name (UTF-8) over the one that it has: for modules that plan no providers. */
export function writeRenamedPath(path: Bytes, model: Bytes, out: ByteWriter): void {
  if (!PATH.read(path)) return out.bytes(path);
  out.bytes(path.slice(0, PATH.from));
  writePercentEncoded(model, out);
  out.bytes(path.slice(PATH.to));
}

function methodOf(word: Bytes): Method {
  if (word.is("generateContent")) return Method.GenerateContent;
  if (word.is("streamGenerateContent")) return Method.StreamGenerateContent;
  if (word.is("embedContent")) return Method.EmbedContent;
  if (word.is("batchEmbedContents")) return Method.BatchEmbedContents;
  if (word.is("countTokens")) return Method.CountTokens;
  return Method.None;
}

function indexOf(bytes: Bytes, ascii: string): i32 {
  for (let at = bytes.indexOf(0x2f); at >= 0; at = bytes.indexOf(0x2f, at + 1)) if (bytes.slice(at).startsWith(ascii)) return at;
  return -1;
}

/** The last `%3A` behind `from`; negative if there is none. */
function lastEncodedColon(bare: Bytes, from: i32): i32 {
  for (let at = bare.length - 3; at >= from; at--)
    if (bare.at(at) == 0x25 && bare.at(at + 1) == 0x33 && (bare.at(at + 2) | 0x20) == 0x61) return at;
  return -1;
}
