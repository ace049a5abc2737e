/** Answers in Bedrock's form: https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html and …_ConverseStream.html */
import { signatureOf } from "../anthropic/signature.ts";
import type { Asked, Reply } from "../conversation.ts";
import { word } from "../ids.ts";
import type { Setup, StreamPart } from "../protocol.ts";
import { eventFrame } from "./frames.ts";

const stopReasons: Record<string, string> = {
  stop: "end_turn",
  length: "max_tokens",
  tool_calls: "tool_use",
  content_filter: "guardrail_intervened",
};

export function wholeAnswer(_asked: Asked, reply: Reply, _setup: Setup): Buffer {
  const content: object[] = [];
  if (reply.thinking.length > 0) {
    const text = reply.thinking.join("");
    content.push({ reasoningContent: { reasoningText: { signature: signatureOf(text), text } } });
  }
  const text = textOf(reply).join("");
  if (text !== "") content.push({ text });
  for (const call of reply.calls)
    content.push({ toolUse: { input: parsedInput(call.pieces.join("")), name: call.name, toolUseId: call.id ?? toolId() } });
  const answer = {
    ...(reply.stopSequence === null ? {} : { additionalModelResponseFields: { stop_sequence: reply.stopSequence } }),
    metrics: { latencyMs: 812 },
    output: { message: { content, role: "assistant" } },
    stopReason: stopReason(reply),
    usage: usageOf(reply),
  };
  return Buffer.from(JSON.stringify(answer));
}

export function streamedAnswer(_asked: Asked, reply: Reply, _setup: Setup): StreamPart[] {
  const parts: StreamPart[] = [];
  /** The service pads its events, so that their lengths say nothing. */
  const event = (kind: StreamPart["kind"], type: string, payload: object): void => {
    const padding = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789".slice(0, (parts.length * 7) % 40);
    parts.push({ kind, bytes: eventFrame(type, { ...payload, p: padding }) });
  };
  let contentBlockIndex = 0;
  const block = (start: object | undefined, deltas: object[]): void => {
    // Only calls have a start.
    if (start !== undefined) event("content", "contentBlockStart", { contentBlockIndex, start });
    for (const delta of deltas) event("content", "contentBlockDelta", { contentBlockIndex, delta });
    event("content", "contentBlockStop", { contentBlockIndex });
    contentBlockIndex++;
  };
  event("start", "messageStart", { role: "assistant" });
  if (reply.thinking.length > 0) {
    const deltas: object[] = reply.thinking.map((text) => ({ reasoningContent: { text } }));
    block(undefined, [...deltas, { reasoningContent: { signature: signatureOf(reply.thinking.join("")) } }]);
  }
  const text = textOf(reply);
  if (text.length > 0)
    block(
      undefined,
      text.map((piece) => ({ text: piece })),
    );
  for (const call of reply.calls) {
    block(
      { toolUse: { name: call.name, toolUseId: call.id ?? toolId() } },
      call.pieces.map((input) => ({ toolUse: { input } })),
    );
  }
  if (reply.finish === null) return parts;
  event("finish", "messageStop", {
    stopReason: stopReason(reply),
    ...(reply.stopSequence === null ? {} : { additionalModelResponseFields: { stop_sequence: reply.stopSequence } }),
  });
  event("usage", "metadata", { metrics: { latencyMs: 812 }, usage: usageOf(reply) });
  return parts;
}

function toolId(): string {
  return `tooluse_${word(22)}`;
}

function stopReason(reply: Reply): string | null {
  return reply.finish === null ? null : (stopReasons[reply.finish] ?? reply.finish);
}

function textOf(reply: Reply): readonly string[] {
  return reply.refusal === undefined ? reply.text : [...reply.text, reply.refusal];
}

function usageOf(reply: Reply): object {
  const { input, output, cacheRead, cacheWrite } = reply.usage;
  return {
    cacheReadInputTokens: cacheRead,
    cacheWriteInputTokens: cacheWrite,
    inputTokens: input - cacheRead - cacheWrite,
    outputTokens: output,
    totalTokens: input + output,
  };
}

function parsedInput(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return {};
  }
}
