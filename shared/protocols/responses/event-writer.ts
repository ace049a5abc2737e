/** Writes the events of a streamed response: https://platform.openai.com/docs/api-reference/responses-streaming */
import { Bytes } from "../../bytes/bytes";
import { JsonWriter } from "../../json/writer";
import { Failure } from "../failure";
import { writeErrorEvent } from "./failure-events";
import { writeItem, writeItemId, writeLogprobs, writePart, writeSummary } from "./item-form";
import { Output, OutputItem, OutputKind, OutputListener, OutputPart } from "./output";
import { ResponseForm } from "./response-form";

/** Events are numbered from 0. */
@final
export class EventWriter implements OutputListener {
  private sequence: u64 = 0;
  private hasBegun: bool = false;

  constructor(
    private readonly form: ResponseForm,
    private readonly out: JsonWriter,
  ) {}

  /** The first two events, once. */
  begin(): void {
    if (this.hasBegun) return;
    this.hasBegun = true;
    this.beginEvent("response.created");
    this.endBegun();
    this.beginEvent("response.in_progress");
    this.endBegun();
  }

  /** The last event. */
  end(output: Output): void {
    this.begin();
    this.beginEvent(this.form.incompleteReason().length > 0 ? "response.incomplete" : "response.completed");
    this.endResponse(output, null);
  }

  /** What ends a response that has failed: `error`, for which libraries raise an exception, and `response.failed`, by which others go. */
  fail(failure: Failure, output: Output): void {
    this.begin();
    writeErrorEvent(failure, this.sequence++, this.out);
    this.beginEvent("response.failed");
    this.endResponse(output, failure);
  }

  /** Says what number the last event had that was not written here. */
  continueAfter(sequence: u64): void {
    this.hasBegun = true;
    this.sequence = sequence + 1;
  }

  added(item: OutputItem): void {
    this.begin();
    this.beginEvent("response.output_item.added");
    this.writeOutputIndex(item);
    this.out.key("item");
    writeItem(item, this.form.id, true, this.out);
    this.endEvent();
  }

  done(item: OutputItem): void {
    if (item.kind == OutputKind.Call) this.callDone(item);
    else if (item.kind == OutputKind.Reasoning && item.hasText) this.thinkingDone(item);
    this.beginEvent("response.output_item.done");
    this.writeOutputIndex(item);
    this.out.key("item");
    writeItem(item, this.form.id, false, this.out);
    this.endEvent();
  }

  partAdded(item: OutputItem, part: OutputPart): void {
    const isThinking = item.kind == OutputKind.Reasoning;
    this.beginEvent(isThinking ? "response.reasoning_summary_part.added" : "response.content_part.added");
    this.writePlace(item, isThinking ? "summary_index" : "content_index", part.index);
    this.out.key("part");
    if (isThinking) writeSummary(item, true, this.out);
    else writePart(part, true, this.out);
    this.endEvent();
  }

  grown(item: OutputItem, part: OutputPart | null, text: Bytes, logprobs: Bytes): void {
    const out = this.out;
    if (part != null) {
      this.beginEvent(part.isRefusal ? "response.refusal.delta" : "response.output_text.delta");
      this.writePlace(item, "content_index", part.index);
    } else if (item.kind == OutputKind.Call) {
      this.beginEvent("response.function_call_arguments.delta");
      this.writeItemPlace(item);
    } else {
      this.beginEvent("response.reasoning_summary_text.delta");
      this.writePlace(item, "summary_index", 0);
    }
    out.key("delta");
    out.escaped(text);
    if (part != null && !part.isRefusal) {
      out.ascii(',"logprobs":[');
      out.bytes(logprobs);
      out.byte(0x5d);
    }
    this.endEvent();
  }

  annotated(item: OutputItem, part: OutputPart, annotation: Bytes): void {
    const out = this.out;
    this.beginEvent("response.output_text.annotation.added");
    this.writePlace(item, "content_index", part.index);
    out.key("annotation_index");
    out.unsigned(<u64>(part.annotationCount - 1));
    out.key("annotation");
    out.raw(annotation);
    this.endEvent();
  }

  partDone(item: OutputItem, part: OutputPart): void {
    const out = this.out;
    this.beginEvent(part.isRefusal ? "response.refusal.done" : "response.output_text.done");
    this.writePlace(item, "content_index", part.index);
    out.key(part.isRefusal ? "refusal" : "text");
    out.escaped(part.text.view());
    if (!part.isRefusal) {
      out.key("logprobs");
      writeLogprobs(part, false, out);
    }
    this.endEvent();
    this.beginEvent("response.content_part.done");
    this.writePlace(item, "content_index", part.index);
    out.key("part");
    writePart(part, false, out);
    this.endEvent();
  }

  private thinkingDone(item: OutputItem): void {
    const out = this.out;
    this.beginEvent("response.reasoning_summary_text.done");
    this.writePlace(item, "summary_index", 0);
    out.key("text");
    out.escaped(item.text.view());
    this.endEvent();
    this.beginEvent("response.reasoning_summary_part.done");
    this.writePlace(item, "summary_index", 0);
    out.key("part");
    writeSummary(item, false, out);
    this.endEvent();
  }

  private callDone(item: OutputItem): void {
    this.beginEvent("response.function_call_arguments.done");
    this.writeItemPlace(item);
    this.out.key("arguments");
    this.out.escaped(item.text.view());
    this.out.key("name");
    this.out.escaped(item.name);
    this.endEvent();
  }

  private beginEvent(type: string): void {
    const out = this.out;
    out.ascii("event: ");
    out.ascii(type);
    out.ascii('\ndata: {"type":"');
    out.ascii(type);
    out.ascii('","sequence_number":');
    out.startValue();
    out.unsigned(this.sequence++);
  }

  private endEvent(): void {
    this.out.ascii("}\n\n");
  }

  private endBegun(): void {
    this.out.key("response");
    this.form.writeBegun(this.out);
    this.endEvent();
  }

  private endResponse(output: Output, failure: Failure | null): void {
    this.out.key("response");
    this.form.writeEnded(output, failure, this.out);
    this.endEvent();
  }

  private writeOutputIndex(item: OutputItem): void {
    this.out.key("output_index");
    this.out.unsigned(<u64>item.index);
  }

  private writeItemPlace(item: OutputItem): void {
    this.out.key("item_id");
    writeItemId(item, this.form.id, this.out);
    this.writeOutputIndex(item);
  }

  private writePlace(item: OutputItem, key: string, index: i32): void {
    this.writeItemPlace(item);
    this.out.key(key);
    this.out.unsigned(<u64>index);
  }
}
