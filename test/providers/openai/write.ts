/** Answers in OpenAI's form: https://platform.openai.com/docs/api-reference/chat/object and …/chat-streaming */
import type { Asked, Reply, Usage } from "../conversation.ts";
import { hex, uuid, word } from "../ids.ts";
import type { Setup, StreamPart } from "../protocol.ts";
import { vendorOf, type Vendor } from "./vendors.ts";

const finishReasons: Record<string, string> = { stop_sequence: "stop" };

/** JSON as this vendor prints it. */
export function printed(value: unknown, vendor: Vendor): Buffer {
  return Buffer.from(vendor.pretty ? `${JSON.stringify(value, null, 2)}\n` : JSON.stringify(value));
}

export function wholeAnswer(asked: Asked, reply: Reply, setup: Setup): Buffer {
  const vendor = vendorOf(setup.vendor);
  const choices = Array.from({ length: asked.choices }, (_, index) => ({
    index,
    message: {
      role: "assistant",
      content: reply.text.length > 0 ? reply.text.join("") : reply.calls.length > 0 || refusalOf(reply) !== null ? null : "",
      ...(vendor.reasoning && reply.thinking.length > 0 ? { [vendor.reasoning]: reply.thinking.join("") } : {}),
      ...(reply.calls.length > 0
        ? {
            tool_calls: reply.calls.map((call) => ({
              id: call.id ?? callId(),
              type: "function",
              function: { name: call.name, arguments: call.pieces.join("") },
            })),
          }
        : {}),
      ...(vendor.full ? { refusal: refusalOf(reply), annotations: [] } : {}),
    },
    logprobs: asked.logprobs ? { content: reply.text.map(logprobOf), refusal: null } : null,
    finish_reason: finishOf(reply),
  }));
  const usage = usageOf(reply.usage, setup);
  const shared = envelope(asked, "chat.completion", setup);
  return printed({ ...shared.before, choices, usage, ...shared.after }, vendor);
}

export function streamedAnswer(asked: Asked, reply: Reply, setup: Setup): StreamPart[] {
  const vendor = vendorOf(setup.vendor);
  const shared = envelope(asked, "chat.completion.chunk", setup);
  const asksUsage = asked.includeUsage && (vendor.streamUsage === "asked" || vendor.streamUsage === "own");
  const parts: StreamPart[] = [];
  if (vendor.comment !== undefined) parts.push({ kind: "ping", bytes: Buffer.from(`: ${vendor.comment}\n\n`) });

  const chunk = (kind: StreamPart["kind"], choices: object[], usage?: object): void => {
    parts.push({
      kind,
      bytes: event({
        ...shared.before,
        ...shared.after,
        choices,
        ...(usage ? { usage } : asksUsage ? { usage: null } : {}),
        ...(vendor.full && kind !== "usage" ? { obfuscation: word(1 + Math.floor(Math.random() * 12)) } : {}),
      }),
    });
  };
  const delta = (kind: StreamPart["kind"], index: number, delta: object, more: object = {}): void =>
    chunk(kind, [{ index, delta, logprobs: null, finish_reason: null, ...more }]);

  for (let index = 0; index < asked.choices; index++) {
    const refusal = refusalOf(reply);
    const onlyCall = reply.calls.length === 1 && reply.text.length === 0 && reply.thinking.length === 0 ? reply.calls[0] : undefined;
    if (onlyCall === undefined) {
      const shows = vendor.reasoning !== undefined && reply.thinking.length > 0;
      delta("start", index, {
        role: "assistant",
        content: reply.calls.length > 0 && reply.text.length === 0 ? null : shows ? null : "",
        ...(shows ? { [vendor.reasoning!]: "" } : {}),
        ...(vendor.full ? { refusal: null } : {}),
      });
      if (shows) for (const piece of reply.thinking) delta("content", index, { content: null, [vendor.reasoning!]: piece });
    }
    for (const piece of reply.text) {
      delta("content", index, { content: piece }, asked.logprobs ? { logprobs: { content: [logprobOf(piece)], refusal: null } } : {});
    }
    if (refusal !== null) for (const piece of refusal.match(/\s*\S+/g) ?? []) delta("content", index, { refusal: piece });
    for (const [position, call] of reply.calls.entries()) {
      const opened = { index: position, id: call.id ?? callId(), type: "function", function: { name: call.name, arguments: "" } };
      delta(
        "content",
        index,
        call === onlyCall
          ? { role: "assistant", content: null, tool_calls: [opened], ...(vendor.full ? { refusal: null } : {}) }
          : { tool_calls: [opened] },
      );
      for (const piece of call.pieces) delta("content", index, { tool_calls: [{ index: position, function: { arguments: piece } }] });
    }
    if (reply.finish === null) continue;
    const usage = usageOf(reply.usage, setup);
    const finished = { index, delta: vendor.full ? {} : { content: "" }, logprobs: null, finish_reason: finishOf(reply) };
    if (vendor.streamUsage === "finish") chunk("finish", [finished], usage);
    else if (vendor.streamUsage === "choice") chunk("finish", [{ ...finished, usage }]);
    else chunk("finish", [finished]);
  }
  if (reply.finish === null) return parts;
  const usage = usageOf(reply.usage, setup);
  if (vendor.streamUsage === "own")
    chunk("usage", [{ index: 0, delta: { role: "assistant", content: "" }, finish_reason: null, logprobs: null }], usage);
  else if (asksUsage) chunk("usage", [], usage);
  parts.push({ kind: "end", bytes: Buffer.from("data: [DONE]\n\n") });
  return parts;
}

export function event(value: object): Buffer {
  return Buffer.from(`data: ${JSON.stringify(value)}\n\n`);
}

function finishOf(reply: Reply): string | null {
  if (reply.refusal !== undefined && reply.finish === "content_filter") return "stop";
  return reply.finish === null ? null : (finishReasons[reply.finish] ?? reply.finish);
}

function refusalOf(reply: Reply): string | null {
  return reply.refusal ?? null;
}

function callId(): string {
  return `call_${word(24)}`;
}

function idOf(vendor: Vendor): string {
  switch (vendor.id) {
    case "chatcmpl":
      return `chatcmpl-${word(29)}`;
    case "chatcmpl-uuid":
      return `chatcmpl-${uuid()}`;
    case "uuid":
      return uuid();
    case "digits":
      return `20260801${Math.floor(1e9 + Math.random() * 9e9)}`;
    case "gen":
      return `gen-${Math.floor(Date.now() / 1000)}-${word(20)}`;
    case "hex":
      return hex(32);
  }
}

/** OpenAI dates the models: what is asked for as `gpt-4o` answers as `gpt-4o-2024-08-06`. */
function datedModel(model: string): string {
  return /^gpt-4o(-mini)?$/.test(model) ? `${model}-${model.endsWith("mini") ? "2024-07-18" : "2024-08-06"}` : model;
}

function envelope(asked: Asked, kind: string, setup: Setup): { before: object; after: object } {
  const vendor = vendorOf(setup.vendor);
  return {
    before: {
      id: idOf(vendor),
      object: kind,
      created: Math.floor(Date.now() / 1000),
      model: vendor.full ? datedModel(asked.model) : asked.model,
      ...(setup.vendor === "openrouter" ? { provider: "Sluice" } : {}),
    },
    after: vendor.full
      ? { service_tier: "default", system_fingerprint: `fp_${hex(10)}` }
      : { system_fingerprint: setup.vendor === "ollama" ? "fp_ollama" : null },
  };
}

function usageOf(usage: Usage, setup: Setup): object {
  const counts = { prompt_tokens: usage.input, completion_tokens: usage.output, total_tokens: usage.input + usage.output };
  if (setup.vendor === "openai") {
    return {
      ...counts,
      prompt_tokens_details: { cached_tokens: usage.cacheRead, audio_tokens: 0 },
      completion_tokens_details: {
        reasoning_tokens: usage.reasoning,
        audio_tokens: 0,
        accepted_prediction_tokens: 0,
        rejected_prediction_tokens: 0,
      },
    };
  }
  return {
    ...counts,
    prompt_tokens_details: { cached_tokens: usage.cacheRead },
    ...(usage.reasoning > 0 ? { completion_tokens_details: { reasoning_tokens: usage.reasoning } } : {}),
    ...(setup.vendor === "deepseek"
      ? { prompt_cache_hit_tokens: usage.cacheRead, prompt_cache_miss_tokens: usage.input - usage.cacheRead }
      : {}),
  };
}

function logprobOf(token: string): object {
  return { token, logprob: -0.25, bytes: [...Buffer.from(token)], top_logprobs: [] };
}
