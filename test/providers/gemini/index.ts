/** Gemini's wire, version v1beta. */
import type { ErrorScript } from "../behaviour.ts";
import type { Asked } from "../conversation.ts";
import { vectorOf } from "../openai/index.ts";
import { modelExists, type Endpoint, type HeaderList, type Protocol, type Setup } from "../protocol.ts";
import type { ReceivedRequest } from "../recording.ts";
import { checkBody, shapeOf, withCamelNames } from "./check.ts";
import { googleJson, streamedAnswer, tokensIn, wholeAnswer } from "./write.ts";

const statuses: Record<number, [status: string, message: string]> = {
  400: ["INVALID_ARGUMENT", "Request contains an invalid argument."],
  401: [
    "UNAUTHENTICATED",
    "Request had invalid authentication credentials. Expected OAuth 2 access token, login cookie or other valid authentication credential. See https://developers.google.com/identity/sign-in/web/devconsole-project.",
  ],
  403: ["PERMISSION_DENIED", "The caller does not have permission"],
  404: ["NOT_FOUND", "Requested entity was not found."],
  429: [
    "RESOURCE_EXHAUSTED",
    "You exceeded your current quota, please check your plan and billing details. For more information on this error, head to: https://ai.google.dev/gemini-api/docs/rate-limits.",
  ],
  499: ["CANCELLED", "The operation was cancelled."],
  500: [
    "INTERNAL",
    "An internal error has occurred. Please retry or report in https://developers.generativeai.google/guide/troubleshooting",
  ],
  503: ["UNAVAILABLE", "The model is overloaded. Please try again later."],
  504: ["DEADLINE_EXCEEDED", "The request timed out. Please try again."],
};

export const gemini: Protocol = {
  name: "gemini",
  defaultModels: ["gemini-*", "gemma-*", "text-embedding-*", "embedding-*"],
  largestBody: 104_857_600,

  endpointOf(request): Endpoint | undefined {
    const call = /^\/v1(?:beta)?\/models\/([^/:]+):(\w+)$/.exec(request.path);
    if (request.method === "POST" && call) {
      const model = decodeURIComponent(call[1]!);
      if (call[2] === "generateContent") return { kind: "chat", stream: false, model };
      if (call[2] === "streamGenerateContent") return { kind: "chat", stream: true, model, asArray: request.query.get("alt") !== "sse" };
      if (call[2] === "embedContent") return { kind: "embeddings", model, batch: false };
      if (call[2] === "batchEmbedContents") return { kind: "embeddings", model, batch: true };
      return call[2] === "countTokens" ? { kind: "countTokens", model } : undefined;
    }
    const list = /^\/v1(?:beta)?\/models(?:\/([^/:]+))?$/.exec(request.path);
    if (request.method !== "GET" || !list) return undefined;
    return list[1] === undefined ? { kind: "models" } : { kind: "model", model: decodeURIComponent(list[1]) };
  },

  checkCredentials(request, setup) {
    const given = request.headers["x-goog-api-key"] ?? request.query.get("key") ?? undefined;
    if (given === undefined) {
      if (request.headers.authorization !== undefined) return { status: 401 };
      return {
        status: 403,
        message:
          "Method doesn't allow unregistered callers (callers without established identity). Please use API Key or other form of API consumer identity to call this API.",
      };
    }
    if (setup.keys.length === 0 || setup.keys.includes(given)) return undefined;
    const message = "API key not valid. Please pass a valid API key.";
    return {
      status: 400,
      message,
      details: [
        {
          "@type": "type.googleapis.com/google.rpc.ErrorInfo",
          reason: "API_KEY_INVALID",
          domain: "googleapis.com",
          metadata: { service: "generativelanguage.googleapis.com" },
        },
        { "@type": "type.googleapis.com/google.rpc.LocalizedMessage", locale: "en-US", message },
      ],
    };
  },

  checkRequest(endpoint, request, setup) {
    if (endpoint.kind === "models") return undefined;
    if (endpoint.kind === "model") {
      return modelExists(endpoint.model, setup.models)
        ? undefined
        : { status: 404, message: `Model is not found: models/${endpoint.model} for api version v1beta` };
    }
    const value = request.query.get("alt");
    if (endpoint.kind === "chat" && endpoint.stream && value !== null && value !== "sse" && value !== "json")
      return { status: 400, message: `Unknown alt type: ${value}` };
    return checkBody(endpoint, withCamelNames(request.json, shapeOf(endpoint)), setup);
  },

  readConversation: readContents,
  wholeAnswer,
  streamedAnswer,
  otherAnswer,

  headers({ stream, error }): HeaderList {
    return {
      "content-type": stream ? "text/event-stream" : "application/json; charset=UTF-8",
      ...(stream ? { "content-disposition": "attachment" } : {}),
      vary: ["Origin", "X-Origin", "Referer"],
      server: "scaffolding on HTTPServer2",
      "x-xss-protection": "0",
      "x-frame-options": "SAMEORIGIN",
      "x-content-type-options": "nosniff",
      "server-timing": `gfet4t7; dur=${error ? 41 : 612}`,
      "alt-svc": 'h3=":443"; ma=2592000,h3-29=":443"; ma=2592000',
    };
  },

  describeError(script) {
    const [type, message] = statuses[script.status] ?? (script.status < 500 ? statuses[400]! : statuses[500]!);
    const retry =
      script.retryAfter === undefined ? [] : [{ "@type": "type.googleapis.com/google.rpc.RetryInfo", retryDelay: `${script.retryAfter}s` }];
    const quota =
      script.status === 429
        ? [
            {
              "@type": "type.googleapis.com/google.rpc.QuotaFailure",
              violations: [
                {
                  quotaMetric: "generativelanguage.googleapis.com/generate_content_free_tier_requests",
                  quotaId: "GenerateRequestsPerMinutePerProjectPerModel-FreeTier",
                  quotaDimensions: { location: "global", model: "gemini-2.5-flash" },
                  quotaValue: "10",
                },
              ],
            },
            {
              "@type": "type.googleapis.com/google.rpc.Help",
              links: [{ description: "Learn more about Gemini API quotas", url: "https://ai.google.dev/gemini-api/docs/rate-limits" }],
            },
          ]
        : [];
    const details = [...quota, ...retry];
    return { type, message, ...(details.length > 0 ? { details } : {}), ...script };
  },
  errorBody: (error) => Buffer.from(googleJson(errorObject(error), true)),
  errorEvent: (error) => Buffer.from(`data: ${googleJson(errorObject(error), false)}\r\n\r\n`),
  pathNotFound: () => ({ status: 404, body: "", headers: { "content-type": "text/html; charset=UTF-8" } }),
  bodyTooLarge: (request) => ({
    status: 400,
    message: `Request payload size exceeds the limit: 104857600 bytes. Received ${request.body.length}.`,
  }),
};

function errorObject(error: ErrorScript): object {
  return {
    error: { code: error.status, message: error.message, status: error.type, ...(error.details ? { details: error.details } : {}) },
  };
}

function readContents(endpoint: Endpoint, request: ReceivedRequest, _setup: Setup): Asked {
  const body = withCamelNames(request.json, shapeOf(endpoint));
  const contents: any[] = body.contents;
  const config = body.generationConfig ?? {};
  const calling = body.toolConfig?.functionCallingConfig;
  const mode = String(calling?.mode ?? "AUTO").toUpperCase();
  const said = contents.filter(
    (content) => content.role !== "model" && content.parts.some((part: any) => part.functionResponse === undefined),
  );
  const model = endpoint.kind === "chat" ? (endpoint.model ?? "") : "";
  const budget = config.thinkingConfig?.thinkingBudget;
  const thinks = /^gemini-(2\.5|[3-9])/.test(model) && budget !== 0;
  return {
    model,
    stream: endpoint.kind === "chat" && endpoint.stream,
    asArray: endpoint.kind === "chat" && endpoint.asArray === true,
    includeUsage: true,
    choices: config.candidateCount ?? 1,
    prompt: [body.systemInstruction, ...contents].map((content) => textOf(content?.parts ?? [])).join(" "),
    text: textOf((said.at(-1)?.parts ?? []).filter((part: any) => part.functionResponse === undefined)),
    toolResults: (contents.at(-1)?.parts ?? [])
      .filter((part: any) => part.functionResponse !== undefined)
      .map((part: any) => ({ name: part.functionResponse.name, text: resultText(part.functionResponse.response) })),
    tools: (body.tools ?? []).flatMap((tool: any) =>
      (tool.functionDeclarations ?? []).map((declaration: any) => ({
        name: declaration.name,
        schema: declaration.parametersJsonSchema ?? declaration.parameters ?? {},
      })),
    ),
    toolChoice:
      mode === "NONE"
        ? "none"
        : mode !== "ANY"
          ? "auto"
          : calling.allowedFunctionNames?.length === 1
            ? { name: calling.allowedFunctionNames[0] }
            : "any",
    parallel: true,
    thinking: !thinks ? "none" : config.thinkingConfig?.includeThoughts === true ? "shown" : "spent",
    alwaysThinks: config.thinkingConfig?.includeThoughts === true || budget > 0,
    maxTokens: config.maxOutputTokens,
    stop: config.stopSequences ?? [],
    schema: config.responseJsonSchema ?? config._responseJsonSchema ?? config.responseSchema,
    jsonAnswer: config.responseMimeType === "application/json",
    logprobs: false,
  };
}

function textOf(parts: any[]): string {
  return parts
    .filter((part) => part.thought !== true)
    .map((part) => part.text ?? (part.functionResponse ? resultText(part.functionResponse.response) : `[${Object.keys(part)[0]}]`))
    .join("\n");
}

/** A result that a client wrapped, without the wrapping. */
function resultText(response: any): string {
  const inner = response?.result ?? response?.output ?? response?.content ?? response;
  return typeof inner === "string" ? inner : JSON.stringify(inner);
}

function otherAnswer(endpoint: Endpoint, request: ReceivedRequest, setup: Setup): Buffer {
  const modelObject = (name: string): object => ({
    name: `models/${name}`,
    version: "001",
    displayName: name,
    inputTokenLimit: 1048576,
    outputTokenLimit: 65536,
    supportedGenerationMethods: ["generateContent", "countTokens"],
  });
  if (endpoint.kind === "models") return json({ models: setup.models.map((model) => modelObject(model.replace("*", "test"))) });
  if (endpoint.kind === "model") return json(modelObject(endpoint.model));
  const body = withCamelNames(request.json, shapeOf(endpoint));
  if (endpoint.kind === "countTokens") {
    const contents: any[] = body.contents ?? body.generateContentRequest?.contents ?? [];
    const total = contents.reduce((sum, content) => sum + tokensIn(textOf(content.parts ?? [])), 0);
    return json({ totalTokens: total, promptTokensDetails: [{ modality: "TEXT", tokenCount: total }] });
  }
  const embed = (one: any): object => ({
    values: vectorOf(JSON.stringify(textOf(one.content.parts ?? [])), one.outputDimensionality ?? 8),
  });
  return endpoint.kind === "embeddings" && endpoint.batch
    ? json({ embeddings: body.requests.map(embed) })
    : json({ embedding: embed(body) });
}

function json(value: unknown): Buffer {
  return Buffer.from(googleJson(value, true));
}
