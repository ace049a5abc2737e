/** The response object: https://platform.openai.com/docs/api-reference/responses/object */
import { Bytes } from "../../bytes/bytes";
import { ABSENT, Span } from "../../bytes/span";
import { JsonWriter } from "../../json/writer";
import { AnswerEvent, FinishReason, Usage } from "../answer";
import { Failure } from "../failure";
import { AnswerSettings } from "../protocol";
import { writeErrorMembers } from "./failure-events";
import { writeItem } from "./item-form";
import { Output } from "./output";

/** What is known of an answer beside its output. */
@final
export class ResponseForm {
  readonly usage: Usage = new Usage();
  reason: FinishReason = FinishReason.None;
  /** The answer's own id, without `resp_`: content of a string. Items' ids are made of it. */
  id: Bytes = new Bytes();
  private model: Bytes = new Bytes();

  constructor(private readonly settings: AnswerSettings) {}

  /** The provider has named the answer. */
  start(event: AnswerEvent): void {
    this.setId(event.id.isEmpty ? this.settings.id : event.id);
    this.model = event.name.copy();
  }

  /** Makes sure that there is an id. */
  settle(): void {
    if (this.id.isEmpty) this.setId(this.settings.id);
  }

  private setId(id: Bytes): void {
    if (id.isEmpty) this.id = Bytes.of(this.settings.created.toString());
    else this.id = id.startsWith("resp_") ? id.slice("resp_".length).copy() : id.copy();
  }

  /** Writes a response that has just begun: without output. */
  writeBegun(out: JsonWriter): void {
    this.writeResponse("in_progress", null, null, out);
  }

  /** Writes the response at its end: completed, incomplete or, with a failure, failed. */
  writeEnded(output: Output, failure: Failure | null, out: JsonWriter): void {
    this.writeResponse(failure != null ? "failed" : this.incompleteReason().length > 0 ? "incomplete" : "completed", output, failure, out);
  }

  /** Why the answer isn't all that it might be; "" if it is. */
  incompleteReason(): string {
    switch (this.reason) {
      case FinishReason.Length:
      case FinishReason.ContextWindow:
        return "max_output_tokens";
      case FinishReason.ContentFilter:
      case FinishReason.Refusal:
        return "content_filter";
      default:
        return "";
    }
  }

  private writeResponse(status: string, output: Output | null, failure: Failure | null, out: JsonWriter): void {
    this.settle();
    out.beginObject();
    out.key("id");
    out.beginString();
    out.ascii("resp_");
    out.moreEscaped(this.id);
    out.endString();
    out.key("object");
    out.asciiText("response");
    out.key("created_at");
    out.unsigned(this.settings.created);
    out.key("status");
    out.asciiText(status);
    out.key("background");
    out.boolean(false);
    this.writeTrouble(output != null, failure, out);
    this.echo("instructions", "null", out);
    this.echo("max_output_tokens", "null", out);
    this.echo("max_tool_calls", "null", out);
    out.key("model");
    out.escaped(this.model.isEmpty ? this.settings.model : this.model);
    out.key("output");
    out.beginArray();
    if (output != null) for (let i = 0; i < output.items.length; i++) writeItem(output.items[i], this.id, false, out);
    out.endArray();
    this.echo("parallel_tool_calls", "true", out);
    out.ascii(',"previous_response_id":null');
    this.echo("prompt_cache_key", "null", out);
    this.echo("reasoning", '{"effort":null,"summary":null}', out);
    this.echo("safety_identifier", "null", out);
    // Nothing is kept here, whatever was asked for, and nothing is cut out of the conversation.
    out.ascii(',"service_tier":"default","store":false');
    this.echo("temperature", "1.0", out);
    this.echo("text", '{"format":{"type":"text"}}', out);
    this.echo("tool_choice", '"auto"', out);
    this.echo("tools", "[]", out);
    this.echo("top_logprobs", "0", out);
    this.echo("top_p", "1.0", out);
    out.ascii(',"truncation":"disabled"');
    out.key("usage");
    if (output == null || failure != null) out.nothing();
    else writeUsage(this.usage, out);
    this.echo("user", "null", out);
    this.echo("metadata", "{}", out);
    out.endObject();
  }

  private writeTrouble(hasEnded: bool, failure: Failure | null, out: JsonWriter): void {
    out.key("error");
    if (failure == null) out.nothing();
    else {
      out.beginObject();
      writeErrorMembers(failure, false, out);
      out.endObject();
    }
    out.key("incomplete_details");
    const reason = hasEnded && failure == null ? this.incompleteReason() : "";
    if (reason.length == 0) return out.nothing();
    out.beginObject();
    out.key("reason");
    out.asciiText(reason);
    out.endObject();
  }

  /** Writes a member as the client sent it, or its default. */
  private echo(name: string, otherwise: string, out: JsonWriter): void {
    out.key(name);
    const request = this.settings.request;
    const value = this.echoed(name);
    const from = out.length;
    if (request != null && value != ABSENT) {
      out.rawFrom(request.source, value);
      out.onOneLine(from);
    } else {
      out.ascii(otherwise);
      out.commaDue = true;
    }
  }

  private echoed(name: string): Span {
    const request = this.settings.request;
    if (request == null) return ABSENT;
    const echoed = request.echoed;
    for (let i = 0; i + 1 < echoed.length; i += 2) if (request.source.is(echoed.at(i), name)) return echoed.at(i + 1);
    return ABSENT;
  }
}

/** Writes a usage object; all counts are 0 where the provider said none. */
function writeUsage(usage: Usage, out: JsonWriter): void {
  out.beginObject();
  out.key("input_tokens");
  out.unsigned(usage.input);
  out.key("input_tokens_details");
  out.beginObject();
  out.key("cached_tokens");
  out.unsigned(usage.cachedInput);
  out.endObject();
  out.key("output_tokens");
  out.unsigned(usage.output);
  out.key("output_tokens_details");
  out.beginObject();
  out.key("reasoning_tokens");
  out.unsigned(usage.reasoning);
  out.endObject();
  out.key("total_tokens");
  out.unsigned(usage.input + usage.output);
  if (usage.estimated) {
    out.key("estimated");
    out.boolean(true);
  }
  out.endObject();
}
