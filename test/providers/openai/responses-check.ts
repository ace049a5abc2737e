/** What `POST /v1/responses` takes, and why OpenAI would refuse it: https://platform.openai.com/docs/api-reference/responses/create */
import type { ErrorScript } from "../behaviour.ts";
import type { Asked } from "../conversation.ts";
import type { Setup } from "../protocol.ts";
import {
  any,
  array,
  between,
  boolean,
  either,
  fields,
  integer,
  isObject,
  map,
  nullable,
  object,
  oneOf,
  required,
  string,
  tagged,
  type Shape,
} from "../shape.ts";
import { checkModel, checkShape, checkStrictSchema, invalid } from "./check.ts";

/** What our server gives as `encrypted_content`, and takes back. */
export const encryptedPrefix = "gAAAAA";

const inputParts: Record<string, Shape> = {
  input_text: fields({ type: required(string), text: required(string) }),
  input_image: fields({
    type: required(string),
    image_url: nullable(string),
    file_id: nullable(string),
    detail: nullable(oneOf("auto", "low", "high", "original")),
  }),
  input_file: fields({
    type: required(string),
    file_data: nullable(string),
    file_id: nullable(string),
    file_url: nullable(string),
    filename: nullable(string),
    detail: any,
  }),
};
const outputParts: Record<string, Shape> = {
  // What OpenAI's own SDK adds when it parses (`parsed`, `parsed_arguments`) comes back in the next turn.
  output_text: fields({ type: required(string), text: required(string), annotations: any, logprobs: any, parsed: any }),
  refusal: fields({ type: required(string), refusal: required(string) }),
};

const item = tagged(
  "type",
  {
    message: fields({
      type: string,
      id: string,
      status: nullable(string),
      phase: nullable(string),
      role: required(oneOf("user", "assistant", "system", "developer")),
      content: required(either(string, array(tagged("type", { ...inputParts, ...outputParts })))),
    }),
    function_call: fields({
      type: required(string),
      id: nullable(string),
      status: nullable(string),
      call_id: required(string),
      name: required({ is: "string", pattern: /^[a-zA-Z0-9_-]+$/ }),
      arguments: required(string),
      parsed_arguments: any,
    }),
    function_call_output: fields({
      type: required(string),
      id: nullable(string),
      status: nullable(string),
      call_id: required(string),
      output: required(either(string, array(tagged("type", inputParts)))),
    }),
    reasoning: fields({
      type: required(string),
      id: required(string),
      summary: required(array(fields({ type: required(oneOf("summary_text")), text: required(string) }))),
      content: any,
      encrypted_content: nullable(string),
      status: nullable(string),
    }),
    item_reference: fields({ type: string, id: required(string) }),
  },
  "message",
);

const tool = tagged("type", {
  function: fields({
    type: required(string),
    name: required({ is: "string", pattern: /^[a-zA-Z0-9_-]+$/ }),
    description: nullable(string),
    parameters: nullable(object),
    strict: nullable(boolean),
  }),
  web_search: fields({ type: required(string) }, true),
  custom: fields({ type: required(string), name: required(string), description: string, format: object }),
});

const responsesFields: Record<string, Shape> = {
  model: required(string),
  input: either(string, array(item)),
  background: nullable(boolean),
  conversation: nullable(any),
  include: nullable(array(string)),
  instructions: nullable(string),
  max_output_tokens: nullable({ is: "integer", min: 16 }),
  max_tool_calls: nullable(integer),
  metadata: nullable(map(string)),
  parallel_tool_calls: nullable(boolean),
  previous_response_id: nullable(string),
  prompt: nullable(object),
  prompt_cache_key: nullable(string),
  prompt_cache_retention: nullable(string),
  reasoning: nullable(
    fields({
      effort: nullable(oneOf("none", "minimal", "low", "medium", "high", "xhigh")),
      summary: nullable(string),
      generate_summary: nullable(string),
    }),
  ),
  safety_identifier: nullable(string),
  service_tier: nullable(string),
  store: nullable(boolean),
  stream: nullable(boolean),
  stream_options: nullable(fields({ include_obfuscation: boolean })),
  temperature: nullable(between(0, 2)),
  text: nullable(
    fields({
      format: tagged("type", {
        text: fields({ type: required(string) }),
        json_object: fields({ type: required(string) }),
        json_schema: fields({
          type: required(string),
          name: required({ is: "string", pattern: /^[a-zA-Z0-9_-]+$/ }),
          schema: required(object),
          description: string,
          strict: nullable(boolean),
        }),
      }),
      verbosity: nullable(oneOf("low", "medium", "high")),
    }),
  ),
  tool_choice: either(
    oneOf("none", "auto", "required"),
    tagged("type", {
      function: fields({ type: required(string), name: required(string) }),
      allowed_tools: fields({ type: required(string), mode: required(oneOf("auto", "required")), tools: required(array(object)) }),
      web_search: fields({ type: required(string) }),
    }),
  ),
  tools: array(tool, undefined, 128),
  top_logprobs: nullable({ is: "integer", min: 0, max: 20 }),
  top_p: nullable(between(0, 1)),
  truncation: nullable(oneOf("auto", "disabled")),
  user: nullable(string),
};

/** The first reason, or undefined. */
export function checkResponses(body: any, setup: Setup): ErrorScript | undefined {
  return (
    checkModel(body, setup) ??
    checkShape(body, responsesFields, setup) ??
    (body.input === undefined && body.prompt == null && body.previous_response_id == null
      ? invalid(
          "One of \"input\" or \"previous_response_id\" or 'prompt' or 'conversation' must be provided.",
          "input",
          "missing_required_parameter",
        )
      : undefined) ??
    checkItems(Array.isArray(body.input) ? body.input : []) ??
    checkSettings(body)
  );
}

const idPrefixes: Record<string, string> = { message: "msg", function_call: "fc", reasoning: "rs" };

function checkItems(items: any[]): ErrorScript | undefined {
  const open = new Set<string>();
  for (const [index, entry] of items.entries()) {
    const type: string = entry.type ?? "message";
    const prefix = idPrefixes[type];
    if (prefix !== undefined && typeof entry.id === "string" && !entry.id.startsWith(prefix)) {
      return invalid(
        `Invalid 'input[${index}].id': '${entry.id}'. Expected an ID that begins with '${prefix}'.`,
        `input[${index}].id`,
        "invalid_value",
      );
    }
    if (type === "reasoning") {
      if (entry.encrypted_content != null && !entry.encrypted_content.startsWith(encryptedPrefix))
        return invalid(`The encrypted content for item ${entry.id} could not be verified.`, null, "invalid_encrypted_content");
      if (entry.encrypted_content == null && !/^rs_[0-9a-f]+$/.test(entry.id))
        return invalid(`Item with id '${entry.id}' not found.`, "input", null, 404);
    }
    if (type === "item_reference") return invalid(`Item with id '${entry.id}' not found.`, "input", null, 404);
    if (type === "function_call") open.add(entry.call_id);
    if (type === "function_call_output" && !open.delete(entry.call_id))
      return invalid(`No tool call found for function call output with call_id ${entry.call_id}.`, "input");
  }
  return open.size > 0 ? invalid(`No tool output found for function call ${[...open][0]}.`, "input") : undefined;
}

function checkSettings(body: any): ErrorScript | undefined {
  if (body.previous_response_id != null)
    return invalid(
      `Previous response with id '${body.previous_response_id}' not found.`,
      "previous_response_id",
      "previous_response_not_found",
    );
  if (body.text?.format?.type === "json_object" && !/json/i.test(JSON.stringify([body.input, body.instructions])))
    return invalid(
      "Response input messages must contain the word 'json' in some form to use 'text.format' of type 'json_object'.",
      "input",
    );
  const format = body.text?.format;
  if (format?.strict === true) {
    const refused = checkStrictSchema(format.schema, `response_format '${format.name}'`, "text.format.schema");
    if (refused) return refused;
  }
  for (const [index, each] of (body.tools ?? []).entries()) {
    if (each.type !== "function" || each.strict !== true) continue;
    const refused = checkStrictSchema(each.parameters ?? {}, `function '${each.name}'`, `tools[${index}].parameters`);
    if (refused) return { ...refused, code: "invalid_function_parameters" };
  }
  const reasons = /^(o\d|gpt-5)/.test(body.model);
  if (body.reasoning?.effort != null && !reasons)
    return invalid(
      "Unsupported parameter: 'reasoning.effort' is not supported with this model.",
      "reasoning.effort",
      "unsupported_parameter",
    );
  if (reasons && body.temperature != null && body.temperature !== 1)
    return invalid("Unsupported parameter: 'temperature' is not supported with this model.", "temperature", "unsupported_parameter");
  return undefined;
}

/** What a checked request asks for. */
export function readResponses(body: any, _setup: Setup): Asked {
  const items: any[] = Array.isArray(body.input) ? body.input : [{ role: "user", content: body.input ?? "" }];
  const names = new Map(items.filter((entry) => entry.type === "function_call").map((entry) => [entry.call_id, entry.name]));
  const results: { name: string; text: string }[] = [];
  for (let index = items.length - 1; index >= 0 && items[index].type === "function_call_output"; index--)
    results.unshift({ name: String(names.get(items[index].call_id)), text: textOf(items[index].output) });
  const users = items.filter((entry) => entry.role === "user");
  const reasons = /^(o\d|gpt-5)/.test(body.model);
  const choice = body.tool_choice;
  return {
    model: body.model,
    stream: body.stream === true,
    includeUsage: true,
    choices: 1,
    prompt: [body.instructions ?? "", ...items.map((entry) => textOf(entry.content ?? entry.output))].join(" "),
    text: textOf(users.at(-1)?.content),
    toolResults: results,
    tools: (body.tools ?? []).flatMap((each: any) =>
      each.type === "function" ? [{ name: each.name, schema: each.parameters ?? {} }] : [],
    ),
    toolChoice: choice?.type === "function" ? { name: choice.name } : choice === "required" ? "any" : choice === "none" ? "none" : "auto",
    parallel: body.parallel_tool_calls !== false,
    thinking: !reasons ? "none" : body.reasoning?.summary != null ? "shown" : "spent",
    alwaysThinks: /^o\d/.test(body.model),
    maxTokens: body.max_output_tokens ?? undefined,
    stop: [],
    schema: body.text?.format?.schema,
    jsonAnswer: body.text?.format?.type === "json_object",
    logprobs: (body.include ?? []).includes("message.output_text.logprobs"),
    form: "responses",
    body,
  };
}

function textOf(content: any): string {
  if (typeof content === "string") return content;
  if (!Array.isArray(content)) return "";
  return content.map((part) => (isObject(part) ? String(part.text ?? part.refusal ?? `[${String(part.type)}]`) : "")).join("\n");
}
