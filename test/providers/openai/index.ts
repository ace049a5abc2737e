/** OpenAI's wire, and that of the vendors who speak it. */
import { createHash } from "node:crypto";
import type { ErrorScript } from "../behaviour.ts";
import type { Asked } from "../conversation.ts";
import { hex, word } from "../ids.ts";
import { modelExists, type Endpoint, type HeaderList, type Protocol, type Setup } from "../protocol.ts";
import type { ReceivedRequest } from "../recording.ts";
import { checkChat, checkEmbeddings } from "./check.ts";
import { checkCompletions, readCompletions, streamedCompletion, wholeCompletion } from "./completions.ts";
import { checkResponses, readResponses } from "./responses-check.ts";
import { failedResponse, streamedResponse, wholeResponse } from "./responses-write.ts";
import { vendorOf, vendors } from "./vendors.ts";
import { event, printed, streamedAnswer, wholeAnswer } from "./write.ts";

const statuses: Record<number, [type: string, code: string | null, message: string]> = {
  400: ["invalid_request_error", null, "Invalid request."],
  401: [
    "invalid_request_error",
    "invalid_api_key",
    "Incorrect API key provided. You can find your API key at https://platform.openai.com/account/api-keys.",
  ],
  403: ["invalid_request_error", "unsupported_country_region_territory", "Country, region, or territory not supported"],
  404: ["invalid_request_error", "model_not_found", "The model does not exist or you do not have access to it."],
  413: ["invalid_request_error", null, "Maximum content size limit (26214400) exceeded."],
  429: [
    "requests",
    "rate_limit_exceeded",
    "Rate limit reached for gpt-4o in organization org-sluice on requests per min (RPM): Limit 3, Used 3, Requested 1. Please try again in 20s. Visit https://platform.openai.com/account/rate-limits to learn more.",
  ],
  500: ["server_error", null, "The server had an error while processing your request. Sorry about that!"],
  503: [
    "server_error",
    "service_unavailable",
    "That model is currently overloaded with other requests. You can retry your request, or contact us through our help center at help.openai.com if the error persists.",
  ],
};

export const openai: Protocol = {
  name: "openai",
  defaultModels: vendors.openai!.models,
  largestBody: 26_214_400,

  endpointOf(request, setup): Endpoint | undefined {
    const { base: own, chat, deployments } = vendorOf(setup.vendor);
    const deployment =
      deployments && request.query.has("api-version") ? /^\/openai\/deployments\/[^/]+/.exec(request.path)?.[0] : undefined;
    const base = deployment ?? own;
    const asked = typeof request.json?.model === "string" ? request.json.model : undefined;
    if (chat !== undefined && request.method === "POST" && request.path === chat)
      return { kind: "chat", stream: request.json?.stream === true, model: asked };
    if (!request.path.startsWith(`${base}/`)) return undefined;
    const rest = request.path.slice(base.length);
    if (request.method === "POST" && rest === "/chat/completions")
      return chat === undefined ? { kind: "chat", stream: request.json?.stream === true, model: asked } : undefined;
    for (const form of vendorOf(setup.vendor).speaks) {
      if (request.method === "POST" && rest === `/${form}`)
        return { kind: "chat", stream: request.json?.stream === true, model: asked, form };
    }
    if (request.method === "POST" && rest === "/embeddings") return { kind: "embeddings", model: asked, batch: true };
    if (request.method !== "GET") return undefined;
    if (rest === "/models") return { kind: "models" };
    return rest.startsWith("/models/") ? { kind: "model", model: decodeURIComponent(rest.slice(8)) } : undefined;
  },

  checkCredentials(request, setup) {
    if (!vendorOf(setup.vendor).keyNeeded && setup.keys.length === 0) return undefined;
    const { bareToken, deployments } = vendorOf(setup.vendor);
    const form = bareToken ? /^(?!Bearer )(.+)$/ : /^Bearer +(.+)$/i;
    const given = deployments ? request.headers["api-key"] : form.exec(request.headers.authorization ?? "")?.[1]?.trim();
    if (given === undefined) {
      return {
        status: 401,
        type: "invalid_request_error",
        param: null,
        code: null,
        message:
          "You didn't provide an API key. You need to provide your API key in an Authorization header using Bearer auth (i.e. Authorization: Bearer YOUR_KEY), or as the password field (with blank username) if you're accessing the API from your browser and are prompted for a username and password. You can obtain an API key from https://platform.openai.com/account/api-keys.",
      };
    }
    if (setup.keys.length === 0 || setup.keys.includes(given)) return undefined;
    if (setup.vendor === "deepseek") {
      return {
        status: 401,
        type: "authentication_error",
        param: null,
        code: "invalid_request_error",
        message: `Authentication Fails, Your api key: ****${given.slice(-4)} is invalid`,
      };
    }
    const shown = given.length < 9 ? "*".repeat(given.length) : `${given.slice(0, 8)}${"*".repeat(given.length - 8)}${given.slice(-4)}`;
    return {
      status: 401,
      message: `Incorrect API key provided: ${shown}. You can find your API key at https://platform.openai.com/account/api-keys.`,
    };
  },

  checkRequest(endpoint, request, setup) {
    if (endpoint.kind === "chat" && endpoint.form === "responses") return checkResponses(request.json, setup);
    if (endpoint.kind === "chat" && endpoint.form === "completions") return checkCompletions(request.json, setup);
    if (endpoint.kind === "chat") return checkChat(request.json, setup);
    if (endpoint.kind === "embeddings") return checkEmbeddings(request.json, setup);
    if (endpoint.kind === "model" && !modelExists(endpoint.model, setup.models)) {
      return {
        status: 404,
        message: `The model '${endpoint.model}' does not exist`,
        type: "invalid_request_error",
        param: "model",
        code: "model_not_found",
      };
    }
    return undefined;
  },

  readConversation(endpoint, request, setup) {
    const form = endpoint.kind === "chat" ? endpoint.form : undefined;
    if (form === "responses") return readResponses(request.json, setup);
    return form === "completions" ? readCompletions(request.json) : readChat(endpoint, request, setup);
  },
  wholeAnswer(asked, reply, setup) {
    if (asked.form === "responses") return wholeResponse(asked, reply, setup);
    return asked.form === "completions" ? wholeCompletion(asked, reply, setup) : wholeAnswer(asked, reply, setup);
  },
  streamedAnswer(asked, reply, setup) {
    if (asked.form === "responses") return streamedResponse(asked, reply, setup);
    return asked.form === "completions" ? streamedCompletion(asked, reply, setup) : streamedAnswer(asked, reply, setup);
  },
  otherAnswer,

  headers({ status, stream, setup, error }): HeaderList {
    const type = stream ? "text/event-stream; charset=utf-8" : "application/json";
    if (setup.vendor === "deepseek") {
      return {
        "content-type": type,
        "x-ds-trace-id": hex(32),
        server: "CloudFront",
        "strict-transport-security": "max-age=31536000",
        "cache-control": "no-cache",
      };
    }
    if (setup.vendor !== "openai") return { "content-type": type, "x-request-id": word(20), ...retryHeaders(error) };
    return {
      "content-type": type,
      ...(status < 400 || status === 429 ? limits(status) : {}),
      "openai-organization": "org-sluice",
      "openai-project": "proj_sluice",
      "openai-processing-ms": "127",
      "openai-version": "2020-10-01",
      "x-request-id": `req_${hex(32)}`,
      "strict-transport-security": "max-age=31536000; includeSubDomains; preload",
      "x-content-type-options": "nosniff",
      "cf-cache-status": "DYNAMIC",
      "set-cookie": [
        `__cf_bm=${word(43)}; path=/; HttpOnly; Secure; SameSite=None`,
        `_cfuvid=${word(43)}; path=/; HttpOnly; Secure; SameSite=None`,
      ],
      server: "cloudflare",
      "cf-ray": `${hex(16)}-FRA`,
      "alt-svc": 'h3=":443"; ma=86400',
      ...retryHeaders(error),
    };
  },

  describeError(script) {
    const [type, code, message] = statuses[script.status] ?? (script.status < 500 ? statuses[400]! : statuses[500]!);
    return { type, code, message, param: null, ...script };
  },
  errorBody(error, setup) {
    const vendor = vendorOf(setup.vendor);
    return Buffer.from(`${JSON.stringify(errorObject(error), null, vendor.pretty ? 4 : 0)}${vendor.pretty ? "\n" : ""}`);
  },
  errorEvent: (error, setup, asked) => (asked.form === "responses" ? failedResponse(error, asked, setup) : event(errorObject(error))),
  pathNotFound: (request) => ({
    status: 404,
    message: `Invalid URL (${request.method} ${request.path})`,
    type: "invalid_request_error",
    param: null,
    code: null,
  }),
  bodyTooLarge: (request) => ({
    status: 413,
    message: `Maximum content size limit (26214400) exceeded (${request.body.length} bytes read)`,
    type: "invalid_request_error",
    param: null,
    code: null,
  }),
};

function errorObject(error: ErrorScript): object {
  return { error: { message: error.message, type: error.type, param: error.param ?? null, code: error.code ?? null } };
}

function retryHeaders(error: ErrorScript | undefined): HeaderList {
  return error?.retryAfter === undefined
    ? {}
    : { "retry-after": String(error.retryAfter), "retry-after-ms": String(error.retryAfter * 1000) };
}

function limits(status: number): HeaderList {
  return {
    "x-ratelimit-limit-requests": "10000",
    "x-ratelimit-limit-tokens": "2000000",
    "x-ratelimit-remaining-requests": status === 429 ? "0" : "9999",
    "x-ratelimit-remaining-tokens": "1999984",
    "x-ratelimit-reset-requests": "6ms",
    "x-ratelimit-reset-tokens": "0s",
  };
}

function readChat(endpoint: Endpoint, request: ReceivedRequest, setup: Setup): Asked {
  const body = request.json;
  const messages: any[] = body.messages;
  const users = messages.filter((message) => message.role === "user");
  const names = new Map(messages.flatMap((message) => (message.tool_calls ?? []).map((call: any) => [call.id, call.function?.name])));
  const results: { name: string; text: string }[] = [];
  for (let index = messages.length - 1; index >= 0 && messages[index].role === "tool"; index--) {
    results.unshift({ name: String(names.get(messages[index].tool_call_id) ?? "tool"), text: textOf(messages[index].content) });
  }
  const choice = body.tool_choice;
  const shows = vendorOf(setup.vendor).reasoning !== undefined;
  return {
    model: body.model,
    stream: endpoint.kind === "chat" && endpoint.stream,
    includeUsage: body.stream_options?.include_usage === true,
    choices: body.n ?? 1,
    prompt: messages.map((message) => textOf(message.content)).join(" "),
    text: textOf(users.at(-1)?.content),
    toolResults: results,
    tools: (body.tools ?? []).flatMap((tool: any) =>
      tool.function ? [{ name: tool.function.name, schema: tool.function.parameters ?? {} }] : [],
    ),
    toolChoice: choice?.function ? { name: choice.function.name } : choice === "required" ? "any" : choice === "none" ? "none" : "auto",
    parallel: body.parallel_tool_calls !== false,
    thinking: shows ? "shown" : /^(o\d|gpt-5)/.test(body.model) ? "spent" : "none",
    alwaysThinks: /reasoner|^o\d/.test(body.model),
    maxTokens: body.max_completion_tokens ?? body.max_tokens ?? undefined,
    stop: body.stop == null ? [] : [body.stop].flat(),
    schema: body.response_format?.json_schema?.schema,
    jsonAnswer: body.response_format?.type === "json_object",
    logprobs: body.logprobs === true,
  };
}

function textOf(content: any): string {
  if (typeof content === "string") return content;
  if (!Array.isArray(content)) return "";
  return content.map((part) => part?.text ?? part?.refusal ?? `[${part?.type}]`).join("\n");
}

function otherAnswer(endpoint: Endpoint, request: ReceivedRequest, setup: Setup): Buffer {
  const vendor = vendorOf(setup.vendor);
  const modelObject = (id: string): object => ({
    id,
    object: "model",
    created: 1715367049,
    owned_by: setup.vendor === "openai" ? "system" : setup.vendor,
  });
  if (endpoint.kind === "models")
    return printed({ object: "list", data: setup.models.map((id) => modelObject(id.replace("*", "test"))) }, vendor);
  if (endpoint.kind === "model") return printed(modelObject(endpoint.model), vendor);
  const body = request.json;
  const input: unknown[] = Array.isArray(body.input) && typeof body.input[0] !== "number" ? body.input : [body.input];
  const data = input.map((text, index) => {
    const vector = vectorOf(JSON.stringify(text), body.dimensions ?? 8);
    return {
      object: "embedding",
      index,
      embedding: body.encoding_format === "base64" ? Buffer.from(new Float32Array(vector).buffer).toString("base64") : vector,
    };
  });
  const tokens = input.reduce<number>((sum, text) => sum + Math.ceil(String(text).length / 4), 0);
  return printed({ object: "list", data, model: body.model, usage: { prompt_tokens: tokens, total_tokens: tokens } }, vendor);
}

/** A unit vector that hangs on the text alone. */
export function vectorOf(text: string, dimensions: number): number[] {
  const raw = Array.from({ length: dimensions }, (_, index) => createHash("sha256").update(`${index}:${text}`).digest().readInt16BE(0));
  const length = Math.hypot(...raw) || 1;
  return raw.map((value) => Math.fround(value / length));
}
