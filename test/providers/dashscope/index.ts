/** DashScope's own wire: https://help.aliyun.com/zh/model-studio/qwen-api-via-dashscope */
import type { ErrorScript } from "../behaviour.ts";
import type { Asked, Reply } from "../conversation.ts";
import { hex, uuid } from "../ids.ts";
import { openai, vectorOf } from "../openai/index.ts";
import { modelExists, type Endpoint, type Protocol, type StreamPart } from "../protocol.ts";
import type { ReceivedRequest } from "../recording.ts";
import { fields, issuesIn, type Issue } from "../shape.ts";
import { embeddingFields, multimodalFields, textFields } from "./shapes.ts";

const TEXT = "/api/v1/services/aigc/text-generation/generation";
const MULTIMODAL = "/api/v1/services/aigc/multimodal-generation/generation";
const EMBEDDINGS = "/api/v1/services/embeddings/text-embedding/text-embedding";

const statuses: Record<number, [code: string, message: string]> = {
  400: ["InvalidParameter", "Required parameter(s) missing or invalid, please check the request parameters."],
  401: ["InvalidApiKey", "Invalid API-key provided."],
  403: ["AccessDenied", "Access denied."],
  404: ["ModelNotFound", "Model not exist."],
  429: ["Throttling.RateQuota", "Requests rate limit exceeded, please try again later."],
  500: ["InternalError", "Internal server error!"],
  503: ["ModelUnavailable", "Model is unavailable, please try again later"],
};
const finishReasons: Record<string, string> = { stop_sequence: "stop" };

export const dashscope: Protocol = {
  name: "dashscope",
  defaultModels: ["qwen*", "text-embedding-*", "some-model"],
  largestBody: 6 << 20,

  endpointOf(request): Endpoint | undefined {
    const model = typeof request.json?.model === "string" ? request.json.model : undefined;
    if (request.method !== "POST") return undefined;
    if (request.path === TEXT || request.path === MULTIMODAL)
      return { kind: "chat", stream: request.headers["x-dashscope-sse"] === "enable", model };
    return request.path === EMBEDDINGS ? { kind: "embeddings", model, batch: false } : undefined;
  },

  checkCredentials(request, setup) {
    const key = /^Bearer +(.+)$/i.exec(request.headers.authorization ?? "")?.[1];
    if (key === undefined) return { status: 401, code: "InvalidApiKey", message: "No API-key provided." };
    return setup.keys.length === 0 || setup.keys.includes(key) ? undefined : { status: 401 };
  },

  checkRequest(endpoint, request, setup) {
    const body = request.json;
    if (body === undefined) return invalid("Request body format invalid");
    const isMultimodal = request.path === MULTIMODAL;
    const [issue] = issuesIn(body, fields(endpoint.kind === "embeddings" ? embeddingFields : isMultimodal ? multimodalFields : textFields));
    if (issue) return invalid(describe(issue));
    if (!modelExists(String(body.model), setup.models)) return { status: 404 };
    // A model that sees has another service: https://help.aliyun.com/zh/model-studio/error-code
    if (endpoint.kind === "chat" && /-vl/.test(body.model) && !isMultimodal) return invalid("url error, please check url!");
    return endpoint.kind === "chat" ? checkCalls(body) : undefined;
  },

  readConversation: (endpoint, request) =>
    openai.readConversation(
      endpoint,
      { ...request, json: { model: request.json.model, messages: request.json.input.messages, ...request.json.parameters } },
      { keys: [], models: [], vendor: request.json.parameters?.enable_thinking ? "deepseek" : "openai" },
    ),
  wholeAnswer: (asked, reply) => Buffer.from(JSON.stringify(generation(asked, reply, uuid(), messageOf(reply), finishOf(reply)))),
  streamedAnswer,
  otherAnswer,

  headers: ({ stream }) => ({
    "content-type": stream ? "text/event-stream;charset=UTF-8" : "application/json",
    "x-request-id": uuid(),
    "req-cost-time": "512",
    server: "istio-envoy",
  }),
  describeError(script) {
    const [code, message] = statuses[script.status] ?? statuses[script.status < 500 ? 400 : 500]!;
    return { code, message, ...script };
  },
  errorBody: (error) => Buffer.from(JSON.stringify(errorObject(error))),
  errorEvent: (error) => Buffer.from(`id:1\nevent:error\n:HTTP_STATUS/${error.status}\ndata:${JSON.stringify(errorObject(error))}\n\n`),
  pathNotFound: () => ({ status: 404, code: "InvalidParameter", message: "url error, please check url!" }),
  bodyTooLarge: () => ({ status: 413, code: "InvalidParameter", message: "Exceeded limit on max bytes per data-uri item" }),
};

function invalid(message: string): ErrorScript {
  return { status: 400, code: "InvalidParameter", message };
}

function errorObject(error: ErrorScript): object {
  return { code: error.code, message: error.message, request_id: uuid() };
}

function describe(issue: Issue): string {
  return `<400> InternalError.Algo.InvalidParameter: ${issue.path.join(".")}: ${issue.problem}`;
}

/** Results follow the calls that they answer. */
function checkCalls(body: any): ErrorScript | undefined {
  const called = new Set<string>();
  for (const message of body.input.messages) {
    for (const call of message.tool_calls ?? []) called.add(call.id);
    if (message.role === "tool" && !called.has(message.tool_call_id))
      return invalid('messages with role "tool" must be a response to a preceeding message with "tool_calls".');
  }
  return undefined;
}

function callsOf(reply: Reply): object[] {
  return reply.calls.map((call, index) => ({
    index,
    id: call.id ?? `call_${hex(24)}`,
    type: "function",
    function: { name: call.name, arguments: call.pieces.join("") },
  }));
}

function messageOf(reply: Reply): object {
  return {
    role: "assistant",
    content: reply.text.join(""),
    ...(reply.thinking.length > 0 && { reasoning_content: reply.thinking.join("") }),
    ...(reply.calls.length > 0 && { tool_calls: callsOf(reply) }),
  };
}

function finishOf(reply: Reply): string {
  return finishReasons[reply.finish ?? ""] ?? reply.finish ?? "null";
}

function generation(asked: Asked, reply: Reply, id: string, message: object, finish: string): object {
  const { usage } = reply;
  return {
    output: { choices: Array.from({ length: asked.choices }, () => ({ finish_reason: finish, message })) },
    usage: { total_tokens: usage.input + usage.output, output_tokens: usage.output, input_tokens: usage.input },
    request_id: id,
  };
}

function streamedAnswer(asked: Asked, reply: Reply): StreamPart[] {
  const id = uuid();
  const parts: StreamPart[] = [];
  const add = (kind: StreamPart["kind"], delta: object, finish = "null"): void => {
    const message = { role: "assistant", content: "", ...delta };
    const data = JSON.stringify(generation({ ...asked, choices: 1 }, reply, id, message, finish));
    parts.push({ kind, bytes: Buffer.from(`id:${parts.length + 1}\nevent:result\n:HTTP_STATUS/200\ndata:${data}\n\n`) });
  };
  for (const piece of reply.thinking) add("content", { reasoning_content: piece });
  for (const piece of reply.text) add("content", { content: piece });
  for (const [index, call] of reply.calls.entries()) {
    const first = { index, id: call.id ?? `call_${hex(24)}`, type: "function", function: { name: call.name, arguments: "" } };
    add("content", { tool_calls: [first] });
    for (const piece of call.pieces) add("content", { tool_calls: [{ index, id: "", type: "function", function: { arguments: piece } }] });
  }
  if (reply.finish !== null) add("finish", {}, finishOf(reply));
  return parts;
}

function otherAnswer(_endpoint: Endpoint, request: ReceivedRequest): Buffer {
  const { input, parameters } = request.json;
  const embeddings = (input.texts as string[]).map((text, index) => ({
    embedding: vectorOf(text, parameters?.dimension ?? 8),
    text_index: index,
  }));
  return Buffer.from(JSON.stringify({ output: { embeddings }, usage: { total_tokens: input.texts.length }, request_id: uuid() }));
}
