/** Answers of `POST /v1/responses`: https://platform.openai.com/docs/api-reference/responses/object and …/responses-streaming */
import type { ErrorScript } from "../behaviour.ts";
import type { Asked, Reply } from "../conversation.ts";
import { hex, word } from "../ids.ts";
import type { Setup, StreamPart } from "../protocol.ts";
import { encryptedPrefix } from "./responses-check.ts";
import { vendorOf } from "./vendors.ts";
import { printed } from "./write.ts";

/** An item of `output`, and its parts as they are streamed. */
interface Item {
  readonly begun: any;
  readonly done: any;
  readonly pieces: readonly string[];
}

export function wholeResponse(asked: Asked, reply: Reply, setup: Setup): Buffer {
  const shared = envelope(asked);
  return printed(
    ended(
      shared,
      asked,
      reply,
      itemsOf(asked, reply).map((item) => item.done),
    ),
    vendorOf(setup.vendor),
  );
}

export function streamedResponse(asked: Asked, reply: Reply, _setup: Setup): StreamPart[] {
  const shared = envelope(asked);
  const parts: StreamPart[] = [];
  const say = (kind: StreamPart["kind"], type: string, members: object): void =>
    void parts.push({ kind, bytes: eventOf(type, parts.length, members) });
  say("start", "response.created", { response: { ...shared, status: "in_progress", output: [] } });
  say("start", "response.in_progress", { response: { ...shared, status: "in_progress", output: [] } });
  const items = itemsOf(asked, reply);
  for (const [output_index, { begun, done, pieces }] of items.entries()) {
    const place = { item_id: done.id, output_index };
    const obfuscation = (): object => ({ obfuscation: word(1 + Math.floor(Math.random() * 12)) });
    say("content", "response.output_item.added", { output_index, item: begun });
    if (done.type === "reasoning" && pieces.length > 0) {
      const at = { ...place, summary_index: 0 };
      say("content", "response.reasoning_summary_part.added", { ...at, part: { type: "summary_text", text: "" } });
      for (const delta of pieces) say("content", "response.reasoning_summary_text.delta", { ...at, delta, ...obfuscation() });
      say("content", "response.reasoning_summary_text.done", { ...at, text: pieces.join("") });
      say("content", "response.reasoning_summary_part.done", { ...at, part: done.summary[0] });
    } else if (done.type === "function_call") {
      for (const delta of pieces) say("content", "response.function_call_arguments.delta", { ...place, delta, ...obfuscation() });
      say("content", "response.function_call_arguments.done", { ...place, arguments: done.arguments });
    } else if (done.type === "message") {
      const at = { ...place, content_index: 0 };
      const part = done.content[0];
      const refuses = part.type === "refusal";
      say("content", "response.content_part.added", { ...at, part: refuses ? { type: "refusal", refusal: "" } : { ...part, text: "" } });
      for (const delta of pieces)
        say("content", refuses ? "response.refusal.delta" : "response.output_text.delta", {
          ...at,
          delta,
          ...(refuses ? {} : { logprobs: [] }),
          ...obfuscation(),
        });
      if (refuses) say("content", "response.refusal.done", { ...at, refusal: part.refusal });
      else say("content", "response.output_text.done", { ...at, text: part.text, logprobs: [] });
      say("content", "response.content_part.done", { ...at, part });
    }
    say("content", "response.output_item.done", { output_index, item: done });
  }
  if (reply.finish === null) return parts;
  const response = ended(
    shared,
    asked,
    reply,
    items.map((item) => item.done),
  );
  say("finish", `response.${response.status}`, { response });
  return parts;
}

/** How a response fails on its way: an event with the error, and one with the response. */
export function failedResponse(error: ErrorScript, asked: Asked, _setup: Setup): Buffer {
  const { message, type, param = null, code } = error;
  const first = eventOf("error", 9, { error: { type, code, message, param } });
  const response = { ...envelope(asked), status: "failed", output: [], error: { code: code ?? "server_error", message } };
  return Buffer.concat([first, eventOf("response.failed", 10, { response })]);
}

function eventOf(type: string, sequence_number: number, members: object): Buffer {
  return Buffer.from(`event: ${type}\ndata: ${JSON.stringify({ type, sequence_number, ...members })}\n\n`);
}

function itemsOf(asked: Asked, reply: Reply): Item[] {
  const items: Item[] = [];
  const status = reply.finish === "length" ? "incomplete" : "completed";
  if (reply.usage.reasoning > 0 || reply.thinking.length > 0) {
    const encrypted = (asked.body.include ?? []).includes("reasoning.encrypted_content")
      ? { encrypted_content: `${encryptedPrefix}${word(40)}` }
      : {};
    const begun = { id: `rs_${hex(48)}`, type: "reasoning", ...encrypted, summary: [] };
    const summary = reply.thinking.length > 0 ? [{ type: "summary_text", text: reply.thinking.join("") }] : [];
    items.push({ begun, done: { ...begun, summary }, pieces: reply.thinking });
  }
  if (reply.refusal !== undefined || reply.text.length > 0 || reply.calls.length === 0) {
    const begun = { id: `msg_${hex(48)}`, type: "message", status: "in_progress", content: [], role: "assistant" };
    const refusal = reply.refusal;
    const part =
      refusal !== undefined
        ? { type: "refusal", refusal }
        : { type: "output_text", annotations: [], logprobs: [], text: reply.text.join("") };
    items.push({
      begun,
      done: { ...begun, status, content: [part] },
      pieces: refusal !== undefined ? (refusal.match(/\s*\S+/g) ?? []) : reply.text,
    });
  }
  for (const call of reply.calls) {
    const begun = {
      id: `fc_${hex(48)}`,
      type: "function_call",
      status: "in_progress",
      arguments: "",
      call_id: call.id ?? `call_${word(24)}`,
      name: call.name,
    };
    items.push({ begun, done: { ...begun, status, arguments: call.pieces.join("") }, pieces: call.pieces });
  }
  return items;
}

function ended(shared: any, asked: Asked, reply: Reply, output: object[]): any {
  const reason =
    reply.finish === "length"
      ? "max_output_tokens"
      : reply.finish === "content_filter" && reply.refusal === undefined
        ? "content_filter"
        : null;
  const { input, output: written, cacheRead, reasoning } = reply.usage;
  return {
    ...shared,
    status: reason === null ? "completed" : "incomplete",
    incomplete_details: reason === null ? null : { reason },
    output,
    usage: {
      input_tokens: input,
      input_tokens_details: { cached_tokens: cacheRead },
      output_tokens: written,
      output_tokens_details: { reasoning_tokens: reasoning },
      total_tokens: input + written,
    },
  };
}

function envelope({ body }: Asked): any {
  return {
    id: `resp_${hex(48)}`,
    object: "response",
    created_at: Math.floor(Date.now() / 1000),
    status: "completed",
    background: false,
    billing: { payer: "developer" },
    error: null,
    incomplete_details: null,
    instructions: body.instructions ?? null,
    max_output_tokens: body.max_output_tokens ?? null,
    max_tool_calls: null,
    model: body.model,
    output: [],
    parallel_tool_calls: body.parallel_tool_calls ?? true,
    previous_response_id: null,
    prompt_cache_key: body.prompt_cache_key ?? null,
    reasoning: { effort: body.reasoning?.effort ?? null, summary: body.reasoning?.summary ?? null },
    safety_identifier: null,
    service_tier: "default",
    store: body.store ?? true,
    temperature: body.temperature ?? 1.0,
    text: { format: { type: "text" }, verbosity: "medium", ...body.text },
    tool_choice: body.tool_choice ?? "auto",
    tools: body.tools ?? [],
    top_logprobs: 0,
    top_p: body.top_p ?? 1.0,
    truncation: "disabled",
    usage: null,
    user: null,
    metadata: body.metadata ?? {},
  };
}
