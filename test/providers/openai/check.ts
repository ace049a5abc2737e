/** Why OpenAI would refuse a chat request, in its words. */
import type { ErrorScript } from "../behaviour.ts";
import { modelExists, type Setup } from "../protocol.ts";
import { fields, isObject, issuesIn, typeName, type Issue, type Shape } from "../shape.ts";
import { chatFields, embeddingFields } from "./shapes.ts";
import { vendorOf } from "./vendors.ts";

/** The first reason, or undefined. */
export function checkChat(body: any, setup: Setup): ErrorScript | undefined {
  return (
    checkModel(body, setup) ??
    checkShape(body, chatFields, setup) ??
    checkOptions(body) ??
    checkTools(body) ??
    checkMessages(body.messages) ??
    (setup.vendor === "openai" ? checkReasoningModel(body) : undefined)
  );
}

export function checkEmbeddings(body: any, setup: Setup): ErrorScript | undefined {
  return checkModel(body, setup) ?? checkShape(body, embeddingFields, setup);
}

export function invalid(message: string, param: string | null = null, code: string | null = null, status = 400): ErrorScript {
  return { status, message, type: "invalid_request_error", param, code };
}

export function checkModel(body: any, setup: Setup): ErrorScript | undefined {
  if (!isObject(body)) {
    return invalid(
      "We could not parse the JSON body of your request. (HINT: This likely means you aren't using your HTTP library correctly. The OpenAI API expects a JSON payload, but what was sent was not valid JSON. If you have trouble figuring out how to fix this, please contact us through our help center at help.openai.com.)",
    );
  }
  if (body.model === undefined) return invalid("you must provide a model parameter");
  if (typeof body.model !== "string" || modelExists(body.model, setup.models)) return undefined;
  return invalid(`The model \`${body.model}\` does not exist or you do not have access to it.`, null, "model_not_found", 404);
}

export function checkShape(body: any, shape: Record<string, Shape>, setup: Setup): ErrorScript | undefined {
  const strict = vendorOf(setup.vendor).refusesUnknownFields;
  const issues = issuesIn(body, fields(shape)).filter((issue) => strict || issue.problem !== "unknown");
  return issues.length === 0 ? undefined : describe(issues[0]!);
}

function describe(issue: Issue): ErrorScript {
  const param = pathOf(issue.path);
  const shape = issue.shape;
  switch (issue.problem) {
    case "unknown":
      if (issue.path.length === 1) return invalid(`Unrecognized request argument supplied: ${param}`);
      return invalid(`Unknown parameter: '${param}'.`, param, "unknown_parameter");
    case "missing":
      return invalid(`Missing required parameter: '${param}'.`, param, "missing_required_parameter");
    case "value": {
      const values = shape.is === "string" ? shape.values! : shape.is === "tagged" ? Object.keys(shape.of) : [];
      return invalid(`Invalid value: '${String(issue.value)}'. Supported values are: ${listed(values)}.`, param, "invalid_value");
    }
    case "low":
    case "high": {
      const bound = shape.is === "number" || shape.is === "integer" ? (issue.problem === "low" ? shape.min : shape.max) : 0;
      const kind = shape.is === "integer" ? "integer" : "decimal";
      const words = issue.problem === "low" ? ["below minimum", ">="] : ["above maximum", "<="];
      return invalid(
        `Invalid '${param}': ${kind} ${words[0]} value. Expected a value ${words[1]} ${bound}, but got ${String(issue.value)} instead.`,
        param,
        `${kind}_${words[0]!.replace(" ", "_")}_value`,
      );
    }
    case "short":
      return invalid(
        `Invalid '${param}': empty array. Expected an array with minimum length 1, but got an empty array instead.`,
        param,
        "empty_array",
      );
    case "long":
      return invalid(
        `Invalid '${param}': array too long. Expected an array with maximum length ${shape.is === "array" ? shape.max : 0}, but got an array with length ${(issue.value as unknown[]).length} instead.`,
        param,
        "array_above_max_length",
      );
    case "pattern":
      return invalid(
        `Invalid '${param}': string does not match pattern. Expected a string that matches the pattern '^[a-zA-Z0-9_-]+$'.`,
        param,
        "invalid_value",
      );
    case "type":
      return invalid(
        `Invalid type for '${param}': expected ${expected(shape)}, but got ${found(issue.value)} instead.`,
        param,
        "invalid_type",
      );
  }
}

function pathOf(path: readonly (string | number)[]): string {
  return path.reduce<string>((text, step) => (typeof step === "number" ? `${text}[${step}]` : text === "" ? step : `${text}.${step}`), "");
}

function listed(values: readonly string[]): string {
  const quoted = values.map((value) => `'${value}'`);
  return quoted.length < 2 ? quoted.join("") : `${quoted.slice(0, -1).join(", ")}, and ${quoted.at(-1)}`;
}

function expected(shape: Shape): string {
  if (shape.is === "either") return `one of ${shape.of.map(expected).join(" or ")}`;
  const name = typeName(shape);
  return name === "number" ? "a decimal" : /^[aeiou]/.test(name) ? `an ${name}` : `a ${name}`;
}

function found(value: unknown): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return "an array";
  if (typeof value === "number") return Number.isInteger(value) ? "an integer" : "a decimal";
  return typeof value === "object" ? "an object" : `a ${typeof value}`;
}

function checkOptions(body: any): ErrorScript | undefined {
  if (isObject(body.stream_options) && body.stream !== true) {
    return invalid("The 'stream_options' parameter is only allowed when 'stream' is enabled.", "stream_options");
  }
  if (body.max_tokens != null && body.max_completion_tokens != null) {
    return invalid(
      "Setting 'max_tokens' and 'max_completion_tokens' at the same time is not supported. Please use 'max_completion_tokens' instead.",
      "max_tokens",
      "invalid_parameter_combination",
    );
  }
  if (body.top_logprobs != null && body.logprobs !== true) {
    return invalid("The 'top_logprobs' parameter is only allowed when 'logprobs' is enabled.", "top_logprobs");
  }
  if (body.response_format?.type === "json_object" && !/json/i.test(JSON.stringify(body.messages))) {
    return invalid("'messages' must contain the word 'json' in some form, to use 'response_format' of type 'json_object'.", "messages");
  }
  const format = body.response_format?.json_schema;
  if (format?.strict === true) return checkStrictSchema(format.schema ?? {}, `response_format '${format.name}'`, "response_format");
  return undefined;
}

function checkTools(body: any): ErrorScript | undefined {
  for (const name of ["tool_choice", "parallel_tool_calls"]) {
    if (body[name] != null && body[name] !== "none" && body.tools === undefined) {
      return invalid(`Invalid value for '${name}': '${name}' is only allowed when 'tools' are specified.`, name);
    }
  }
  const forced = body.tool_choice?.function?.name;
  if (forced !== undefined && !body.tools.some((tool: any) => tool.function?.name === forced)) {
    return invalid(`Tool choice 'function' not found in 'tools' parameter.`, "tool_choice");
  }
  for (const [index, tool] of (body.tools ?? []).entries()) {
    const parameters = tool.function?.parameters;
    if (parameters === undefined) continue;
    if (Object.keys(parameters).length > 0 && parameters.type !== "object") {
      return invalid(
        `Invalid schema for function '${tool.function.name}': schema must be a JSON Schema of 'type: "object"', got 'type: "${parameters.type ?? "None"}"'.`,
        `tools[${index}].function.parameters`,
        "invalid_function_parameters",
      );
    }
    if (tool.function.strict === true) {
      const refused = checkStrictSchema(parameters, `function '${tool.function.name}'`, `tools[${index}].function.parameters`);
      if (refused) return { ...refused, code: "invalid_function_parameters" };
    }
  }
  return undefined;
}

export function checkStrictSchema(schema: any, what: string, param: string, context: string[] = []): ErrorScript | undefined {
  if (!isObject(schema)) return undefined;
  const at = `In context=(${context.map((step) => `'${step}'`).join(", ")})`;
  if (schema.type === "object") {
    if (schema.additionalProperties !== false) {
      return invalid(`Invalid schema for ${what}: ${at}, 'additionalProperties' is required to be supplied and to be false.`, param);
    }
    const names = Object.keys(isObject(schema.properties) ? schema.properties : {});
    const missing = names.find((name) => !Array.isArray(schema.required) || !schema.required.includes(name));
    if (missing !== undefined) {
      return invalid(
        `Invalid schema for ${what}: ${at}, 'required' is required to be supplied and to be an array including every key in properties. Missing '${missing}'.`,
        param,
      );
    }
  }
  for (const [name, child] of Object.entries(isObject(schema.properties) ? schema.properties : {})) {
    const refused = checkStrictSchema(child, what, param, [...context, "properties", name]);
    if (refused) return refused;
  }
  return schema.items === undefined ? undefined : checkStrictSchema(schema.items, what, param, [...context, "items"]);
}

function checkMessages(messages: any[]): ErrorScript | undefined {
  let open: Set<string> = new Set();
  for (const [index, message] of messages.entries()) {
    if (message.role === "tool") {
      if (!open.delete(message.tool_call_id)) {
        return invalid(
          "Invalid parameter: messages with role 'tool' must be a response to a preceeding message with 'tool_calls'.",
          `messages.[${index}].role`,
        );
      }
      continue;
    }
    if (open.size > 0) return unanswered(open, index);
    if (message.role !== "assistant") continue;
    if (
      message.content == null &&
      message.tool_calls === undefined &&
      message.function_call == null &&
      message.refusal == null &&
      message.audio == null
    ) {
      return invalid(`Invalid value for 'content': expected a string, got null.`, `messages.[${index}].content`);
    }
    open = new Set((message.tool_calls ?? []).map((call: any) => call.id));
  }
  return open.size > 0 ? unanswered(open, messages.length) : undefined;
}

function unanswered(open: Set<string>, index: number): ErrorScript {
  return invalid(
    `An assistant message with 'tool_calls' must be followed by tool messages responding to each 'tool_call_id'. The following tool_call_ids did not have response messages: ${[...open].join(", ")}`,
    `messages.[${index}].role`,
  );
}

/** The models that reason take neither the old name of the limit nor most sampling parameters. */
function checkReasoningModel(body: any): ErrorScript | undefined {
  if (!/^(o\d|gpt-5)/.test(body.model) || /^gpt-5[^-]*-chat/.test(body.model)) {
    if (body.reasoning_effort != null) return invalid(`Unrecognized request argument supplied: reasoning_effort`);
    return undefined;
  }
  if (body.max_tokens != null) {
    return invalid(
      "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead.",
      "max_tokens",
      "unsupported_parameter",
    );
  }
  if (body.temperature != null && body.temperature !== 1) {
    return invalid(
      `Unsupported value: 'temperature' does not support ${body.temperature} with this model. Only the default (1) value is supported.`,
      "temperature",
      "unsupported_value",
    );
  }
  return undefined;
}
