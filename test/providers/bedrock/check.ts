/** Why Bedrock would refuse a request, in its words. */
import type { ErrorScript } from "../behaviour.ts";
import { modelExists, type Endpoint, type Setup } from "../protocol.ts";
import type { ReceivedRequest } from "../recording.ts";
import { fields, isObject, issuesIn, type Issue, type Shape } from "../shape.ts";
import { checkClaudes } from "./claude.ts";
import { converseFields, unions } from "./shapes.ts";

const shape = fields(converseFields);

/** The first reason, or undefined. */
export function checkConverse(endpoint: Endpoint & { kind: "chat" }, request: ReceivedRequest, setup: Setup): ErrorScript | undefined {
  const body = request.json;
  if (!isObject(body))
    return { status: 400, type: "SerializationException", message: "Start of structure or map found where not expected." };
  const model = endpoint.model ?? "";
  if (!modelExists(model, setup.models)) return validation("The provided model identifier is invalid.");
  const [issue] = issuesIn(body, shape);
  if (issue) return describe(issue);
  const several = overfull(body, shape, "");
  if (several !== undefined) return validation(`Value at '${several}' must have exactly one member of the union`);
  return (
    checkTurns(body) ?? checkTools(body) ?? checkCachePoints(body, model) ?? (/claude/.test(model) ? checkClaudes(model, body) : undefined)
  );
}

function validation(message: string): ErrorScript {
  return { status: 400, type: "ValidationException", message };
}

function describe(issue: Issue): ErrorScript {
  const path = issue.path.join(".");
  switch (issue.problem) {
    case "unknown":
      // The service itself passes over members that it doesn't know; a translation that writes any is at fault.
      return validation(`Unknown member '${path}'`);
    case "missing":
      return validation(`Value at '${path}' failed to satisfy constraint: Member must not be null`);
    case "type":
      return { status: 400, type: "SerializationException", message: `Value at '${path}' has the wrong type` };
    case "short":
      return validation(`Value at '${path}' failed to satisfy constraint: Member must have length greater than or equal to 1`);
    default:
      return validation(`Value '${String(issue.value)}' at '${path}' failed to satisfy constraint: ${issue.problem}`);
  }
}

/** Where a union has not exactly one member. */
function overfull(value: unknown, of: Shape, path: string): string | undefined {
  if (of.is === "array" && Array.isArray(value)) {
    for (const [index, item] of value.entries()) {
      const found = overfull(item, of.of, `${path}.${index}`);
      if (found !== undefined) return found;
    }
  }
  if (of.is === "map" && isObject(value)) {
    for (const [name, item] of Object.entries(value)) {
      const found = overfull(item, of.of, `${path}.${name}`);
      if (found !== undefined) return found;
    }
  }
  if (of.is !== "fields" || !isObject(value)) return undefined;
  // What is as it should be has the same shape as one that isn't marked required.
  const isUnion = [...unions].some((known) => known.is === "fields" && known.fields === of.fields);
  if (isUnion && Object.keys(value).length !== 1) return path;
  for (const [name, item] of Object.entries(value)) {
    const found = overfull(item, of.fields[name]!, path === "" ? name : `${path}.${name}`);
    if (found !== undefined) return found;
  }
  return undefined;
}

function checkTurns(body: any): ErrorScript | undefined {
  const messages: any[] = body.messages ?? [];
  if (messages.length === 0)
    return validation("A conversation must start with a user message. Try again with a conversation that starts with a user message.");
  const names = new Set<string>();
  const used = new Set<string>();
  let open = new Set<string>();
  for (const [index, message] of messages.entries()) {
    const at = `messages.${index}`;
    if (index === 0 && message.role !== "user")
      return validation("A conversation must start with a user message. Try again with a conversation that starts with a user message.");
    if (index > 0 && messages[index - 1].role === message.role)
      return validation(
        "A conversation must alternate between user and assistant roles. Make sure the conversation alternates between user and assistant roles and try again.",
      );
    const blocks: any[] = message.content;
    if (blocks.length === 0)
      return validation(
        `The content field in the Message object at ${at} is empty. Add a ContentBlock object to the content field and try again.`,
      );
    const results = new Set<string>();
    for (const [position, block] of blocks.entries()) {
      const where = `${at}.content.${position}`;
      if (block.text !== undefined && block.text.trim() === "")
        return validation(`The text field in the ContentBlock object at ${where} is blank. Add text to the text field, and try again.`);
      const wrongRole = message.role === "user" ? ["toolUse", "reasoningContent"] : ["toolResult", "image", "document", "video", "audio"];
      const misplaced = wrongRole.find((name) => block[name] !== undefined);
      if (misplaced !== undefined) return validation(`${message.role} messages cannot contain ${misplaced} content (${where})`);
      if (block.document !== undefined) {
        if (names.has(block.document.name))
          return validation("Messages can not contain duplicate document names. Rename the documents and try again.");
        names.add(block.document.name);
        if (!blocks.some((other) => other.text !== undefined))
          return validation(`A text block is required in the message at ${at} when a document block is included.`);
      }
      if (block.toolUse !== undefined) {
        if (!isObject(block.toolUse.input))
          return validation(
            `The format of the value at ${where}.toolUse.input is invalid. Provide a json object for the field and try again.`,
          );
        if (used.has(block.toolUse.toolUseId)) return validation(`${at} contains duplicate Ids: ${block.toolUse.toolUseId}`);
        used.add(block.toolUse.toolUseId);
      }
      if (block.toolResult !== undefined) results.add(block.toolResult.toolUseId);
      if (block.cachePoint !== undefined && position === 0) return validation(`A cache point can't be the first block (${where})`);
      const inner: any[] = block.toolResult?.content ?? [];
      if (inner.length === 0 && block.toolResult !== undefined) return validation(`The content field at ${where}.toolResult is empty.`);
      const blank = inner.some((part) => typeof part.text === "string" && part.text.trim() === "");
      if (blank) return validation(`The text field in the ToolResultContentBlock object at ${where}.toolResult.content is blank.`);
    }
    const unasked = [...results].find((id) => !open.has(id));
    if (unasked !== undefined)
      return validation("The number of toolResult blocks at " + `${at}.content exceeds the number of toolUse blocks of previous turn.`);
    const missing = [...open].find((id) => !results.has(id));
    if (missing !== undefined) return validation(`Expected toolResult blocks at ${at}.content for the following Ids: ${missing}`);
    open = new Set(blocks.filter((block) => block.toolUse !== undefined).map((block) => block.toolUse.toolUseId));
  }
  return open.size > 0 ? validation(`Expected toolResult blocks for the following Ids: ${[...open].join(", ")}`) : undefined;
}

function checkTools(body: any): ErrorScript | undefined {
  const usesTools = body.messages.some((message: any) =>
    message.content.some((block: any) => block.toolUse !== undefined || block.toolResult !== undefined),
  );
  if (usesTools && body.toolConfig === undefined)
    return validation("The toolConfig field must be defined when using toolUse and toolResult content blocks.");
  const specs: any[] = (body.toolConfig?.tools ?? []).filter((tool: any) => tool.toolSpec !== undefined).map((tool: any) => tool.toolSpec);
  if (new Set(specs.map((spec) => spec.name)).size < specs.length) return validation("The tool names must be unique.");
  if (specs.some((spec) => spec.inputSchema.json.type !== "object"))
    return validation("The value at toolConfig.tools.0.toolSpec.inputSchema.json.type must be one of the following: object.");
  const named = body.toolConfig?.toolChoice?.tool?.name;
  if (named !== undefined && !specs.some((spec) => spec.name === named)) return validation(`Tool '${named}' not found in provided tools`);
  const schema = body.outputConfig?.textFormat?.structure?.jsonSchema?.schema;
  if (schema !== undefined) {
    try {
      JSON.parse(schema);
    } catch {
      return validation("outputConfig.textFormat.structure.jsonSchema.schema is no JSON");
    }
  }
  return undefined;
}

/** https://docs.aws.amazon.com/bedrock/latest/userguide/prompt-caching.html */
function checkCachePoints(body: any, model: string): ErrorScript | undefined {
  const lists: any[][] = [body.system ?? [], body.toolConfig?.tools ?? [], ...body.messages.map((message: any) => message.content)];
  const points = lists.flat().filter((block) => block.cachePoint !== undefined).length;
  if (points > 0 && !/claude|amazon\.nova|^arn:/.test(model))
    return {
      status: 403,
      type: "AccessDeniedException",
      message: "You invoked an unsupported model or your request did not allow prompt caching. See the documentation for more information.",
    };
  if ((body.toolConfig?.tools ?? []).some((tool: any) => tool.cachePoint !== undefined) && /amazon\.nova/.test(model))
    return validation("Cache points in tools are not supported by this model.");
  return points > 4 ? validation("A maximum of 4 cache points is allowed.") : undefined;
}
