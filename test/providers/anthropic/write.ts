/** Answers in Anthropic's form: https://docs.claude.com/en/api/messages and …/build-with-claude/streaming */
import type { Asked, Reply } from "../conversation.ts";
import { word } from "../ids.ts";
import type { Setup, StreamPart } from "../protocol.ts";
import { signatureOf } from "./signature.ts";

const stopReasons: Record<string, string> = { stop: "end_turn", length: "max_tokens", tool_calls: "tool_use", content_filter: "refusal" };

export function wholeAnswer(asked: Asked, reply: Reply, _setup: Setup): Buffer {
  const content: object[] = [];
  if (reply.thinking.length > 0)
    content.push({ type: "thinking", thinking: reply.thinking.join(""), signature: signatureOf(reply.thinking.join("")) });
  const text = textOf(reply).join("");
  if (text !== "") content.push({ type: "text", text });
  for (const call of reply.calls)
    content.push({ type: "tool_use", id: call.id ?? toolId(), name: call.name, input: parsedInput(call.pieces.join("")) });
  return Buffer.from(
    JSON.stringify({
      ...envelope(asked),
      content,
      stop_reason: stopReason(reply),
      stop_sequence: reply.stopSequence,
      usage: startUsage(reply, reply.usage.output),
    }),
  );
}

export function streamedAnswer(asked: Asked, reply: Reply, _setup: Setup): StreamPart[] {
  const parts: StreamPart[] = [];
  const event = (kind: StreamPart["kind"], type: string, more: object, padding = 0): void => {
    const data = JSON.stringify({ type, ...more });
    parts.push({ kind, bytes: Buffer.from(`event: ${type}\ndata: ${data.slice(0, -1)}${" ".repeat(padding)}}\n\n`) });
  };
  let index = 0;
  const block = (start: object, deltas: object[]): void => {
    event("content", "content_block_start", { index, content_block: start }, 6);
    if (index === 0) parts.push({ kind: "ping", bytes: Buffer.from('event: ping\ndata: {"type": "ping"}\n\n') });
    for (const delta of deltas) event("content", "content_block_delta", { index, delta }, 4);
    event("content", "content_block_stop", { index }, 11);
    index++;
  };

  event(
    "start",
    "message_start",
    { message: { ...envelope(asked), content: [], stop_reason: null, stop_sequence: null, usage: startUsage(reply, 1) } },
    8,
  );
  if (reply.thinking.length > 0) {
    const deltas: object[] = reply.thinking.map((thinking) => ({ type: "thinking_delta", thinking }));
    block({ type: "thinking", thinking: "", signature: "" }, [
      ...deltas,
      { type: "signature_delta", signature: signatureOf(reply.thinking.join("")) },
    ]);
  }
  const text = textOf(reply);
  if (text.length > 0)
    block(
      { type: "text", text: "" },
      text.map((piece) => ({ type: "text_delta", text: piece })),
    );
  for (const call of reply.calls) {
    block(
      { type: "tool_use", id: call.id ?? toolId(), name: call.name, input: {} },
      ["", ...call.pieces].map((piece) => ({ type: "input_json_delta", partial_json: piece })),
    );
  }
  if (reply.finish === null) return parts;
  event(
    "finish",
    "message_delta",
    { delta: { stop_reason: stopReason(reply), stop_sequence: reply.stopSequence }, usage: endUsage(reply) },
    3,
  );
  event("end", "message_stop", {}, 7);
  return parts;
}

function envelope(asked: Asked): object {
  return { model: asked.model, id: `msg_01${word(22)}`, type: "message", role: "assistant" };
}

function toolId(): string {
  return `toolu_01${word(22)}`;
}

function stopReason(reply: Reply): string | null {
  return reply.finish === null ? null : (stopReasons[reply.finish] ?? reply.finish);
}

/** A refusal is said as text, then the stop reason tells. */
function textOf(reply: Reply): readonly string[] {
  return reply.refusal === undefined ? reply.text : [...reply.text, reply.refusal];
}

function startUsage(reply: Reply, output: number): object {
  const { input, cacheRead, cacheWrite } = reply.usage;
  return {
    input_tokens: input - cacheRead - cacheWrite,
    cache_creation_input_tokens: cacheWrite,
    cache_read_input_tokens: cacheRead,
    cache_creation: { ephemeral_5m_input_tokens: cacheWrite, ephemeral_1h_input_tokens: 0 },
    output_tokens: output,
    service_tier: "standard",
  };
}

function endUsage(reply: Reply): object {
  const { input, output, cacheRead, cacheWrite } = reply.usage;
  return {
    input_tokens: input - cacheRead - cacheWrite,
    cache_creation_input_tokens: cacheWrite,
    cache_read_input_tokens: cacheRead,
    output_tokens: output,
  };
}

function parsedInput(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return {};
  }
}
