import { Bytes } from "../../shared/bytes/bytes";
import { editDistance, tolerance } from "../../shared/config/nearest";
import { JsonWriter } from "../../shared/json/writer";
import { Failure, FailureKind } from "../../shared/protocols/failure";
import { Dialect } from "../../shared/protocols/operation";
import { ModelFields } from "./config.generated";
import { matchesGlob } from "./glob";

/** How many names a refusal lists. */
const LISTED = 5;

/** The models that are served, as configured: patterns, and names for those who ask what there is. */
@final
export class Catalogue {
  private patterns: Array<Bytes> = [];
  private names: Array<Bytes> = [];

  constructor(models: Array<ModelFields>) {
    for (let i = 0; i < models.length; i++) {
      const model = models[i];
      this.patterns.push(model.match);
      if (model.match.indexOf(0x2a) < 0) this.addName(model.match);
      for (let j = 0; j < model.names.length; j++) this.addName(model.names[j]);
    }
  }

  /** The first pattern that a name matches; null if it isn't served. */
  patternFor(name: Bytes): Bytes | null {
    for (let i = 0; i < this.patterns.length; i++) if (matchesGlob(this.patterns[i], name)) return this.patterns[i];
    return null;
  }

  /** Why a name isn't served, with those that may have been meant. */
  refusal(name: Bytes): Failure {
    const near = this.nearest(name);
    const asked = name.length > 80 ? name.slice(0, 80).toString() + "…" : name.toString();
    const hint = near.length > 0 ? `Near: ${near}. ` : this.names.length > 0 ? `Served, among others: ${this.some()}. ` : "";
    const failure = Failure.of(FailureKind.NotFound, `The model "${asked}" is not served here. ${hint}GET /v1/models lists what is.`);
    failure.param = "model";
    return failure.withCode("model_not_found");
  }

  /** The list of models in a protocol's form. */
  list(dialect: Dialect): Bytes {
    const out = new JsonWriter();
    out.beginObject();
    if (dialect == Dialect.OpenAI) {
      out.key("object");
      out.asciiText("list");
    }
    out.key(dialect == Dialect.Gemini ? "models" : "data");
    out.beginArray();
    for (let i = 0; i < this.names.length; i++) {
      if (dialect == Dialect.Gemini) writeGeminis(this.names[i], out);
      else if (dialect == Dialect.Anthropic) writeAnthropics(this.names[i], out);
      else writeOpenAIs(this.names[i], out);
    }
    out.endArray();
    if (dialect == Dialect.Anthropic) this.writePages(out);
    out.endObject();
    return out.view().copy();
  }

  /** All are on one page. */
  private writePages(out: JsonWriter): void {
    const count = this.names.length;
    out.key("has_more");
    out.boolean(false);
    out.key("first_id");
    if (count > 0) out.text(this.names[0]);
    else out.nothing();
    out.key("last_id");
    if (count > 0) out.text(this.names[count - 1]);
    else out.nothing();
  }

  private addName(name: Bytes): void {
    for (let i = 0; i < this.names.length; i++) if (this.names[i].equals(name)) return;
    this.names.push(name);
  }

  private nearest(name: Bytes): string {
    const near: Array<string> = [];
    for (let allowed = 1; allowed <= tolerance(name) && near.length < LISTED; allowed++) {
      for (let i = 0; i < this.names.length && near.length < LISTED; i++) {
        if (editDistance(name, this.names[i]) == allowed) near.push(this.names[i].toString());
      }
    }
    for (let i = 0; i < this.patterns.length && near.length < LISTED; i++) {
      const pattern = this.patterns[i];
      const star = pattern.indexOf(0x2a);
      if (star <= 0) continue;
      const stem = pattern.slice(0, star);
      if (editDistance(name.slice(0, star), stem) <= tolerance(stem)) near.push(pattern.toString());
    }
    return near.join(", ");
  }

  private some(): string {
    const some: Array<string> = [];
    for (let i = 0; i < this.names.length && i < LISTED; i++) some.push(this.names[i].toString());
    return some.join(", ");
  }
}

/** https://platform.openai.com/docs/api-reference/models/list */
function writeOpenAIs(name: Bytes, out: JsonWriter): void {
  out.beginObject();
  out.key("id");
  out.text(name);
  out.key("object");
  out.asciiText("model");
  out.key("created");
  out.unsigned(0);
  out.key("owned_by");
  out.asciiText("sluice");
  out.endObject();
}

/** https://docs.anthropic.com/en/api/models-list: nobody knows when a model was made, which their API says by the beginning of time. */
function writeAnthropics(name: Bytes, out: JsonWriter): void {
  out.beginObject();
  out.key("type");
  out.asciiText("model");
  out.key("id");
  out.text(name);
  out.key("display_name");
  out.text(name);
  out.key("created_at");
  out.asciiText("1970-01-01T00:00:00Z");
  out.endObject();
}

/** https://ai.google.dev/api/models#Model */
function writeGeminis(name: Bytes, out: JsonWriter): void {
  out.beginObject();
  out.key("name");
  out.beginString();
  out.ascii("models/");
  out.moreText(name);
  out.endString();
  out.key("displayName");
  out.text(name);
  out.key("supportedGenerationMethods");
  out.beginArray();
  for (let i = 0; i < METHODS.length; i++) out.asciiText(METHODS[i]);
  out.endArray();
  out.endObject();
}

/** What may be asked of any model here; one that only embeds, say, is refused by its provider. */
const METHODS: StaticArray<string> = ["generateContent", "countTokens", "embedContent", "batchEmbedContents"];
