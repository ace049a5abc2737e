/** Cohere's wire, version 2: https://docs.cohere.com/reference/chat */
import type { ErrorScript } from "../behaviour.ts";
import type { Asked, Reply } from "../conversation.ts";
import { uuid, word } from "../ids.ts";
import { openai, vectorOf } from "../openai/index.ts";
import { modelExists, type Endpoint, type Protocol, type Setup, type StreamPart } from "../protocol.ts";
import type { ReceivedRequest } from "../recording.ts";
import { fields, issuesIn, type Issue } from "../shape.ts";
import { chatFields, embedFields, rerankFields } from "./shapes.ts";

const statuses: Record<number, string> = {
  400: "invalid request",
  401: "invalid api token",
  402: "please add or update your payment method",
  404: "model not found",
  429: "You are using a Trial key, which is limited to 20 API calls / minute.",
  500: "internal server error",
  503: "service unavailable",
};
const shapes: Partial<Record<Endpoint["kind"], typeof chatFields>> = { embeddings: embedFields, rerank: rerankFields };
const finishReasons: Record<string, string> = {
  stop: "COMPLETE",
  length: "MAX_TOKENS",
  tool_calls: "TOOL_CALL",
  stop_sequence: "STOP_SEQUENCE",
  content_filter: "COMPLETE",
};

export const cohere: Protocol = {
  name: "cohere",
  defaultModels: ["command-*", "embed-*", "some-model"],
  largestBody: 33_554_432,

  endpointOf(request): Endpoint | undefined {
    const model = typeof request.json?.model === "string" ? request.json.model : undefined;
    if (request.method !== "POST") return undefined;
    if (request.path === "/v2/chat") return { kind: "chat", stream: request.json?.stream === true, model };
    if (request.path === "/v2/rerank") return { kind: "rerank", model };
    return request.path === "/v2/embed" ? { kind: "embeddings", model, batch: false } : undefined;
  },

  checkCredentials(request, setup) {
    const key = /^Bearer +(.+)$/i.exec(request.headers.authorization ?? "")?.[1];
    if (key === undefined) return { status: 401, message: "no api key supplied" };
    return setup.keys.length === 0 || setup.keys.includes(key) ? undefined : { status: 401, message: "invalid api token" };
  },

  checkRequest(endpoint, request, setup) {
    const body = request.json;
    if (body === undefined) return invalid("invalid json syntax");
    const [issue] = issuesIn(body, fields(shapes[endpoint.kind] ?? chatFields));
    if (issue) return invalid(describe(issue));
    if (!modelExists(String(body.model), setup.models))
      return { status: 404, message: `model '${String(body.model)}' not found, make sure the correct model ID was used` };
    return endpoint.kind === "chat" ? checkChat(body) : undefined;
  },

  readConversation: (endpoint, request) =>
    openai.readConversation(
      endpoint,
      { ...request, json: asOpenAI(request.json) },
      {
        keys: [],
        models: [],
        vendor: request.json.thinking?.type === "enabled" || /reasoning/.test(request.json.model) ? "deepseek" : "openai",
      },
    ),
  wholeAnswer,
  streamedAnswer,
  otherAnswer,

  headers: ({ stream }) => ({
    "content-type": stream ? "text/event-stream" : "application/json",
    "x-api-warning": "",
    "x-debug-trace-id": word(32),
    via: "1.1 google",
  }),
  describeError: (script) => ({ message: statuses[script.status] ?? statuses[script.status < 500 ? 400 : 500]!, ...script }),
  errorBody: (error) => Buffer.from(JSON.stringify({ id: uuid(), message: error.message })),
  errorEvent: (error) => event("message-end", { delta: { error: error.message, finish_reason: "ERROR" } }),
  pathNotFound: () => ({ status: 404, message: "404 page not found" }),
  bodyTooLarge: () => ({ status: 413, message: "request entity too large" }),
};

function invalid(message: string): ErrorScript {
  return { status: 400, message };
}

function describe(issue: Issue): string {
  const path = issue.path.join(".");
  if (issue.problem === "unknown") return `invalid request: unknown field ${path}`;
  return issue.problem === "missing" ? `invalid request: ${path} is required` : `invalid request: ${path} has an invalid ${issue.problem}`;
}

function checkChat(body: any): ErrorScript | undefined {
  const tools: any[] = body.tools ?? [];
  if (body.tool_choice !== undefined && tools.length === 0) return invalid("tool_choice requires tools");
  if (body.response_format?.type === "json_object" && tools.length > 0)
    return invalid("response_format is not supported with tools or documents");
  if (body.messages.at(-1).role === "assistant" && body.messages.at(-1).tool_calls)
    return invalid("tool calls must be followed by results");
  const called = new Set<string>();
  for (const message of body.messages) {
    for (const call of message.tool_calls ?? []) called.add(call.id);
    if (message.role === "assistant" && !message.tool_calls && message.content === undefined)
      return invalid("all elements in messages must have content or tool_calls");
    if (message.role === "tool" && !called.has(message.tool_call_id))
      return invalid(`tool_call_id ${message.tool_call_id} does not match any tool call`);
  }
  return undefined;
}

/** The same request as OpenAI would have it, of which the shared reader makes what is asked. */
function asOpenAI(body: any): any {
  const { stop_sequences, tool_choice, response_format, ...rest } = body;
  return {
    ...rest,
    stop: stop_sequences,
    tool_choice: tool_choice?.toLowerCase(),
    ...(response_format?.json_schema && { response_format: { type: "json_schema", json_schema: { schema: response_format.json_schema } } }),
    ...(response_format && !response_format.json_schema && { response_format }),
  };
}

function usageOf({ usage }: Reply): object {
  return {
    billed_units: { input_tokens: usage.input, output_tokens: usage.output },
    tokens: { input_tokens: usage.input, output_tokens: usage.output },
    cached_tokens: usage.cacheRead,
  };
}

function callOf(call: Reply["calls"][number], text: string): object {
  return { id: call.id ?? `${call.name}_${word(12).toLowerCase()}`, type: "function", function: { name: call.name, arguments: text } };
}

function finishOf(reply: Reply): string {
  return finishReasons[reply.finish ?? ""] ?? reply.finish ?? "COMPLETE";
}

function wholeAnswer(_asked: Asked, reply: Reply, _setup: Setup): Buffer {
  const content = [
    ...(reply.thinking.length > 0 ? [{ type: "thinking", thinking: reply.thinking.join("") }] : []),
    ...(reply.text.length > 0 ? [{ type: "text", text: reply.text.join("") }] : []),
  ];
  const calls = reply.calls.map((call) => callOf(call, call.pieces.join("")));
  return Buffer.from(
    JSON.stringify({
      id: uuid(),
      finish_reason: finishOf(reply),
      message: {
        role: "assistant",
        ...(calls.length > 0 && { tool_plan: "I will use the tools.", tool_calls: calls }),
        ...(content.length > 0 && { content }),
      },
      usage: usageOf(reply),
    }),
  );
}

function event(type: string, members: object): Buffer {
  return Buffer.from(`event: ${type}\ndata: ${JSON.stringify({ type, ...members })}\n\n`);
}

function streamedAnswer(_asked: Asked, reply: Reply, _setup: Setup): StreamPart[] {
  const message = { role: "assistant", content: [], tool_plan: "", tool_calls: [], citations: [] };
  const parts: StreamPart[] = [{ kind: "start", bytes: event("message-start", { id: uuid(), delta: { message } }) }];
  const add = (kind: StreamPart["kind"], type: string, members: object): void => void parts.push({ kind, bytes: event(type, members) });
  let index = 0;
  const block = (word: "thinking" | "text", pieces: readonly string[]): void => {
    if (pieces.length === 0) return;
    add("ping", "content-start", { index, delta: { message: { content: { type: word, [word]: "" } } } });
    for (const piece of pieces) add("content", "content-delta", { index, delta: { message: { content: { [word]: piece } } } });
    add("ping", "content-end", { index: index++ });
  };
  block("thinking", reply.thinking);
  block("text", reply.text);
  if (reply.calls.length > 0) add("content", "tool-plan-delta", { delta: { message: { tool_plan: "I will use the tools." } } });
  for (const [position, call] of reply.calls.entries()) {
    add("content", "tool-call-start", { index: position, delta: { message: { tool_calls: callOf(call, "") } } });
    for (const piece of call.pieces)
      add("content", "tool-call-delta", { index: position, delta: { message: { tool_calls: { function: { arguments: piece } } } } });
    add("ping", "tool-call-end", { index: position });
  }
  if (reply.finish !== null) add("finish", "message-end", { delta: { finish_reason: finishOf(reply), usage: usageOf(reply) } });
  return parts;
}

function otherAnswer(endpoint: Endpoint, request: ReceivedRequest, _setup: Setup): Buffer {
  if (endpoint.kind === "rerank") return reranked(request);
  const { texts, output_dimension } = request.json;
  const vectors = (texts as string[]).map((text) => vectorOf(text, output_dimension ?? 8));
  return Buffer.from(
    JSON.stringify({
      id: uuid(),
      embeddings: { float: vectors },
      texts,
      meta: { api_version: { version: "2" }, billed_units: { input_tokens: (texts as string[]).join(" ").split(" ").length } },
      response_type: "embeddings_by_type",
    }),
  );
}

/** The more words of the query a document has, the higher it stands: https://docs.cohere.com/reference/rerank */
function reranked(request: ReceivedRequest): Buffer {
  const { query, documents, top_n } = request.json as { query: string; documents: string[]; top_n?: number };
  const wanted = query.toLowerCase().split(/\W+/);
  const results = documents
    .map((text, index) => {
      const words = new Set(text.toLowerCase().split(/\W+/));
      return { index, relevance_score: wanted.filter((one) => words.has(one)).length / wanted.length };
    })
    .toSorted((one, other) => other.relevance_score - one.relevance_score || one.index - other.index);
  const meta = { api_version: { version: "2" }, billed_units: { search_units: Math.ceil(documents.length / 100) } };
  return Buffer.from(JSON.stringify({ id: uuid(), results: results.slice(0, top_n ?? results.length), meta }));
}
