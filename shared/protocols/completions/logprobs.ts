/** Log probabilities from the form of chat completions to that of completions: https://platform.openai.com/docs/api-reference/completions/object#completions/object-choices */
import { Bytes } from "../../bytes/bytes";
import { ABSENT, Span } from "../../bytes/span";
import { ByteWriter } from "../../bytes/writer";
import { find } from "../../json/find";
import { JsonReader } from "../../json/reader";
import { unescape } from "../../json/unescape";
import { JsonWriter } from "../../json/writer";

const READER = new JsonReader();
const TOP = new JsonReader();
const DECODED = new ByteWriter(0);

/** The lists of one choice, as its tokens come: each holds elements, without the brackets around them. */
@final
export class CompletionLogprobs {
  private readonly tokens: JsonWriter = new JsonWriter(0);
  private readonly values: JsonWriter = new JsonWriter(0);
  private readonly tops: JsonWriter = new JsonWriter(0);
  private readonly offsets: JsonWriter = new JsonWriter(0);
  /** Where the next token begins in the text, in characters. */
  private offset: u64 = 0;

  get isEmpty(): bool {
    return this.tokens.length == 0;
  }

  /** Takes `{"content":[{"token":…,"logprob":…,"top_logprobs":[…]}]}`. */
  add(json: Bytes): void {
    const reader = READER.start(json);
    if (find(reader, "content") && reader.enterArray()) while (reader.nextElement()) if (reader.enterObject()) this.addToken(reader);
    reader.release();
  }

  private addToken(reader: JsonReader): void {
    let token = ABSENT;
    let value = ABSENT;
    let top = ABSENT;
    while (reader.nextKey()) {
      if (reader.keyIs("token")) token = reader.string();
      else if (reader.keyIs("logprob")) value = reader.number();
      else if (reader.keyIs("top_logprobs")) top = reader.skip();
    }
    const text = reader.bytes(token);
    this.tokens.escaped(text);
    if (value == ABSENT) this.values.nothing();
    else this.values.raw(reader.bytes(value));
    this.addTop(reader, top);
    this.offsets.unsigned(this.offset);
    this.offset += characters(text);
  }

  /** The likeliest tokens, each with its logarithm. One that comes twice, as tokens of half characters do, is told once. */
  private addTop(reader: JsonReader, list: Span): void {
    const out = this.tops;
    out.beginObject();
    const top = TOP.start(reader.bytes(list));
    const names = new Array<Bytes>();
    if (top.enterArray()) {
      while (top.nextElement()) {
        let token = ABSENT;
        let value = ABSENT;
        if (!top.enterObject()) continue;
        while (top.nextKey()) {
          if (top.keyIs("token")) token = top.string();
          else if (top.keyIs("logprob")) value = top.number();
        }
        const name = top.bytes(token);
        if (token == ABSENT || value == ABSENT || contains(names, name)) continue;
        names.push(name);
        out.keyEscaped(name);
        out.raw(top.bytes(value));
      }
    }
    top.release();
    out.endObject();
  }

  /** Writes the object with what has come since the last time, and forgets it. */
  write(out: JsonWriter): void {
    out.beginObject();
    writeList("tokens", this.tokens, out);
    writeList("token_logprobs", this.values, out);
    writeList("top_logprobs", this.tops, out);
    writeList("text_offset", this.offsets, out);
    out.endObject();
  }
}

function writeList(key: string, elements: JsonWriter, out: JsonWriter): void {
  out.key(key);
  out.beginArray();
  out.bytes(elements.view());
  out.endArray();
  elements.clear();
}

function contains(names: Array<Bytes>, name: Bytes): bool {
  for (let i = 0; i < names.length; i++) if (names[i].equals(name)) return true;
  return false;
}

/** How many characters (code points) the content of a string stands for. */
function characters(content: Bytes): u64 {
  DECODED.clear();
  unescape(content, DECODED);
  const text = DECODED.view();
  let count: u64 = 0;
  for (let i = 0; i < text.length; i++) if ((text.at(i) & 0xc0) != 0x80) count++;
  DECODED.clear();
  return count;
}
