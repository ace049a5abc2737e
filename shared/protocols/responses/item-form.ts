/** The items and parts of a response: https://platform.openai.com/docs/api-reference/responses/object#responses/object-output */
import { Bytes } from "../../bytes/bytes";
import { JsonWriter } from "../../json/writer";
import { OutputItem, OutputKind, OutputPart } from "./output";

const PREFIXES: StaticArray<string> = ["msg_", "rs_", "fc_"];

/** Writes an item's id as a string: its kind, the answer's id, its number. */
export function writeItemId(item: OutputItem, answer: Bytes, out: JsonWriter): void {
  out.beginString();
  out.ascii(PREFIXES[item.kind]);
  out.moreEscaped(answer);
  out.ascii("_");
  out.unsigned(<u64>item.index);
  out.endString();
}

/** Writes an item: as it begins, empty and in progress, or as it is once it is done. */
export function writeItem(item: OutputItem, answer: Bytes, begins: bool, out: JsonWriter): void {
  out.beginObject();
  out.key("id");
  writeItemId(item, answer, out);
  out.key("type");
  const status = begins ? "in_progress" : item.isIncomplete ? "incomplete" : "completed";
  switch (item.kind) {
    case OutputKind.Reasoning:
      out.asciiText("reasoning");
      writeReasoning(item, begins, out);
      break;
    case OutputKind.Call:
      out.asciiText("function_call");
      out.key("status");
      out.asciiText(status);
      out.key("arguments");
      out.beginString();
      if (!begins) out.range(item.text.buffer, 0, item.text.length);
      out.endString();
      out.key("call_id");
      out.escaped(item.callId);
      out.key("name");
      out.escaped(item.name);
      break;
    default:
      out.asciiText("message");
      out.key("status");
      out.asciiText(status);
      out.key("content");
      out.beginArray();
      if (!begins) for (let i = 0; i < item.parts.length; i++) writePart(item.parts[i], false, out);
      out.endArray();
      out.key("role");
      out.asciiText("assistant");
      break;
  }
  out.endObject();
}

function writeReasoning(item: OutputItem, begins: bool, out: JsonWriter): void {
  out.key("summary");
  out.beginArray();
  if (!begins && item.hasText) writeSummary(item, false, out);
  out.endArray();
  if (begins || item.encrypted.length == 0) return;
  out.key("encrypted_content");
  out.escaped(item.encrypted.view());
}

/** Writes the one part of a reasoning item's summary. */
export function writeSummary(item: OutputItem, begins: bool, out: JsonWriter): void {
  out.beginObject();
  out.key("type");
  out.asciiText("summary_text");
  out.key("text");
  out.beginString();
  if (!begins) out.range(item.text.buffer, 0, item.text.length);
  out.endString();
  out.endObject();
}

/** Writes a part of a message. */
export function writePart(part: OutputPart, begins: bool, out: JsonWriter): void {
  out.beginObject();
  out.key("type");
  if (part.isRefusal) {
    out.asciiText("refusal");
    out.key("refusal");
    writeText(part, begins, out);
  } else {
    out.asciiText("output_text");
    out.key("annotations");
    out.beginArray();
    const annotations = part.annotations;
    if (!begins && annotations != null) out.raw(annotations.view());
    out.endArray();
    out.key("logprobs");
    writeLogprobs(part, begins, out);
    out.key("text");
    writeText(part, begins, out);
  }
  out.endObject();
}

function writeText(part: OutputPart, begins: bool, out: JsonWriter): void {
  out.beginString();
  if (!begins) out.range(part.text.buffer, 0, part.text.length);
  out.endString();
}

/** Writes the log probabilities of a part, whose elements are those of chat completions. */
export function writeLogprobs(part: OutputPart, begins: bool, out: JsonWriter): void {
  out.beginArray();
  if (!begins) out.range(part.logprobs.buffer, 0, part.logprobs.length);
  out.endArray();
}
