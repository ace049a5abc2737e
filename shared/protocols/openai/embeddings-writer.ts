/** Writes an embeddings answer: https://platform.openai.com/docs/api-reference/embeddings/object */
import { writeBase64 as writeAsBase64 } from "../../bytes/base64";
import { Bytes } from "../../bytes/bytes";
import { ByteWriter } from "../../bytes/writer";
import { doubleValue } from "../../json/number";
import { JsonReader } from "../../json/reader";
import { JsonWriter } from "../../json/writer";
import { AnswerEvent, AnswerWriter, EventKind, Usage } from "../answer";
import { AnswerSettings, Passage } from "../protocol";
import { writeError } from "./errors";

const JSON = new JsonReader();
const FLOATS = new ByteWriter(0);
const VIEW = new Bytes();

/** One member of `data` for each event; OpenAI's libraries ask for base64 where their caller says nothing, and decode it. */
@final
export class EmbeddingsWriter extends AnswerWriter {
  private readonly settings: AnswerSettings;
  private model: Bytes = new Bytes();
  private readonly data: JsonWriter = new JsonWriter(0);
  private readonly usage: Usage = new Usage();
  private hasFailed: bool = false;

  constructor(
    settings: AnswerSettings,
    private readonly out: JsonWriter,
  ) {
    super();
    this.settings = settings.copy();
  }

  get contentType(): string {
    return "application/json";
  }

  on(event: AnswerEvent): void {
    if (event.kind == EventKind.Relay) return this.out.bytes(event.text);
    if (event.kind == EventKind.Failure) {
      const failure = event.failure;
      if (failure != null && !this.hasFailed) writeError(failure, this.out);
      this.hasFailed = true;
    }
    if (this.settings.passage != Passage.Translated || this.hasFailed) return;
    if (event.kind == EventKind.Start) this.model = event.name.copy();
    else if (event.kind == EventKind.Embedding) this.add(event);
    else if (event.kind == EventKind.Usage) this.usage.set(event.usage);
    else if (event.kind == EventKind.End) this.write();
  }

  private add(event: AnswerEvent): void {
    const data = this.data;
    data.beginObject();
    data.key("object");
    data.asciiText("embedding");
    data.key("index");
    data.unsigned(<u64>event.index);
    data.key("embedding");
    if (this.settings.base64Vectors) writeBase64(event.text, data);
    else data.raw(event.text);
    data.endObject();
  }

  private write(): void {
    const out = this.out;
    out.startValue();
    out.beginObject();
    out.key("object");
    out.asciiText("list");
    out.key("data");
    out.beginArray();
    out.raw(this.data.view());
    out.endArray();
    out.key("model");
    out.escaped(this.model.isEmpty ? this.settings.model : this.model);
    if (this.usage.known) {
      out.key("usage");
      out.beginObject();
      out.key("prompt_tokens");
      out.unsigned(this.usage.input);
      out.key("total_tokens");
      out.unsigned(this.usage.input + this.usage.output);
      out.endObject();
    }
    out.endObject();
  }
}

/** The numbers as OpenAI has them in base64: 32 bit each, the lowest byte first. */
function writeBase64(vector: Bytes, out: JsonWriter): void {
  if (vector.at(0) != 0x5b) return out.raw(vector);
  FLOATS.clear();
  const json = JSON.start(vector);
  if (json.enterArray()) {
    while (json.nextElement()) {
      const bits = reinterpret<u32>(<f32>doubleValue(json.point(json.number(), VIEW)));
      for (let shift: u32 = 0; shift < 32; shift += 8) FLOATS.byte(<u8>(bits >> shift));
    }
  }
  json.release();
  out.beginString();
  writeAsBase64(FLOATS.view(), out);
  out.endString();
  FLOATS.clear();
}
