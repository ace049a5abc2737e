/** Anthropic's wire, version 2023-06-01. */
import type { ErrorScript } from "../behaviour.ts";
import { piecesOf, type Asked } from "../conversation.ts";
import { hex, word } from "../ids.ts";
import { modelExists, type Endpoint, type HeaderList, type Protocol, type Setup } from "../protocol.ts";
import type { ReceivedRequest } from "../recording.ts";
import { checkMessages } from "./check.ts";
import { streamedAnswer, wholeAnswer } from "./write.ts";

const statuses: Record<number, [type: string, message: string]> = {
  400: ["invalid_request_error", "Invalid request"],
  401: ["authentication_error", "invalid x-api-key"],
  403: ["permission_error", "Your API key does not have permission to use the specified resource."],
  404: ["not_found_error", "Not found"],
  413: ["request_too_large", "Request exceeds the maximum size"],
  429: [
    "rate_limit_error",
    "This request would exceed your organization's rate limit of 50 requests per minute. For details, refer to: https://docs.claude.com/en/api/rate-limits. You can see the response headers for current usage.",
  ],
  500: ["api_error", "Internal server error"],
  529: ["overloaded_error", "Overloaded"],
};

export const anthropic: Protocol = {
  name: "anthropic",
  defaultModels: ["claude-*"],
  largestBody: 33_554_432,

  endpointOf(request): Endpoint | undefined {
    const model = typeof request.json?.model === "string" ? request.json.model : undefined;
    if (request.method === "POST" && request.path === "/v1/messages") return { kind: "chat", stream: request.json?.stream === true, model };
    if (request.method === "POST" && request.path === "/v1/messages/count_tokens") return { kind: "countTokens", model };
    if (request.method !== "GET") return undefined;
    if (request.path === "/v1/models") return { kind: "models" };
    return request.path.startsWith("/v1/models/") ? { kind: "model", model: decodeURIComponent(request.path.slice(11)) } : undefined;
  },

  checkCredentials(request, setup) {
    const bearer = /^Bearer +(.+)$/i.exec(request.headers.authorization ?? "")?.[1];
    const given = request.headers["x-api-key"] ?? bearer;
    if (given === undefined) return { status: 401, type: "authentication_error", message: "x-api-key header is required" };
    if (setup.keys.length === 0 || setup.keys.includes(given)) return undefined;
    return {
      status: 401,
      type: "authentication_error",
      message: request.headers["x-api-key"] === undefined ? "Invalid bearer token" : "invalid x-api-key",
    };
  },

  checkRequest(endpoint, request, setup) {
    if (endpoint.kind === "chat" || endpoint.kind === "countTokens") return checkMessages(endpoint, request, setup);
    if (request.headers["anthropic-version"] === undefined)
      return { status: 400, type: "invalid_request_error", message: "anthropic-version: header is required" };
    if (endpoint.kind === "model" && !modelExists(endpoint.model, setup.models))
      return { status: 404, type: "not_found_error", message: `model: ${endpoint.model}` };
    return undefined;
  },

  readConversation: readMessages,
  wholeAnswer,
  streamedAnswer,
  otherAnswer,

  headers({ status, stream, error }): HeaderList {
    const reset = new Date(Date.now() + (error?.retryAfter ?? 1) * 1000).toISOString().replace(/\.\d+Z$/, "Z");
    const limit = (name: string, size: number, used: number): HeaderList => ({
      [`anthropic-ratelimit-${name}-limit`]: String(size),
      [`anthropic-ratelimit-${name}-remaining`]: String(status === 429 ? 0 : size - used),
      [`anthropic-ratelimit-${name}-reset`]: reset,
    });
    return {
      "content-type": stream ? "text/event-stream; charset=utf-8" : "application/json",
      ...(stream ? { "cache-control": "no-cache" } : {}),
      ...(status < 400 || status === 429
        ? {
            ...limit("requests", 4000, 1),
            ...limit("input-tokens", 2_000_000, 1000),
            ...limit("output-tokens", 400_000, 0),
            ...limit("tokens", 2_400_000, 1000),
          }
        : {}),
      ...(error?.retryAfter === undefined ? {} : { "retry-after": String(error.retryAfter) }),
      "x-should-retry": String(status === 429 || status >= 500),
      "request-id": `req_011C${word(20)}`,
      "anthropic-organization-id": "3f5b1d2c-0c6e-4a0b-9a56-5f6c1e0b7a11",
      "strict-transport-security": "max-age=31536000; includeSubDomains; preload",
      via: "1.1 google",
      "cf-cache-status": "DYNAMIC",
      "x-robots-tag": "none",
      server: "cloudflare",
      "cf-ray": `${hex(16)}-FRA`,
    };
  },

  describeError(script) {
    const [type, message] = statuses[script.status] ?? (script.status < 500 ? statuses[400]! : statuses[500]!);
    return { type, message, ...script };
  },
  errorBody: (error) => Buffer.from(JSON.stringify({ ...errorObject(error), request_id: `req_011C${word(20)}` })),
  errorEvent: (error) => Buffer.from(`event: error\ndata: ${JSON.stringify(errorObject(error))}\n\n`),
  pathNotFound: () => ({ status: 404, type: "not_found_error", message: "Not found" }),
  bodyTooLarge: () => ({ status: 413, type: "request_too_large", message: "Request exceeds the maximum size" }),
};

function errorObject(error: ErrorScript): object {
  return { type: "error", error: { type: error.type, message: error.message } };
}

function readMessages(endpoint: Endpoint, request: ReceivedRequest, _setup: Setup): Asked {
  const body = request.json;
  const messages: { role: string; blocks: any[] }[] = body.messages.map((message: any) => ({
    role: message.role,
    blocks: blocksOf(message.content),
  }));
  const names = new Map(
    messages.flatMap(({ blocks }) => blocks.filter((block) => block.type === "tool_use").map((block) => [block.id, block.name])),
  );
  const said = messages.filter(({ role, blocks }) => role === "user" && blocks.some((block) => block.type !== "tool_result"));
  const last = messages.at(-1)!;
  const choice = body.tool_choice;
  return {
    model: body.model,
    stream: endpoint.kind === "chat" && endpoint.stream,
    includeUsage: true,
    choices: 1,
    prompt: [textOf(blocksOf(body.system ?? [])), ...messages.map(({ blocks }) => textOf(blocks))].join(" "),
    text: textOf((said.at(-1)?.blocks ?? []).filter((block) => block.type !== "tool_result")),
    toolResults: last.blocks
      .filter((block) => block.type === "tool_result")
      .map((block) => ({ name: names.get(block.tool_use_id) ?? "tool", text: textOf(blocksOf(block.content ?? [])) })),
    tools: (body.tools ?? []).map((tool: any) => ({ name: tool.name, schema: tool.input_schema })),
    toolChoice: choice?.type === "tool" ? { name: choice.name } : (choice?.type ?? "auto"),
    parallel: choice?.disable_parallel_tool_use !== true,
    thinking: body.thinking?.type === "enabled" || body.thinking?.type === "adaptive" ? "shown" : "none",
    alwaysThinks: body.thinking?.type === "enabled",
    maxTokens: body.max_tokens,
    stop: body.stop_sequences ?? [],
    schema: body.output_config?.format?.schema,
    jsonAnswer: false,
    logprobs: false,
  };
}

function blocksOf(content: any): any[] {
  return typeof content === "string" ? [{ type: "text", text: content }] : content;
}

function textOf(blocks: any[]): string {
  return blocks
    .map((block) =>
      block.type === "text" ? block.text : block.type === "tool_result" ? textOf(blocksOf(block.content ?? [])) : `[${block.type}]`,
    )
    .join("\n");
}

function otherAnswer(endpoint: Endpoint, request: ReceivedRequest, setup: Setup): Buffer {
  const modelObject = (id: string): object => ({ type: "model", id, display_name: id, created_at: "2025-09-29T00:00:00Z" });
  if (endpoint.kind === "model") return Buffer.from(JSON.stringify(modelObject(endpoint.model)));
  if (endpoint.kind === "countTokens") {
    const asked = readMessages(endpoint, request, setup);
    return Buffer.from(JSON.stringify({ input_tokens: 4 + piecesOf(asked.prompt).length }));
  }
  const data = setup.models.map((model) => modelObject(model.replace("*", "test")));
  const ids = setup.models.map((model) => model.replace("*", "test"));
  return Buffer.from(JSON.stringify({ data, has_more: false, first_id: ids[0] ?? null, last_id: ids.at(-1) ?? null }));
}
