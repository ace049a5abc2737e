/** What `POST /v1/messages` takes, version 2023-06-01: https://docs.claude.com/en/api/messages */
import { any, array, boolean, either, fields, later, nullable, object, oneOf, required, string, tagged, type Shape } from "../shape.ts";

const nonEmpty: Shape = { is: "string", min: 1 };
const cacheControl = nullable(tagged("type", { ephemeral: fields({ type: required(string), ttl: oneOf("5m", "1h") }) }));
const cached = { type: required(string), cache_control: cacheControl };

const text = fields({ ...cached, text: required(string), citations: any });
const imageTypes = oneOf("image/jpeg", "image/png", "image/gif", "image/webp");
const image = fields({
  ...cached,
  source: required(
    tagged("type", {
      base64: fields({ type: required(string), media_type: required(imageTypes), data: required(nonEmpty) }),
      url: fields({ type: required(string), url: required(nonEmpty) }),
      file: fields({ type: required(string), file_id: required(string) }),
    }),
  ),
});
const document = fields({
  ...cached,
  title: nullable(string),
  context: nullable(string),
  citations: nullable(object),
  source: required(
    tagged("type", {
      base64: fields({ type: required(string), media_type: required(oneOf("application/pdf")), data: required(nonEmpty) }),
      text: fields({ type: required(string), media_type: required(oneOf("text/plain")), data: required(string) }),
      content: fields({ type: required(string), content: required(any) }),
      url: fields({ type: required(string), url: required(nonEmpty) }),
      file: fields({ type: required(string), file_id: required(string) }),
    }),
  ),
});
const toolId: Shape = { is: "string", pattern: /^[a-zA-Z0-9_-]+$/ };
const toolUse = fields({
  ...cached,
  id: required(toolId),
  name: required({ is: "string", min: 1, max: 200 }),
  input: required(object),
  caller: any,
});
const toolResult = fields({
  ...cached,
  tool_use_id: required(toolId),
  content: either(string, array(tagged("type", { text, image, document, search_result: object }))),
  is_error: boolean,
});

const blocks: Record<string, Shape> = {
  text,
  image,
  document,
  tool_use: toolUse,
  tool_result: toolResult,
  thinking: fields({ type: required(string), thinking: required(string), signature: required(string) }),
  redacted_thinking: fields({ type: required(string), data: required(string) }),
  search_result: object,
  server_tool_use: object,
  web_search_tool_result: object,
  container_upload: object,
};

const tool = tagged(
  "type",
  {
    custom: fields({
      type: string,
      name: required({ is: "string", pattern: /^[a-zA-Z0-9_-]{1,128}$/ }),
      description: string,
      input_schema: required(
        fields({ type: required(oneOf("object")), properties: nullable(object), required: nullable(array(string)) }, true),
      ),
      cache_control: cacheControl,
      strict: boolean,
      input_examples: any,
      defer_loading: boolean,
      eager_input_streaming: any,
      allowed_callers: any,
    }),
    // https://docs.anthropic.com/en/docs/agents-and-tools/tool-use/web-search-tool
    web_search_20250305: fields({
      type: string,
      name: required(oneOf("web_search")),
      max_uses: { is: "integer", min: 1 },
      allowed_domains: array(string),
      blocked_domains: array(string),
      user_location: fields({
        type: required(oneOf("approximate")),
        city: nullable(string),
        region: nullable(string),
        country: nullable(string),
        timezone: nullable(string),
      }),
      cache_control: cacheControl,
    }),
  },
  "custom",
);

const parallel = { type: required(string), disable_parallel_tool_use: boolean };

/** The members of a request for a message. */
export const messageFields: Record<string, Shape> = {
  model: required(nonEmpty),
  messages: required(array(later(() => message))),
  max_tokens: required({ is: "integer", min: 1 }),
  cache_control: cacheControl,
  container: any,
  context_management: any,
  inference_geo: nullable(string),
  metadata: fields({ user_id: nullable({ is: "string", max: 256 }) }),
  output_config: fields({
    effort: nullable(oneOf("low", "medium", "high", "xhigh", "max")),
    format: nullable(tagged("type", { json_schema: fields({ type: required(string), schema: required(object) }) })),
  }),
  service_tier: oneOf("auto", "standard_only"),
  stop_sequences: nullable(array(string)),
  stream: boolean,
  system: either(string, array(tagged("type", { text }))),
  temperature: { is: "number", min: 0, max: 1 },
  thinking: tagged("type", {
    enabled: fields({ type: required(string), budget_tokens: required({ is: "integer", min: 1024 }), display: any }),
    adaptive: fields({ type: required(string), display: any }),
    disabled: fields({ type: required(string) }),
  }),
  tool_choice: tagged("type", {
    auto: fields(parallel),
    any: fields(parallel),
    tool: fields({ ...parallel, name: required(string) }),
    none: fields({ type: required(string) }),
  }),
  tools: nullable(array(tool)),
  top_k: { is: "integer", min: 0 },
  top_p: { is: "number", min: 0, max: 1 },
};

const message: Shape = fields({
  role: required(oneOf("user", "assistant")),
  content: required(either(string, array(tagged("type", blocks)))),
});

/** Of these, what a request to count tokens takes. */
export const countFields: Record<string, Shape> = Object.fromEntries(
  Object.entries(messageFields).filter(([name]) =>
    ["model", "messages", "system", "thinking", "tool_choice", "tools", "output_config", "cache_control"].includes(name),
  ),
);
