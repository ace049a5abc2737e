/** What `POST /v1/chat/completions` and `/v1/embeddings` take: https://platform.openai.com/docs/api-reference/chat/create */
import {
  any,
  array,
  between,
  boolean,
  either,
  fields,
  integer,
  map,
  nullable,
  number,
  object,
  oneOf,
  required,
  string,
  tagged,
  type Shape,
} from "../shape.ts";

const name: Shape = { is: "string", pattern: /^[a-zA-Z0-9_-]{1,64}$/ };
const textPart = fields({ type: required(string), text: required(string), prompt_cache_breakpoint: any });
const refusalPart = fields({ type: required(string), refusal: required(string) });
const imagePart = fields({
  type: required(string),
  image_url: required(fields({ url: required(string), detail: oneOf("auto", "low", "high", "original") })),
});
const audioPart = fields({
  type: required(string),
  input_audio: required(fields({ data: required(string), format: required(oneOf("wav", "mp3")) })),
});
const filePart = fields({ type: required(string), file: required(fields({ file_data: string, file_id: string, filename: string })) });

const content = (parts: Record<string, Shape>): Shape => either(string, array(tagged("type", parts), 1));
const texts = content({ text: textPart });

// What OpenAI's own SDK adds when it parses (`parsed`, `parsed_arguments`) comes back in the next turn.
const toolCall = tagged(
  "type",
  {
    function: fields({
      id: required(string),
      type: required(string),
      function: required(fields({ name: required(name), arguments: required(string), parsed_arguments: any })),
    }),
    custom: fields({
      id: required(string),
      type: required(string),
      custom: required(fields({ name: required(name), input: required(string) })),
    }),
  },
  "function",
);

const message = tagged("role", {
  system: fields({ role: required(string), content: required(texts), name }),
  developer: fields({ role: required(string), content: required(texts), name }),
  user: fields({
    role: required(string),
    content: required(content({ text: textPart, image_url: imagePart, input_audio: audioPart, file: filePart })),
    name,
  }),
  assistant: fields({
    role: required(string),
    content: nullable(content({ text: textPart, refusal: refusalPart })),
    refusal: nullable(string),
    name,
    audio: nullable(fields({ id: required(string) })),
    annotations: any,
    parsed: any,
    tool_calls: array(toolCall, 1),
    function_call: nullable(fields({ name: required(string), arguments: required(string) })),
  }),
  tool: fields({ role: required(string), content: required(texts), tool_call_id: required(string) }),
  function: fields({ role: required(string), content: required(nullable(string)), name: required(string) }),
});

const tool = tagged("type", {
  function: fields({
    type: required(string),
    function: required(fields({ name: required(name), description: string, parameters: object, strict: nullable(boolean) })),
  }),
  custom: fields({ type: required(string), custom: required(object) }),
});

const toolChoice = either(
  oneOf("none", "auto", "required"),
  tagged("type", {
    function: fields({ type: required(string), function: required(fields({ name: required(string) })) }),
    custom: fields({ type: required(string), custom: required(fields({ name: required(string) })) }),
    allowed_tools: fields({ type: required(string), allowed_tools: required(object) }),
  }),
);

const responseFormat = tagged("type", {
  text: fields({ type: required(string) }),
  json_object: fields({ type: required(string) }),
  json_schema: fields({
    type: required(string),
    json_schema: required(fields({ name: required(name), description: string, schema: object, strict: nullable(boolean) })),
  }),
});

/** The members of a chat request. */
export const chatFields: Record<string, Shape> = {
  model: required(string),
  messages: required(array(message, 1)),
  audio: nullable(object),
  frequency_penalty: nullable(between(-2, 2)),
  function_call: any,
  functions: any,
  logit_bias: nullable(map(number)),
  logprobs: nullable(boolean),
  max_completion_tokens: nullable({ is: "integer", min: 1 }),
  max_tokens: nullable({ is: "integer", min: 1 }),
  metadata: nullable(map(string)),
  modalities: nullable(array(string)),
  moderation: any,
  n: nullable({ is: "integer", min: 1, max: 128 }),
  parallel_tool_calls: boolean,
  prediction: nullable(object),
  presence_penalty: nullable(between(-2, 2)),
  prompt_cache_key: string,
  prompt_cache_options: any,
  prompt_cache_retention: nullable(string),
  reasoning_effort: nullable(oneOf("none", "minimal", "low", "medium", "high", "xhigh")),
  response_format: responseFormat,
  safety_identifier: string,
  seed: nullable(integer),
  service_tier: nullable(string),
  stop: nullable(either(string, array(string, 1, 4))),
  store: nullable(boolean),
  stream: nullable(boolean),
  stream_options: nullable(fields({ include_usage: boolean, include_obfuscation: boolean })),
  temperature: nullable(between(0, 2)),
  tool_choice: toolChoice,
  tools: array(tool, 1, 128),
  top_logprobs: nullable({ is: "integer", min: 0, max: 20 }),
  top_p: nullable(between(0, 1)),
  user: string,
  verbosity: nullable(oneOf("low", "medium", "high")),
  web_search_options: object,
};

/** The members of a request for embeddings. */
export const embeddingFields: Record<string, Shape> = {
  model: required(string),
  input: required(either(string, array(any, 1, 2048))),
  dimensions: { is: "integer", min: 1 },
  encoding_format: oneOf("float", "base64"),
  user: string,
};
