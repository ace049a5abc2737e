/** Why Gemini would refuse a request, in its words. */
import type { ErrorScript } from "../behaviour.ts";
import { modelExists, type Endpoint, type Setup } from "../protocol.ts";
import { fields, isObject, issuesIn, type Issue, type Shape } from "../shape.ts";
import { checkDeclaredSchema } from "./schema.ts";
import { batchEmbedFields, countFields, embedFields, generateFields } from "./shapes.ts";
import { isOurSignature } from "./write.ts";

/** The first reason, or undefined. The body has its names in camel case (`withCamelNames`). */
export function checkBody(endpoint: Endpoint, body: any, setup: Setup): ErrorScript | undefined {
  if (!isObject(body)) return invalid("Invalid JSON payload received. Unexpected token.\n\n^");
  const issues = issuesIn(body, shapeOf(endpoint));
  if (issues.length > 0) return describe(issues);
  const model = "model" in endpoint ? endpoint.model : undefined;
  if (model !== undefined && !modelExists(model, setup.models)) return modelNotFound(model, endpoint);
  if (endpoint.kind !== "chat") return endpoint.kind === "embeddings" ? checkEmbeddings(endpoint, body) : undefined;
  return checkContents(body, model ?? "") ?? checkConfig(body, model ?? "") ?? checkTools(body, model ?? "");
}

/** The shape of an endpoint's body. */
export function shapeOf(endpoint: Endpoint): Shape {
  if (endpoint.kind === "embeddings") return fields(endpoint.batch ? batchEmbedFields : embedFields);
  return fields(endpoint.kind === "countTokens" ? countFields : generateFields);
}

/** Google's JSON takes `system_instruction` for `systemInstruction`; the rest of the server knows the latter. */
export function withCamelNames(value: any, shape: Shape): any {
  if (shape.is === "later") return withCamelNames(value, shape.of());
  if (shape.is === "array") return Array.isArray(value) ? value.map((item) => withCamelNames(item, shape.of)) : value;
  if (shape.is === "map")
    return isObject(value)
      ? Object.fromEntries(Object.entries(value).map(([name, item]) => [name, withCamelNames(item, shape.of)]))
      : value;
  if (shape.is !== "fields" || !isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, item]) => {
      const camel = name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
      const known = Object.hasOwn(shape.fields, name) ? name : Object.hasOwn(shape.fields, camel) ? camel : name;
      const field = Object.hasOwn(shape.fields, known) ? shape.fields[known] : undefined;
      return [known, field ? withCamelNames(item, field) : item];
    }),
  );
}

export function invalid(message: string, details?: unknown[]): ErrorScript {
  return { status: 400, type: "INVALID_ARGUMENT", message, ...(details ? { details } : {}) };
}

function modelNotFound(model: string, endpoint: Endpoint): ErrorScript {
  const method = endpoint.kind === "embeddings" ? "embedContent" : endpoint.kind === "countTokens" ? "countTokens" : "generateContent";
  return {
    status: 404,
    type: "NOT_FOUND",
    message: `models/${model} is not found for API version v1beta, or is not supported for ${method}. Call ListModels to see the list of available models and their supported methods.`,
  };
}

function describe(issues: Issue[]): ErrorScript {
  const lines = issues.map((issue) => {
    const path = protoPath(issue.problem === "unknown" ? issue.path.slice(0, -1) : issue.path);
    const name = snake(String(issue.path.at(-1) ?? ""));
    if (issue.problem === "unknown") {
      const given = String(issue.path.at(-1) ?? "");
      return {
        field: path,
        description: `Invalid JSON payload received. Unknown name "${given}"${path === "" ? "" : ` at '${path}'`}: Cannot find field.`,
      };
    }
    if (issue.problem === "missing") return { field: path, description: `* ${name}: is required` };
    if (Array.isArray(issue.value)) return { field: path, description: `Proto field is not repeating, cannot start list.` };
    return { field: path, description: `Invalid value at '${path}' (${protoType(issue.shape)}), ${JSON.stringify(issue.value)}` };
  });
  return invalid(lines.map((line) => line.description).join("\n"), [
    {
      "@type": "type.googleapis.com/google.rpc.BadRequest",
      fieldViolations: lines.map((line) => (line.field === "" ? { description: line.description } : line)),
    },
  ]);
}

function protoType(shape: Shape): string {
  return shape.is === "string"
    ? "TYPE_STRING"
    : shape.is === "integer"
      ? "TYPE_INT32"
      : shape.is === "number"
        ? "TYPE_FLOAT"
        : shape.is === "boolean"
          ? "TYPE_BOOL"
          : "TYPE_MESSAGE";
}

/** The path as the vendor writes it: names in snake case, entries of a map by position. */
function protoPath(path: readonly (string | number)[]): string {
  let text = "";
  let inMap = false;
  for (const step of path) {
    if (typeof step === "number") text += `[${step}]`;
    else if (inMap) text += "[0].value";
    else text += `${text === "" ? "" : "."}${snake(step)}`;
    inMap = step === "properties" && !inMap;
  }
  return text;
}

function snake(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

function checkEmbeddings(endpoint: Endpoint, body: any): ErrorScript | undefined {
  if (endpoint.kind !== "embeddings" || !endpoint.batch) return undefined;
  for (const [index, request] of body.requests.entries()) {
    if (request.model === undefined) return invalid(`* BatchEmbedContentsRequest.requests[${index}].model: model is required\n`);
    if (request.model !== `models/${endpoint.model}`)
      return invalid(`* BatchEmbedContentsRequest.requests[${index}].model: unexpected model name format\n`);
  }
  return undefined;
}

const dataFields = [
  "text",
  "inlineData",
  "fileData",
  "functionCall",
  "functionResponse",
  "executableCode",
  "codeExecutionResult",
  "toolCall",
  "toolResponse",
];
const mediaTypes =
  /^(image\/(png|jpeg|webp|heic|heif|gif|avif)|audio\/(wav|x-wav|mp3|mpeg|aiff|aac|ogg|flac)|video\/.+|application\/pdf|text\/.+)$/;

function checkContents(body: any, model: string): ErrorScript | undefined {
  const contents: any[] = body.contents ?? [];
  if (contents.length === 0) return invalid("* GenerateContentRequest.contents: contents is not specified\n");
  for (const [index, content] of contents.entries()) {
    const refused = checkParts(content, `GenerateContentRequest.contents[${index}]`);
    if (refused) return refused;
    if (content.role !== undefined && !["user", "model", "function"].includes(content.role))
      return invalid("Please use a valid role: user, model.");
    if (content.role === undefined && contents.length > 1) return invalid("Please use a valid role: user, model.");
  }
  if (body.systemInstruction !== undefined) {
    const refused = checkParts(body.systemInstruction, "GenerateContentRequest.system_instruction");
    if (refused) return refused;
    if (body.systemInstruction.parts.some((part: any) => part.text === undefined))
      return invalid("System instruction only supports text parts.");
  }
  return checkCallTurns(contents) ?? checkSignatures(contents, model);
}

function checkParts(content: any, path: string): ErrorScript | undefined {
  const parts: any[] = content.parts ?? [];
  if (parts.length === 0) return invalid(`* ${path}.parts: contents.parts must not be empty.\n`);
  for (const [index, part] of parts.entries()) {
    const set = dataFields.filter((name) => part[name] !== undefined);
    if (set.length === 0) return invalid(`* ${path}.parts[${index}].data: required oneof field 'data' must have one initialized field\n`);
    if (set.length > 1)
      return invalid(`Invalid value at '${path}.parts[${index}]' (oneof), oneof field 'data' is already set. Cannot set '${set[1]}'`);
    if (part.functionCall && !part.functionCall.name)
      return invalid(`* ${path}.parts[${index}].function_call.name: Name cannot be empty.\n`);
    if (part.functionResponse && !part.functionResponse.name)
      return invalid(`* ${path}.parts[${index}].function_response.name: Name cannot be empty.\n`);
    if (part.functionResponse && part.functionResponse.response === undefined)
      return invalid(`* ${path}.parts[${index}].function_response.response: required field is missing.\n`);
    const media = part.inlineData ?? part.fileData;
    if (media?.mimeType !== undefined && !mediaTypes.test(media.mimeType)) return invalid(`Unsupported MIME type: ${media.mimeType}`);
    if (part.inlineData && part.inlineData.mimeType === undefined)
      return invalid(`* ${path}.parts[${index}].inline_data.mime_type: mime_type must be set.\n`);
    if (part.inlineData && !/^[A-Za-z0-9+/_-]+={0,2}$/.test(part.inlineData.data ?? "")) {
      return invalid(
        `Invalid value at '${path}.parts[${index}].inline_data.data' (TYPE_BYTES), Base64 decoding failed for ${JSON.stringify(part.inlineData.data ?? "")}`,
      );
    }
    if (part.fileData && !/^(https|gs):\/\//.test(part.fileData.fileUri))
      return invalid(`Cannot fetch content from the provided URL. Invalid or unsupported file uri: ${part.fileData.fileUri}`);
  }
  return undefined;
}

function checkCallTurns(contents: any[]): ErrorScript | undefined {
  const count = (content: any, name: string): number => (content?.parts ?? []).filter((part: any) => part[name] !== undefined).length;
  for (const [index, content] of contents.entries()) {
    const calls = count(content, "functionCall");
    const answers = count(content, "functionResponse");
    const before = contents[index - 1];
    if (calls > 0) {
      if (content.role !== "model") return invalid("Please ensure that function call turn comes from the model role.");
      if (before === undefined || before.role === "model")
        return invalid("Please ensure that function call turn comes immediately after a user turn or after a function response turn.");
      if (index < contents.length - 1 && count(contents[index + 1], "functionResponse") !== calls) {
        return invalid(
          "Please ensure that the number of function response parts is equal to the number of function call parts of the function call turn.",
        );
      }
    }
    if (answers > 0 && count(before, "functionCall") === 0)
      return invalid("Please ensure that function response turn comes immediately after a function call turn.");
    if (answers > 0 && count(before, "functionCall") !== answers) {
      return invalid(
        "Please ensure that the number of function response parts is equal to the number of function call parts of the function call turn.",
      );
    }
  }
  return undefined;
}

/** https://ai.google.dev/gemini-api/docs/thought-signatures: Gemini 3 wants them back on the calls of the current turn. */
function checkSignatures(contents: any[], model: string): ErrorScript | undefined {
  const lastSaid = contents.findLastIndex(
    (content) => content.role !== "model" && content.parts.some((part: any) => part.functionResponse === undefined),
  );
  for (const [index, content] of contents.entries()) {
    const calls = content.parts.filter((part: any) => part.functionCall !== undefined);
    for (const part of content.parts) {
      if (part.thoughtSignature !== undefined && !isOurSignature(part.thoughtSignature))
        return invalid(
          "Thought signature is not valid. Please ensure that the thought signature is passed back exactly as it was received.",
        );
    }
    if (index <= lastSaid || calls.length === 0 || !/^gemini-3/.test(model) || calls[0].thoughtSignature !== undefined) continue;
    return invalid(
      `Function call is missing a thought_signature in functionCall parts. This is required for tools to work correctly, and missing thought_signature may lead to degraded model performance. Additional data, function call \`default_api:${calls[0].functionCall.name}\` , position ${index + 1}. Please refer to https://ai.google.dev/gemini-api/docs/thought-signatures for more details.`,
    );
  }
  return undefined;
}

function checkConfig(body: any, model: string): ErrorScript | undefined {
  const config = body.generationConfig ?? {};
  const at = "* GenerateContentRequest.generation_config";
  if (config.temperature !== undefined && (config.temperature < 0 || config.temperature > 2))
    return invalid(`${at}.temperature: temperature must be in the range [0.0, 2.0].\n`);
  if (config.topP !== undefined && (config.topP < 0 || config.topP > 1))
    return invalid(`${at}.top_p: top_p must be in the range [0.0, 1.0].\n`);
  if (config.maxOutputTokens !== undefined && config.maxOutputTokens < 1)
    return invalid(`${at}.max_output_tokens: max_output_tokens must be positive.\n`);
  if (config.candidateCount !== undefined && (config.candidateCount < 1 || config.candidateCount > 8))
    return invalid(`${at}.candidate_count: candidate_count must be in the range [1, 8].\n`);
  if ((config.stopSequences ?? []).length > 5) return invalid(`${at}.stop_sequences: at most 5 stop sequences may be specified.\n`);
  if ((config.stopSequences ?? []).includes("")) return invalid(`${at}.stop_sequences: stop sequence must not be empty.\n`);
  if (config.logprobs !== undefined && config.responseLogprobs !== true)
    return invalid("Logprobs is only supported when response_logprobs is true.");
  return checkThinking(config.thinkingConfig, model) ?? checkFormat(config);
}

function checkThinking(config: any, model: string): ErrorScript | undefined {
  if (config === undefined) return undefined;
  const { thinkingBudget: budget, thinkingLevel: level } = config;
  if (budget !== undefined && level !== undefined) return invalid("You can only set only one of thinking budget and thinking level.");
  if (/^gemini-[12]\.[0]/.test(model)) return invalid("Thinking is not supported for this model.");
  if (level !== undefined && !/^gemini-[3-9]/.test(model)) return invalid("Thinking level is not supported for this model.");
  if (level !== undefined && !/^(minimal|low|medium|high)$/i.test(level)) {
    return invalid(
      `Invalid value at 'generation_config.thinking_config.thinking_level' (type.googleapis.com/google.ai.generativelanguage.v1beta.ThinkingConfig.ThinkingLevel), "${level}"`,
    );
  }
  if (budget === undefined || budget === -1) return undefined;
  const [low, high] = /2\.5-pro/.test(model)
    ? [128, 32_768]
    : /flash-lite/.test(model)
      ? [512, 24_576]
      : [0, /^gemini-2\.5/.test(model) ? 24_576 : 32_768];
  if (budget === 0 && /2\.5-pro/.test(model)) return invalid("Budget 0 is invalid. This model only works in thinking mode.");
  if (budget !== 0 && (budget < low! || budget > high!))
    return invalid(`The thinking budget ${budget} is invalid. Please choose a value between ${low} and ${high}.`);
  return undefined;
}

function checkFormat(config: any): ErrorScript | undefined {
  const types = ["text/plain", "application/json", "text/x.enum"];
  const at = "* GenerateContentRequest.generation_config";
  if (config.responseMimeType !== undefined && !types.includes(config.responseMimeType)) {
    return invalid(
      `${at}.response_mime_type: allowed mimetypes are \`text/plain\`, \`application/json\`, \`application/xml\`, \`application/yaml\` and \`text/x.enum\`.\n`,
    );
  }
  const json = config.responseJsonSchema ?? config._responseJsonSchema;
  if (config.responseSchema === undefined && json === undefined) return undefined;
  if (config.responseSchema !== undefined && json !== undefined)
    return invalid(`${at}.response_json_schema: only one of response_schema and response_json_schema may be set.\n`);
  if (config.responseMimeType === undefined || config.responseMimeType === "text/plain") {
    return invalid(`${at}.response_schema: response_schema is only supported with response_mime_type application/json or text/x.enum.\n`);
  }
  return config.responseSchema === undefined
    ? undefined
    : checkDeclaredSchema(config.responseSchema, "GenerateContentRequest.generation_config.response_schema");
}

function checkTools(body: any, model: string): ErrorScript | undefined {
  const declarations: any[] = (body.tools ?? []).flatMap((tool: any) => tool.functionDeclarations ?? []);
  const names = new Set<string>();
  for (const [at, tool] of (body.tools ?? []).entries()) {
    for (const [index, declaration] of (tool.functionDeclarations ?? []).entries()) {
      const path = `GenerateContentRequest.tools[${at}].function_declarations[${index}]`;
      if (!/^[a-zA-Z_][a-zA-Z0-9_.:-]{0,127}$/.test(declaration.name ?? "")) {
        return invalid(
          `* ${path}.name: Invalid function name. Must start with a letter or an underscore. Must be alphameric (a-z, A-Z, 0-9), underscores (_), dots (.), colons (:), or dashes (-), with a maximum length of 128.\n`,
        );
      }
      if (names.has(declaration.name)) return invalid(`Duplicate function declaration found: ${declaration.name}`);
      names.add(declaration.name);
      if (declaration.parameters !== undefined && declaration.parametersJsonSchema !== undefined) {
        return invalid(`* ${path}.parameters_json_schema: only one of parameters and parameters_json_schema may be set.\n`);
      }
      const refused = declaration.parameters === undefined ? undefined : checkDeclaredSchema(declaration.parameters, `${path}.parameters`);
      if (refused) return refused;
    }
  }
  const calling = body.toolConfig?.functionCallingConfig;
  if (calling === undefined) return checkJsonWithTools(body, declarations, model);
  const mode = calling.mode ?? "AUTO";
  if (!/^(MODE_UNSPECIFIED|AUTO|ANY|NONE|VALIDATED)$/i.test(mode)) {
    return invalid(
      `Invalid value at 'tool_config.function_calling_config.mode' (type.googleapis.com/google.ai.generativelanguage.v1beta.FunctionCallingConfig.Mode), "${mode}"`,
    );
  }
  if (/^ANY$/i.test(mode) && declarations.length === 0) return invalid("Function calling config is set without function_declarations.");
  const allowed: string[] = calling.allowedFunctionNames ?? [];
  if (allowed.length > 0 && !/^(ANY|VALIDATED)$/i.test(mode))
    return invalid("Please ensure that allowed_function_names is set only when function calling mode is ANY.");
  const unknown = allowed.find((name) => !names.has(name));
  if (unknown !== undefined) return invalid(`allowed_function_names contains a function that is not declared: ${unknown}`);
  return checkJsonWithTools(body, declarations, model);
}

function checkJsonWithTools(body: any, declarations: any[], model: string): ErrorScript | undefined {
  if (declarations.length === 0 || body.generationConfig?.responseMimeType !== "application/json" || /^gemini-[3-9]/.test(model))
    return undefined;
  return invalid("Function calling with a response mime type: 'application/json' is unsupported");
}
