/** What streamed and whole answers to clients share: https://docs.anthropic.com/en/api/messages#response */
import { Bytes } from "../../bytes/bytes";
import { JsonWriter } from "../../json/writer";
import { FinishReason, Usage } from "../answer";
import { AnswerSettings } from "../protocol";

/** Writes the members that a message begins with. `id` and `model` are the provider's, empty where it named none. */
export function writeHead(id: Bytes, model: Bytes, settings: AnswerSettings, out: JsonWriter): void {
  out.key("id");
  out.beginString();
  const own = id.isEmpty ? settings.id : id;
  if (!own.startsWith("msg_")) out.ascii("msg_");
  out.moreEscaped(own);
  if (own.isEmpty) out.unsigned(settings.created);
  out.endString();
  out.key("type");
  out.asciiText("message");
  out.key("role");
  out.asciiText("assistant");
  out.key("model");
  out.escaped(model.isEmpty ? settings.model : model);
}

/** Why the message ends, gathered from its events. */
@final
export class Ending {
  reason: FinishReason = FinishReason.None;
  private hasCalls: bool = false;
  private isRefused: bool = false;
  private sequence: Bytes = new Bytes();
  private hasSequence: bool = false;

  finish(reason: FinishReason, sequence: Bytes): void {
    this.reason = reason;
    this.hasSequence = reason == FinishReason.StopSequence && !sequence.isEmpty;
    if (this.hasSequence) this.sequence = sequence.copy();
  }

  call(): void {
    this.hasCalls = true;
  }

  refuse(): void {
    this.isRefused = true;
  }

  /** Writes `stop_reason` and `stop_sequence` (https://docs.anthropic.com/en/api/handling-stop-reasons). */
  write(out: JsonWriter): void {
    out.key("stop_reason");
    out.asciiText(this.word());
    out.key("stop_sequence");
    if (this.hasSequence) out.escaped(this.sequence);
    else out.nothing();
  }

  private word(): string {
    switch (this.reason) {
      case FinishReason.Length:
        return "max_tokens";
      case FinishReason.ContextWindow:
        return "model_context_window_exceeded";
      case FinishReason.StopSequence:
        return "stop_sequence";
      case FinishReason.ContentFilter:
      case FinishReason.Refusal:
        return "refusal";
      case FinishReason.Pause:
        return "pause_turn";
      case FinishReason.ToolCalls:
        return "tool_use";
      default:
        // OpenAI says `stop` behind calls that were forced, and behind a refusal; who asks in this protocol goes by the word.
        return this.isRefused ? "refusal" : this.hasCalls ? "tool_use" : "end_turn";
    }
  }
}

/** Writes a usage object: of the prompt, what was read from a cache and written to one is counted apart. All counts are 0 where the provider said none. */
export function writeUsage(usage: Usage, out: JsonWriter): void {
  const cached = min(usage.cachedInput, usage.input);
  const written = min(usage.cacheWrite, usage.input - cached);
  out.beginObject();
  out.key("input_tokens");
  out.unsigned(usage.input - cached - written);
  out.key("cache_creation_input_tokens");
  out.unsigned(written);
  out.key("cache_read_input_tokens");
  out.unsigned(cached);
  out.key("output_tokens");
  out.unsigned(usage.output);
  if (usage.reasoning > 0) {
    out.key("output_tokens_details");
    out.beginObject();
    out.key("thinking_tokens");
    out.unsigned(usage.reasoning);
    out.endObject();
  }
  if (usage.estimated) {
    out.key("estimated");
    out.boolean(true);
  }
  out.endObject();
}
