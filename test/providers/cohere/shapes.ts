/** What `POST /v2/chat` and `/v2/embed` take: https://docs.cohere.com/reference/chat, https://docs.cohere.com/reference/embed */
import {
  any,
  array,
  between,
  boolean,
  either,
  fields,
  integer,
  nullable,
  object,
  oneOf,
  required,
  string,
  tagged,
  type Shape,
} from "../shape.ts";

const text = fields({ type: required(string), text: required(string) });
const thinking = fields({ type: required(string), thinking: required(string) });
const image = fields({
  type: required(string),
  image_url: required(fields({ url: required(string), detail: oneOf("auto", "low", "high") })),
});
const document = fields({ type: required(string), document: required(object) });
const content = (parts: Record<string, Shape>): Shape => either(string, array(tagged("type", parts), 1));

const message = tagged("role", {
  system: fields({ role: required(string), content: required(content({ text })) }),
  user: fields({ role: required(string), content: required(content({ text, image_url: image })) }),
  assistant: fields({
    role: required(string),
    content: content({ text, thinking }),
    tool_plan: string,
    tool_calls: array(
      fields({
        id: required(string),
        type: required(oneOf("function")),
        function: required(fields({ name: required(string), arguments: required(string) })),
      }),
      1,
    ),
    citations: any,
  }),
  tool: fields({ role: required(string), tool_call_id: required(string), content: required(content({ text, document })) }),
});

const tool = fields({
  type: required(oneOf("function")),
  function: required(fields({ name: required(string), description: string, parameters: object })),
});

export const chatFields: Record<string, Shape> = {
  model: required(string),
  messages: required(array(message, 1)),
  stream: boolean,
  tools: array(tool),
  tool_choice: oneOf("REQUIRED", "NONE"),
  strict_tools: boolean,
  documents: array(any),
  citation_options: object,
  response_format: fields({ type: required(oneOf("text", "json_object")), json_schema: object }),
  safety_mode: oneOf("CONTEXTUAL", "STRICT", "OFF"),
  max_tokens: { is: "integer", min: 0 },
  stop_sequences: array(string, 0, 5),
  temperature: between(0, 1),
  seed: { is: "integer", min: 0 },
  frequency_penalty: between(0, 1),
  presence_penalty: between(0, 1),
  k: between(0, 500),
  p: between(0.01, 0.99),
  logprobs: boolean,
  thinking: fields({ type: required(oneOf("enabled", "disabled")), token_budget: { is: "integer", min: 1 } }),
  priority: integer,
};

export const embedFields: Record<string, Shape> = {
  model: required(string),
  input_type: required(oneOf("search_document", "search_query", "classification", "clustering", "image")),
  texts: nullable(array(string, 1, 96)),
  images: any,
  inputs: any,
  max_tokens: integer,
  output_dimension: integer,
  embedding_types: array(oneOf("float", "int8", "uint8", "binary", "ubinary", "base64")),
  truncate: oneOf("NONE", "START", "END"),
};

export const rerankFields: Record<string, Shape> = {
  model: required(string),
  query: required(string),
  documents: required(array(string, 1, 1000)),
  top_n: { is: "integer", min: 1 },
  max_tokens_per_doc: { is: "integer", min: 1 },
  priority: integer,
};
