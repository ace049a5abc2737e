/** What the demo asks, one request or a few at a time, and what has to become of it. */

import OpenAI from "openai";
import { piecesOf } from "../providers/conversation.ts";
import type { ReceivedRequest } from "../providers/provider.ts";
import type { DemoGateway, LocalName, LogLine } from "./gateway.ts";
import type { Paper } from "./paper.ts";
import type { RealProvider } from "./real-providers.ts";

export interface Stage {
  readonly gateway: DemoGateway;
  readonly client: OpenAI;
  readonly paper: Paper;
  /** Prints whether something holds that has to; what doesn't makes the demo fail. */
  check(holds: boolean, words: string): void;
}

export interface Scene {
  readonly title: string;
  play(stage: Stage): Promise<void>;
}

const spoken = { openai: "OpenAI's Chat Completions", claude: "Anthropic's Messages", gemini: "Gemini's generateContent" } as const;
/** Milliseconds between the pieces of a stream, so that one sees it stream. */
const pace = 40;

const whole: Scene = {
  title: "A whole answer, from OpenAI",
  async play({ gateway, client, paper, check }) {
    gateway.providers.openai.next({ text: piecesOf("Filters that Envoy loads, and no other process.") });
    const question = "What is Sluice made of?";
    paper.row("asked", `gpt-4o: “${question}”`);
    const answer = await client.chat.completions.create({ model: "gpt-4o", messages: [{ role: "user", content: question }] });
    const request = received(gateway, "openai");
    showRequest(paper, gateway, "openai", request);
    paper.row("client saw", `“${answer.choices[0]?.message.content}”  finish_reason ${answer.choices[0]?.finish_reason}`, "cyan");
    showTokens(paper, answer.usage);
    await showLog(gateway, paper);
    check(answer.choices[0]?.message.content?.startsWith("Filters that Envoy loads") === true, "the answer is OpenAI's");
    check(request?.headers.authorization === `Bearer ${gateway.providerKeys.openai}`, "the provider got its own key, and not the client's");
  },
};

const streamed: Scene = {
  title: "A streamed answer, from Claude",
  async play({ gateway, client, paper, check }) {
    const text = "Water goes where the gates are open. A sluice decides which: it lets through, holds back, and counts what has passed.";
    gateway.providers.claude.next({ text, delay: { between: pace } });
    paper.row("asked", "claude-sonnet-4-5, as a stream: “What does a sluice do?”");
    const { content, finish, usage } = await stream(
      client,
      { model: "claude-sonnet-4-5", messages: [{ role: "user", content: "What does a sluice do?" }] },
      paper,
    );
    const request = received(gateway, "claude");
    showRequest(paper, gateway, "claude", request);
    showTokens(paper, usage);
    await showLog(gateway, paper);
    check(content === text && finish === "stop", "every piece arrived, in order, in OpenAI's form");
    check(
      request?.path === "/v1/messages" && request.headers["x-api-key"] === gateway.providerKeys.claude,
      "Claude was asked in its own protocol",
    );
  },
};

const weatherTool: OpenAI.ChatCompletionTool = {
  type: "function",
  function: {
    name: "weather_in",
    description: "The weather in a city now",
    parameters: { type: "object", properties: { city: { type: "string" } }, required: ["city"] },
  },
};

const toolCall: Scene = {
  title: "A tool call and its result, with Gemini",
  async play({ gateway, client, paper, check }) {
    gateway.providers.gemini.next({ tools: [{ name: "weather_in", arguments: { city: "Rome" } }] });
    const messages: OpenAI.ChatCompletionMessageParam[] = [{ role: "user", content: "Do I need an umbrella in Rome?" }];
    paper.row("asked", "gemini-2.5-flash, with the tool weather_in: “Do I need an umbrella in Rome?”");
    const first = await client.chat.completions.create({ model: "gemini-2.5-flash", messages, tools: [weatherTool] });
    showRequest(paper, gateway, "gemini", received(gateway, "gemini"));
    const message = first.choices[0]!.message;
    const call = message.tool_calls?.[0];
    if (call?.type !== "function") return check(false, "the model calls the tool");
    paper.row(
      "client saw",
      `a call: ${call.function.name}(${call.function.arguments})  finish_reason ${first.choices[0]!.finish_reason}`,
      "cyan",
    );
    showTokens(paper, first.usage);
    await showLog(gateway, paper);

    const result = "Dry, 24 °C";
    paper.row("asked", `the same, with the tool's result: “${result}”`);
    const second = await client.chat.completions.create({
      model: "gemini-2.5-flash",
      messages: [...messages, message, { role: "tool", tool_call_id: call.id, content: result }],
      tools: [weatherTool],
    });
    const request = received(gateway, "gemini");
    showRequest(paper, gateway, "gemini", request);
    paper.row("client saw", `“${second.choices[0]?.message.content}”  finish_reason ${second.choices[0]?.finish_reason}`, "cyan");
    showTokens(paper, second.usage);
    await showLog(gateway, paper);
    check((JSON.parse(call.function.arguments) as { city?: string }).city === "Rome", "the call came with its arguments");
    check(JSON.stringify(request?.json).includes('"functionResponse"'), "the result went to Gemini as a functionResponse");
    check(second.choices[0]?.message.content?.includes(result) === true, "and the model knew it");
  },
};

const fallback: Scene = {
  title: "OpenAI has no room, so Claude answers",
  async play({ gateway, client, paper, check }) {
    const before = gateway.providers.claude.requests.length;
    const text = "You asked for GPT. OpenAI said 429, so Envoy's next attempt went to me, and I was asked in Anthropic's protocol.";
    gateway.providers.openai.next({ error: { status: 429, retryAfter: 20 } });
    gateway.providers.claude.next({ text, delay: { between: pace } });
    paper.row("asked", "gpt-4o, as a stream: “Who are you?”");
    const { content, finish, usage } = await stream(
      client,
      { model: "gpt-4o", messages: [{ role: "user", content: "Who are you?" }] },
      paper,
    );
    showRequest(paper, gateway, "openai", received(gateway, "openai"));
    showRequest(paper, gateway, "claude", received(gateway, "claude"));
    showTokens(paper, usage);
    const log = await showLog(gateway, paper);
    check(
      content === text && finish === "stop" && gateway.providers.claude.requests.length === before + 1,
      "the client saw one whole answer, and no error",
    );
    check(log?.facts.provider === "claude" && log.attempts === 2, "the access log tells of two attempts, and who answered");
  },
};

const wrongKey: Scene = {
  title: "A key that nobody was given",
  async play({ gateway, paper, check }) {
    const before = countRequests(gateway);
    const stranger = new OpenAI({ baseURL: gateway.url, apiKey: "sk-of-nobody", maxRetries: 0 });
    paper.row("asked", "gpt-4o, with the key sk-of-nobody");
    const error = await failureOf(stranger.chat.completions.create({ model: "gpt-4o", messages: [{ role: "user", content: "Hello" }] }));
    showError(paper, error);
    await showLog(gateway, paper);
    check(error instanceof OpenAI.AuthenticationError && countRequests(gateway) === before, "401 in OpenAI's form; no provider was asked");
  },
};

const unknownModel: Scene = {
  title: "A model that nobody serves",
  async play({ gateway, client, paper, check }) {
    const before = countRequests(gateway);
    paper.row("asked", "gtp-4o: “Hello”");
    const error = await failureOf(client.chat.completions.create({ model: "gtp-4o", messages: [{ role: "user", content: "Hello" }] }));
    showError(paper, error);
    await showLog(gateway, paper);
    check(error instanceof OpenAI.NotFoundError && error.message.includes("gpt-4o"), "404 in OpenAI's form, with the name that was meant");
    check(countRequests(gateway) === before, "no provider was asked");
  },
};

export const scenes: readonly Scene[] = [whole, streamed, toolCall, fallback, wrongKey, unknownModel];

/** One streamed answer of a provider that the environment has a key for. What it answers is between it and the key: it doesn't make the demo fail. */
export function realScene({ name, type, keyVariable, model }: RealProvider): Scene {
  return {
    title: `The real ${type}, with the key in ${keyVariable}`,
    async play({ gateway, client, paper }) {
      const question = "In one short sentence: what is a sluice?";
      paper.row("asked", `${name} (${model}), as a stream: “${question}”`);
      try {
        const { usage } = await stream(client, { model: name, messages: [{ role: "user", content: question }] }, paper);
        showTokens(paper, usage);
      } catch (error) {
        if (!(error instanceof OpenAI.APIError)) throw error;
        paper.row("", `(no answer; this doesn't count, it is about the key, the account or the network)`);
        showError(paper, error);
      }
      await showLog(gateway, paper);
    },
  };
}

interface Streamed {
  readonly content: string;
  readonly finish: string | null;
  readonly usage: OpenAI.CompletionUsage | undefined;
}

/** Shows the answer while it comes. */
async function stream(
  client: OpenAI,
  request: Omit<OpenAI.ChatCompletionCreateParamsStreaming, "stream" | "stream_options">,
  paper: Paper,
): Promise<Streamed> {
  const events = await client.chat.completions.create({ ...request, stream: true, stream_options: { include_usage: true } });
  let content = "";
  let finish: string | null = null;
  let usage: OpenAI.CompletionUsage | undefined;
  paper.begin("client saw");
  for await (const { choices, usage: counted } of events) {
    const choice = choices[0];
    if (choice?.delta.content) {
      content += choice.delta.content;
      paper.piece(choice.delta.content);
    }
    finish = choice?.finish_reason ?? finish;
    usage = counted ?? usage;
  }
  paper.end();
  return { content, finish, usage };
}

function received(gateway: DemoGateway, name: LocalName): ReceivedRequest | undefined {
  return gateway.providers[name].requests.at(-1);
}

function countRequests({ providers }: DemoGateway): number {
  return Object.values(providers).reduce((sum, { requests }) => sum + requests.length, 0);
}

/** "claude · Anthropic's Messages · POST /v1/messages, x-api-key (the gateway's), model claude-sonnet-4-5 → 200" */
function showRequest(paper: Paper, gateway: DemoGateway, name: LocalName, request: ReceivedRequest | undefined): void {
  if (request === undefined) return paper.row("went to", `${name}: nothing came`, "red");
  const header = Object.keys(request.headers).find((header) => request.headers[header]?.includes(gateway.providerKeys[name]));
  const model = (request.json as { model?: string } | undefined)?.model;
  const parts = [`${request.method} ${request.target}`, header && `${header}: the gateway's key`, model && `model ${model}`];
  paper.row("went to", `${name}, in ${spoken[name]}: ${parts.filter(Boolean).join(", ")} → ${request.status}`);
}

function showTokens(paper: Paper, usage: OpenAI.CompletionUsage | undefined): void {
  paper.row("tokens", usage ? `${usage.prompt_tokens} in, ${usage.completion_tokens} out` : "not said");
}

function showError(paper: Paper, error: unknown): void {
  const words = error instanceof OpenAI.APIError ? `${error.constructor.name}: ${error.message}` : String(error);
  paper.row("client saw", words, "cyan");
}

async function showLog(gateway: DemoGateway, paper: Paper): Promise<LogLine | null> {
  const line = await gateway.nextLog();
  paper.row("log", line === null ? "no line came" : describeLog(line), "dim");
  return line;
}

/** The line as it is, without what differs from run to run and what the facts say again. */
export function describeLog({ status, duration_ms, attempts, facts }: LogLine): string {
  const { request_id: _id, path: _path, attempts: _attempts, ...rest } = facts;
  return Object.entries({ status, duration_ms, attempts, ...rest })
    .map(([name, value]) => `${name}=${String(value)}`)
    .join(" ");
}

async function failureOf(request: Promise<unknown>): Promise<unknown> {
  return request.then(
    () => new Error("It was answered."),
    (error: unknown) => error,
  );
}
