import { Bytes } from "../../shared/bytes/bytes";
import { editDistance, tolerance } from "../../shared/config/nearest";
import { JsonWriter } from "../../shared/json/writer";
import { Failure, FailureKind } from "../../shared/protocols/failure";
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

  /** The body of `GET /v1/models` (https://platform.openai.com/docs/api-reference/models/list). */
  list(): Bytes {
    const out = new JsonWriter();
    out.beginObject();
    out.key("object");
    out.asciiText("list");
    out.key("data");
    out.beginArray();
    for (let i = 0; i < this.names.length; i++) {
      out.beginObject();
      out.key("id");
      out.text(this.names[i]);
      out.key("object");
      out.asciiText("model");
      out.key("created");
      out.unsigned(0);
      out.key("owned_by");
      out.asciiText("sluice");
      out.endObject();
    }
    out.endArray();
    out.endObject();
    return out.view().copy();
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
