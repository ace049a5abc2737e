import { describe, expect, test } from "vitest";
import type { ProviderAnswer } from "../../test/host/provider.ts";
import { openaiAnswer } from "../../test/modules/answers.ts";
import { startPlans } from "../../test/modules/plans.ts";
import { chat, textOf } from "../../test/modules/requests.ts";

const json = (status: number, body: unknown, headers: Record<string, string> = {}): ProviderAnswer => ({
  status,
  headers: { "content-type": "application/json", ...headers },
  body: JSON.stringify(body),
});
const openai = (status: number, message: string, type = "invalid_request_error", code: string | number | null = null): ProviderAnswer =>
  json(status, { error: { message, type, param: null, code } });
const claude = (status: number, type: string, message: string): ProviderAnswer => json(status, { type: "error", error: { type, message } });
const gemini = (status: number, word: string, message: string): ProviderAnswer =>
  json(status, { error: { code: status, message, status: word } });
const bedrock = (status: number, type: string, message: string): ProviderAnswer => json(status, { message }, { "x-amzn-errortype": type });

const aws = { type: "bedrock", apiTokens: ["bedrock-key"], awsRegion: "us-east-1" };
type Row = [string, object, ProviderAnswer];

/** By the vendors' own words, as their documentation or their clients' bug reports have them. */
const tooLong: Row[] = [
  ["OpenAI's code", {}, openai(400, "Your input exceeds the limit.", "invalid_request_error", "context_length_exceeded")],
  [
    "vLLM's words",
    { type: "vllm", providerDomain: "vllm.example" },
    openai(400, "This model's maximum context length is 4096 tokens. However, you requested 5000 tokens.", "BadRequestError", 400),
  ],
  ["Anthropic's words", { type: "claude" }, claude(400, "invalid_request_error", "prompt is too long: 208310 tokens > 200000 maximum")],
  [
    "Anthropic's words with the answer's limit",
    { type: "claude" },
    claude(400, "invalid_request_error", "input length and `max_tokens` exceed context limit: 190000 + 20000 > 200000"),
  ],
  [
    "Gemini's words",
    { type: "gemini" },
    gemini(400, "INVALID_ARGUMENT", "The input token count (1100000) exceeds the maximum number of tokens allowed (1048576)."),
  ],
  ["Bedrock's words", aws, bedrock(400, "ValidationException", "Input is too long for requested model.")],
  [
    "Cohere's words",
    { type: "cohere" },
    json(400, { message: "too many tokens: size limit exceeded by 11326 tokens. Try using shorter or fewer inputs." }),
  ],
  [
    "DashScope's words",
    { type: "qwen" },
    openai(400, "Range of input length should be [1, 30720]", "invalid_request_error", "invalid_parameter_error"),
  ],
  [
    "llama.cpp's type",
    {},
    openai(400, "the request exceeds the available context size, try increasing it", "exceed_context_size_error", 400),
  ],
  ["Grok's words", { type: "grok" }, openai(400, "This model's maximum prompt length is 131072 but the request contains 140000 tokens.")],
];

const spent: Row[] = [
  ...[400, 403, 429].map((status): Row => [
    `OpenAI's code with ${status}`,
    {},
    openai(
      status,
      "You exceeded your current quota, please check your plan and billing details.",
      "insufficient_quota",
      "insufficient_quota",
    ),
  ]),
  ["402", { type: "deepseek" }, openai(402, "Insufficient Balance", "unknown_error", "invalid_request_error")],
  [
    "Anthropic's words",
    { type: "claude" },
    claude(400, "invalid_request_error", "Your credit balance is too low to access the Anthropic API."),
  ],
  [
    "DashScope's code",
    { type: "qwen" },
    openai(400, "Access denied, please make sure your account is in good standing.", "Arrearage", "Arrearage"),
  ],
  ["Zhipu's number", { type: "zhipuai" }, json(429, { error: { code: "1113", message: "Insufficient balance" } })],
];

describe.each([
  ["context_length", tooLong],
  ["insufficient_quota", spent],
])("%s is told by", (reason, rows) => {
  test.each(rows)("%s", async (_, fields, answer) => {
    const gateway = await startPlans({ providers: { a: { ...fields, does: () => answer }, b: { does: () => openaiAnswer("from b") } } });
    const got = gateway.request(chat());
    expect(got.headers["x-sluice-attempts"]).toBe(`a;status=${answer.status};reason=${reason}, b`);
    expect(textOf(got)).toBe("from b");
  });
});
