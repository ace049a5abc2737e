/** Answers of providers in their own protocols, short, for tests in which their content doesn't matter. */
import type { ProviderAnswer } from "../host/provider.ts";

const JSON_TYPE = { "content-type": "application/json" };
const EVENTS_TYPE = { "content-type": "text/event-stream" };

/** A whole chat completion. */
export function openaiAnswer(content: string, headers: Record<string, string> = {}): ProviderAnswer {
  const answer = {
    id: "chatcmpl-1",
    object: "chat.completion",
    created: 1700000000,
    model: "gpt-4o",
    choices: [{ index: 0, message: { role: "assistant", content }, finish_reason: "stop" }],
    usage: { prompt_tokens: 3, completion_tokens: 2, total_tokens: 5 },
  };
  return { headers: { ...JSON_TYPE, ...headers }, body: JSON.stringify(answer) };
}

function openaiChunk(delta: unknown, finishReason: string | null = null): string {
  const chunk = {
    id: "chatcmpl-1",
    object: "chat.completion.chunk",
    created: 1700000000,
    model: "gpt-4o",
    choices: [{ index: 0, delta, finish_reason: finishReason }],
  };
  return `data: ${JSON.stringify(chunk)}\n\n`;
}

/** The pieces of a streamed chat completion: a role-only chunk, one for each text, the finish reason, `[DONE]`. */
export function openaiPieces(texts: readonly string[]): string[] {
  return [
    openaiChunk({ role: "assistant", content: "" }),
    ...texts.map((content) => openaiChunk({ content })),
    openaiChunk({}, "stop"),
    "data: [DONE]\n\n",
  ];
}

export function openaiStream(texts: readonly string[], headers: Record<string, string> = {}): ProviderAnswer {
  return { headers: { ...EVENTS_TYPE, ...headers }, chunks: openaiPieces(texts) };
}

/** A whole message of Anthropic's. */
export function claudeAnswer(text: string, headers: Record<string, string> = {}): ProviderAnswer {
  const answer = {
    id: "msg_1",
    type: "message",
    role: "assistant",
    model: "claude-sonnet-4-5",
    content: [{ type: "text", text }],
    stop_reason: "end_turn",
    stop_sequence: null,
    usage: { input_tokens: 3, output_tokens: 2 },
  };
  return { headers: { ...JSON_TYPE, ...headers }, body: JSON.stringify(answer) };
}

function event(data: { type: string; [name: string]: unknown }): string {
  return `event: ${data.type}\ndata: ${JSON.stringify(data)}\n\n`;
}

/** The pieces of a streamed message of Anthropic's, one for each event. */
export function claudePieces(texts: readonly string[]): string[] {
  const message = {
    id: "msg_1",
    type: "message",
    role: "assistant",
    model: "claude-sonnet-4-5",
    content: [],
    stop_reason: null,
    stop_sequence: null,
    usage: { input_tokens: 3, output_tokens: 1 },
  };
  return [
    event({ type: "message_start", message }),
    event({ type: "ping" }),
    event({ type: "content_block_start", index: 0, content_block: { type: "text", text: "" } }),
    ...texts.map((text) => event({ type: "content_block_delta", index: 0, delta: { type: "text_delta", text } })),
    event({ type: "content_block_stop", index: 0 }),
    event({ type: "message_delta", delta: { stop_reason: "end_turn", stop_sequence: null }, usage: { output_tokens: 2 } }),
    event({ type: "message_stop" }),
  ];
}

export function claudeStream(texts: readonly string[], headers: Record<string, string> = {}): ProviderAnswer {
  return { headers: { ...EVENTS_TYPE, ...headers }, chunks: claudePieces(texts) };
}

/** A whole answer of Gemini's. */
export function geminiAnswer(text: string): ProviderAnswer {
  const answer = {
    candidates: [{ content: { parts: [{ text }], role: "model" }, finishReason: "STOP", index: 0 }],
    usageMetadata: { promptTokenCount: 3, candidatesTokenCount: 2, totalTokenCount: 5 },
    modelVersion: "gemini-2.5-flash",
    responseId: "r1",
  };
  return { headers: JSON_TYPE, body: JSON.stringify(answer) };
}

export function geminiStream(texts: readonly string[]): ProviderAnswer {
  const chunk = (text: string, rest: object): string =>
    `data: ${JSON.stringify({
      candidates: [{ content: { parts: [{ text }], role: "model" }, index: 0, ...rest }],
      usageMetadata: { promptTokenCount: 3, candidatesTokenCount: 2, totalTokenCount: 5 },
      modelVersion: "gemini-2.5-flash",
      responseId: "r1",
    })}\r\n\r\n`;
  const last = texts.length - 1;
  return { headers: EVENTS_TYPE, chunks: texts.map((text, i) => chunk(text, i === last ? { finishReason: "STOP" } : {})) };
}

/** An error in the form of the protocol. */
export function failing(status: number, message = "slow down", headers: Record<string, string> = {}): ProviderAnswer {
  return { status, headers: { ...JSON_TYPE, ...headers }, body: JSON.stringify({ error: { type: "some_error", message } }) };
}

/** A whole chat of Cohere's. */
export function cohereAnswer(text: string): ProviderAnswer {
  const usage = { tokens: { input_tokens: 3, output_tokens: 2 } };
  const answer = { id: "c1", finish_reason: "COMPLETE", message: { role: "assistant", content: [{ type: "text", text }] }, usage };
  return { headers: JSON_TYPE, body: JSON.stringify(answer) };
}

/** A streamed chat of Cohere's, one event for each text. */
export function cohereStream(texts: readonly string[]): ProviderAnswer {
  const chunks = [
    event({ type: "message-start", id: "c1", delta: { message: { role: "assistant" } } }),
    ...texts.map((text) => event({ type: "content-delta", index: 0, delta: { message: { content: { text } } } })),
    event({ type: "message-end", delta: { finish_reason: "COMPLETE", usage: { tokens: { input_tokens: 3, output_tokens: 2 } } } }),
  ];
  return { headers: EVENTS_TYPE, chunks };
}
