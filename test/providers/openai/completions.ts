/** `POST /v1/completions`: https://platform.openai.com/docs/api-reference/completions */
import type { ErrorScript } from "../behaviour.ts";
import type { Asked, Reply } from "../conversation.ts";
import { word } from "../ids.ts";
import type { Setup, StreamPart } from "../protocol.ts";
import { any, array, between, boolean, either, fields, integer, map, nullable, number, required, string, type Shape } from "../shape.ts";
import { checkModel, checkShape, invalid } from "./check.ts";
import { vendorOf } from "./vendors.ts";
import { event, printed } from "./write.ts";

const completionFields: Record<string, Shape> = {
  model: required(string),
  prompt: required(either(string, array(any))),
  best_of: nullable({ is: "integer", min: 1, max: 20 }),
  echo: nullable(boolean),
  frequency_penalty: nullable(between(-2, 2)),
  logit_bias: nullable(map(number)),
  logprobs: nullable({ is: "integer", min: 0, max: 5 }),
  max_tokens: nullable({ is: "integer", min: 0 }),
  n: nullable({ is: "integer", min: 1, max: 128 }),
  presence_penalty: nullable(between(-2, 2)),
  seed: nullable(integer),
  stop: nullable(either(string, array(string, 1, 4))),
  stream: nullable(boolean),
  stream_options: nullable(fields({ include_usage: boolean, include_obfuscation: boolean })),
  suffix: nullable(string),
  temperature: nullable(between(0, 2)),
  top_p: nullable(between(0, 1)),
  user: string,
};

/** The first reason, or undefined. Models that chat aren't served here. */
export function checkCompletions(body: any, setup: Setup): ErrorScript | undefined {
  const refused = checkModel(body, setup) ?? checkShape(body, completionFields, setup);
  if (refused) return refused;
  if (body.stream_options != null && body.stream !== true)
    return invalid("The 'stream_options' parameter is only allowed when 'stream' is enabled.", "stream_options");
  if (setup.vendor !== "openai" || /instruct|davinci|babbage/.test(body.model)) return undefined;
  return invalid(
    "This is a chat model and not supported in the v1/completions endpoint. Did you mean to use v1/chat/completions?",
    "model",
    null,
    404,
  );
}

/** What a checked request asks for. */
export function readCompletions(body: any): Asked {
  const text = [body.prompt]
    .flat()
    .filter((each) => typeof each === "string")
    .join("\n");
  return {
    model: body.model,
    stream: body.stream === true,
    includeUsage: body.stream_options?.include_usage === true,
    choices: body.n ?? 1,
    prompt: text,
    text,
    toolResults: [],
    tools: [],
    toolChoice: "none",
    parallel: true,
    thinking: "none",
    alwaysThinks: false,
    maxTokens: body.max_tokens ?? 16,
    stop: body.stop == null ? [] : [body.stop].flat(),
    schema: undefined,
    jsonAnswer: false,
    logprobs: body.logprobs != null,
    form: "completions",
    body,
  };
}

export function wholeCompletion(asked: Asked, reply: Reply, setup: Setup): Buffer {
  const choices = Array.from({ length: asked.choices }, (_, index) => ({
    text: reply.text.join(""),
    index,
    logprobs: null,
    finish_reason: finishOf(reply),
  }));
  return printed({ ...envelope(asked), choices, usage: usageOf(reply) }, vendorOf(setup.vendor));
}

export function streamedCompletion(asked: Asked, reply: Reply, _setup: Setup): StreamPart[] {
  const shared = envelope(asked);
  const chunk = (kind: StreamPart["kind"], choices: object[], usage: object | null = null): StreamPart => ({
    kind,
    bytes: event({ ...shared, choices, ...(asked.includeUsage ? { usage } : {}) }),
  });
  const parts: StreamPart[] = [];
  for (let index = 0; index < asked.choices; index++) {
    for (const text of reply.text) parts.push(chunk("content", [{ text, index, logprobs: null, finish_reason: null }]));
    if (reply.finish !== null) parts.push(chunk("finish", [{ text: "", index, logprobs: null, finish_reason: finishOf(reply) }]));
  }
  if (reply.finish === null) return parts;
  if (asked.includeUsage) parts.push(chunk("usage", [], usageOf(reply)));
  return [...parts, { kind: "end", bytes: Buffer.from("data: [DONE]\n\n") }];
}

function finishOf(reply: Reply): string | null {
  return reply.finish === "stop_sequence" ? "stop" : reply.finish;
}

function envelope(asked: Asked): object {
  return { id: `cmpl-${word(29)}`, object: "text_completion", created: Math.floor(Date.now() / 1000), model: asked.model };
}

function usageOf({ usage }: Reply): object {
  return { prompt_tokens: usage.input, completion_tokens: usage.output, total_tokens: usage.input + usage.output };
}
