/** What streamed and whole completions share: https://platform.openai.com/docs/api-reference/completions/object */
import { Bytes } from "../../bytes/bytes";
import { JsonWriter } from "../../json/writer";
import { FinishReason } from "../answer";
import { finishWord } from "../openai/answer-form";
import { AnswerSettings } from "../protocol";

/** Writes the members that every chunk and every whole answer begin with. `id` and `model` are the provider's, empty where it named none. */
export function writeHead(id: Bytes, model: Bytes, settings: AnswerSettings, out: JsonWriter): void {
  out.key("id");
  out.beginString();
  const own = id.isEmpty ? settings.id : id;
  if (!own.startsWith("cmpl-")) out.ascii("cmpl-");
  out.moreEscaped(own);
  if (own.isEmpty) out.unsigned(settings.created);
  out.endString();
  out.key("object");
  out.asciiText("text_completion");
  out.key("created");
  out.unsigned(settings.created);
  out.key("model");
  out.escaped(model.isEmpty ? settings.model : model);
}

/** The word for a finish reason: there are no calls here. */
export function completionWord(reason: FinishReason): string {
  return reason == FinishReason.ToolCalls ? "stop" : finishWord(reason, false);
}
