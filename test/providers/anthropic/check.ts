/** Why Anthropic would refuse a request, in its words. */
import type { ErrorScript } from "../behaviour.ts";
import { modelExists, type Endpoint, type Setup } from "../protocol.ts";
import type { ReceivedRequest } from "../recording.ts";
import { fields, isObject, issuesIn, typeName, type Issue } from "../shape.ts";
import { isOurSignature } from "./signature.ts";
import { countFields, messageFields } from "./shapes.ts";

const seeThinking = "Please consult our documentation at https://docs.claude.com/en/docs/build-with-claude/extended-thinking";

/** The first reason, or undefined. */
export function checkMessages(endpoint: Endpoint, request: ReceivedRequest, setup: Setup): ErrorScript | undefined {
  if (request.headers["anthropic-version"] === undefined) return invalid("anthropic-version: header is required");
  if (request.headers["anthropic-version"] !== "2023-06-01") {
    return invalid(`anthropic-version: "${request.headers["anthropic-version"]}" is not a valid version`); // nor is a later one served here
  }
  const body = request.json;
  if (body === undefined) return invalid("The request body is not valid JSON: unexpected character: line 1 column 1 (char 0)");
  if (!isObject(body)) return invalid("Input should be a valid dictionary or object to extract fields from");
  const [issue] = issuesIn(body, fields(endpoint.kind === "countTokens" ? countFields : messageFields));
  if (issue) return invalid(describe(issue));
  if (!modelExists(body.model as string, setup.models))
    return { status: 404, type: "not_found_error", message: `model: ${body.model as string}` };
  return (
    checkGeneration(body) ??
    checkThinking(body) ??
    checkTools(body) ??
    checkOutput(body) ??
    checkStop(body) ??
    checkTurns(body) ??
    checkSystem(body)
  );
}

function invalid(message: string): ErrorScript {
  return { status: 400, type: "invalid_request_error", message };
}

function describe(issue: Issue): string {
  const path = issue.path.join(".");
  const shape = issue.shape;
  switch (issue.problem) {
    case "unknown":
      return `${path}: Extra inputs are not permitted`;
    case "missing":
      return `${path}: Field required`;
    case "value": {
      if (shape.is === "tagged") {
        const parent = issue.path.slice(0, -1).join(".");
        const tags = Object.keys(shape.of).map((tag) => `'${tag}'`);
        return `${parent}: Input tag '${String(issue.value)}' found using '${shape.by}' does not match any of the expected tags: ${tags.join(", ")}`;
      }
      const values = (shape.is === "string" ? shape.values! : []).map((value) => `'${value}'`);
      return `${path}: Input should be ${values.length < 2 ? values.join("") : `${values.slice(0, -1).join(", ")} or ${values.at(-1)}`}`;
    }
    case "low":
      return `${path}: Input should be greater than or equal to ${"min" in shape ? shape.min : 0}`;
    case "high":
      return `${path}: Input should be less than or equal to ${"max" in shape ? shape.max : 0}`;
    case "short":
      return `${path}: String should have at least ${"min" in shape ? shape.min : 1} character`;
    case "long":
      return `${path}: String should have at most ${"max" in shape ? shape.max : 1} characters`;
    case "pattern":
      return `${path}: String should match pattern '${shape.is === "string" ? shape.pattern!.source : ""}'`;
    case "type": {
      const words = { string: "string", number: "number", integer: "integer", boolean: "boolean", array: "list", object: "dictionary" };
      return `${path}: Input should be a valid ${words[typeName(shape)]}`;
    }
  }
}

/** Major and minor version in a model's name; undefined if it has none. */
function versionOf(model: string): number | undefined {
  const found = /-(\d{1,2})(?:-(\d{1,2}))?(?=-|$)/.exec(model);
  return found ? Number(found[1]) * 100 + Number(found[2] ?? 0) : undefined;
}

/** https://platform.claude.com/docs/en/build-with-claude/thinking: which forms a generation takes. */
function checkGeneration(body: any): ErrorScript | undefined {
  const version = versionOf(body.model);
  if (version === undefined) return undefined;
  if (version >= 407 && body.thinking?.type === "enabled") {
    return invalid(
      '"thinking.type.enabled" is not supported for this model. Use "thinking.type.adaptive" and "output_config.effort" to control thinking behavior.',
    );
  }
  // Claude Opus 4.1, and all from 4.5: https://docs.claude.com/en/docs/about-claude/models/migrating-to-claude-4
  const takesOneSampling = version >= 405 || (version === 401 && body.model.includes("opus"));
  if (takesOneSampling && body.temperature !== undefined && body.top_p !== undefined) {
    return invalid("`temperature` and `top_p` cannot both be specified for this model. Please use only one.");
  }
  if (version < 406 && body.thinking?.type === "adaptive") return invalid("adaptive thinking is not supported on this model");
  const sampling =
    version >= 407 ? ["temperature", "top_p", "top_k"].find((name) => body[name] !== undefined && body[name] !== 1) : undefined;
  return sampling === undefined ? undefined : invalid(`\`${sampling}\` is not supported for this model.`);
}

function checkThinking(body: any): ErrorScript | undefined {
  if (body.thinking?.type !== "enabled" && body.thinking?.type !== "adaptive") return undefined;
  if (body.thinking.type === "enabled" && body.max_tokens !== undefined && body.max_tokens <= body.thinking.budget_tokens) {
    return invalid(`\`max_tokens\` must be greater than \`thinking.budget_tokens\`. ${seeThinking}#max-tokens-and-context-window-size`);
  }
  if (body.temperature !== undefined && body.temperature !== 1)
    return invalid(
      `\`temperature\` may only be set to 1 when thinking is enabled. ${seeThinking}#important-considerations-when-using-extended-thinking`,
    );
  if (body.top_p !== undefined && body.top_p < 0.95)
    return invalid(
      `\`top_p\` must be greater than or equal to 0.95 or unset when thinking is enabled. ${seeThinking}#important-considerations-when-using-extended-thinking`,
    );
  if (body.top_k !== undefined)
    return invalid(
      `\`top_k\` must be unset when thinking is enabled. ${seeThinking}#important-considerations-when-using-extended-thinking`,
    );
  if (body.tool_choice?.type === "any" || body.tool_choice?.type === "tool")
    return invalid("Thinking may not be enabled when tool_choice forces tool use.");
  return undefined;
}

function checkTools(body: any): ErrorScript | undefined {
  const names: string[] = (body.tools ?? []).map((tool: any) => tool.name);
  if (new Set(names).size < names.length) return invalid("tools: Tool names must be unique.");
  if (body.tool_choice !== undefined && names.length === 0)
    return invalid("tool_choice: `tool_choice` may only be specified while providing `tools`.");
  if (body.tool_choice?.type === "tool" && !names.includes(body.tool_choice.name))
    return invalid(`Tool '${body.tool_choice.name}' not found in provided tools`);
  return undefined;
}

function checkOutput(body: any): ErrorScript | undefined {
  return body.output_config?.format ? checkSchema(body.output_config.format.schema) : undefined;
}

/** https://docs.claude.com/en/docs/build-with-claude/structured-outputs#json-schema-limitations */
function checkSchema(schema: any): ErrorScript | undefined {
  if (!isObject(schema)) return undefined;
  const at = "output_config.format.schema";
  if (schema.type === "object" && schema.additionalProperties !== false)
    return invalid(`${at}: For 'object' type, 'additionalProperties' must be explicitly set to false`);
  const unsupported = [
    "minimum",
    "maximum",
    "exclusiveMinimum",
    "exclusiveMaximum",
    "multipleOf",
    "minLength",
    "maxLength",
    "maxItems",
  ].filter((name) => name in schema);
  if (unsupported.length > 0 && typeof schema.type === "string")
    return invalid(`${at}: For '${schema.type}' type, properties ${unsupported.join(", ")} are not supported`);
  const children = [
    ...Object.values(schema.properties ?? {}),
    ...Object.values(schema.$defs ?? {}),
    schema.items,
    ...(Array.isArray(schema.anyOf) ? schema.anyOf : []),
  ];
  for (const child of children) {
    const refused = checkSchema(child);
    if (refused) return refused;
  }
  return undefined;
}

function checkStop(body: any): ErrorScript | undefined {
  const blank = (body.stop_sequences ?? []).some((sequence: string) => sequence.trim() === "");
  return blank ? invalid("stop_sequences: each stop sequence must contain non-whitespace") : undefined;
}

function checkSystem(body: any): ErrorScript | undefined {
  const empty = Array.isArray(body.system) && body.system.some((block: any) => block.text === "");
  return empty ? invalid("system: text content blocks must be non-empty") : undefined;
}

interface Turn {
  readonly role: string;
  readonly blocks: any[];
}

function checkTurns(body: any): ErrorScript | undefined {
  const messages: any[] = body.messages;
  if (messages.length === 0) return invalid("messages: at least one message is required");
  for (const [index, message] of messages.entries()) {
    const refused = checkContent(message, index, index === messages.length - 1);
    if (refused) return refused;
  }
  const turns = mergedTurns(messages);
  if (turns[0]!.role !== "user") return invalid('messages: first message must use the "user" role');
  return checkPairs(turns) ?? checkThoughts(body, turns);
}

function checkContent(message: any, index: number, last: boolean): ErrorScript | undefined {
  const content = message.content;
  if (content.length === 0 && !(last && message.role === "assistant")) {
    return invalid(`messages.${index}: all messages must have non-empty content except for the optional final assistant message`);
  }
  if (typeof content === "string") return last && message.role === "assistant" ? checkTrailing(content) : undefined;
  for (const [position, block] of content.entries()) {
    const path = `messages.${index}.content.${position}`;
    if (block.type === "text") {
      if (block.text === "") return invalid("messages: text content blocks must be non-empty");
      if (block.text.trim() === "") return invalid("messages: text content blocks must contain non-whitespace text");
    }
    const wrongRole = message.role === "user" ? ["tool_use", "thinking", "redacted_thinking"] : ["tool_result", "image", "document"];
    if (wrongRole.includes(block.type))
      return invalid(`${path}: \`${block.type}\` blocks can only be in \`${message.role === "user" ? "assistant" : "user"}\` messages`);
    const refused = checkMedia(block, path) ?? checkNested(block, path);
    if (refused) return refused;
    if (block.type === "thinking" && !isOurSignature(block.thinking, block.signature))
      return invalid(`${path}: Invalid \`signature\` in \`thinking\` block`);
  }
  const end = content.at(-1);
  return last && message.role === "assistant" && end?.type === "text" ? checkTrailing(end.text) : undefined;
}

function checkTrailing(text: string): ErrorScript | undefined {
  return text !== text.trimEnd() ? invalid("messages: final assistant content cannot end with trailing whitespace") : undefined;
}

function checkNested(block: any, path: string): ErrorScript | undefined {
  if (block.type !== "tool_result" || !Array.isArray(block.content)) return undefined;
  for (const [position, inner] of block.content.entries()) {
    if (inner.type === "text" && inner.text === "") return invalid("messages: text content blocks must be non-empty");
    const refused = checkMedia(inner, `${path}.content.${position}`);
    if (refused) return refused;
  }
  return undefined;
}

function checkMedia(block: any, path: string): ErrorScript | undefined {
  const source = block.source;
  if (block.type !== "image" && block.type !== "document") return undefined;
  if (source.type === "url" && !/^https:\/\//i.test(source.url)) return invalid(`${path}.source.url.url: Only HTTPS URLs are supported.`);
  if (source.type !== "base64") return undefined;
  if (!/^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(source.data))
    return invalid(`${path}.source.base64.data: Invalid base64 data`);
  return undefined;
}

/** Consecutive messages of one role are one turn. */
function mergedTurns(messages: any[]): Turn[] {
  const turns: Turn[] = [];
  for (const message of messages) {
    const blocks = typeof message.content === "string" ? [{ type: "text", text: message.content }] : message.content;
    const last = turns.at(-1);
    if (last?.role === message.role) last!.blocks.push(...blocks);
    else turns.push({ role: message.role, blocks: [...blocks] });
  }
  return turns;
}

/** Each use of a tool is answered in the next turn, before anything else, and nothing else is. */
function checkPairs(turns: Turn[]): ErrorScript | undefined {
  const seen = new Set<string>();
  for (const [index, turn] of turns.entries()) {
    const used = new Set<string>(
      index > 0 && turn.role === "user"
        ? turns[index - 1]!.blocks.filter((block) => block.type === "tool_use").map((block) => block.id)
        : [],
    );
    const answered = new Set<string>();
    for (const [position, block] of turn.blocks.entries()) {
      if (block.type === "tool_use") {
        if (seen.has(block.id)) return invalid("messages: `tool_use` ids must be unique");
        seen.add(block.id);
      }
      if (block.type !== "tool_result") continue;
      if (!used.has(block.tool_use_id)) {
        return invalid(
          `messages.${index}.content.${position}: unexpected \`tool_use_id\` found in \`tool_result\` blocks: ${block.tool_use_id}. Each \`tool_result\` block must have a corresponding \`tool_use\` block in the previous message.`,
        );
      }
      if (answered.has(block.tool_use_id))
        return invalid(
          `messages.${index}.content.${position}: each tool_use must have a single result. Found multiple \`tool_result\` blocks with id: ${block.tool_use_id}`,
        );
      answered.add(block.tool_use_id);
    }
    const firstOther = turn.blocks.findIndex((block) => block.type !== "tool_result");
    const early = firstOther >= 0 && turn.blocks.slice(firstOther).some((block) => block.type === "tool_result");
    const missing = [...used].filter((id) => !answered.has(id));
    if (missing.length > 0 || early) {
      return invalid(
        `messages.${index}: \`tool_use\` ids were found without \`tool_result\` blocks immediately after: ${(missing.length > 0 ? missing : [...answered]).join(", ")}. Each \`tool_use\` block must have a corresponding \`tool_result\` block in the next message.`,
      );
    }
  }
  const last = turns.at(-1)!;
  const open = last.role === "assistant" ? last.blocks.filter((block) => block.type === "tool_use").map((block) => block.id) : [];
  if (open.length === 0) return undefined;
  return invalid(
    `messages.${turns.length - 1}: \`tool_use\` ids were found without \`tool_result\` blocks immediately after: ${open.join(", ")}. Each \`tool_use\` block must have a corresponding \`tool_result\` block in the next message.`,
  );
}

/** With thinking on, the assistant turns since the last real user turn (those that used tools) begin with their thoughts. */
function checkThoughts(body: any, turns: Turn[]): ErrorScript | undefined {
  if (body.thinking?.type !== "enabled") return undefined;
  const last = turns.at(-1)!;
  const inLoop = last.role === "user" && last.blocks.some((block) => block.type === "tool_result");
  const index = turns.length - (inLoop ? 2 : 1);
  const turn = turns[index];
  if (turn === undefined || turn.role !== "assistant") return undefined;
  const first = turn.blocks[0]?.type;
  if (first === undefined || first === "thinking" || first === "redacted_thinking") return undefined;
  return invalid(
    `messages.${index}.content.0.type: Expected \`thinking\` or \`redacted_thinking\`, but found \`${first}\`. When \`thinking\` is enabled, a final \`assistant\` message must start with a thinking block (preceeding the lastmost set of \`tool_use\` and \`tool_result\` blocks). We recommend you include thinking blocks from previous turns. To avoid this requirement, disable \`thinking\`. ${seeThinking}`,
  );
}
