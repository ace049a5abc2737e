/** What becomes of a field of a provider's answer, measured: what differs in the client's answer between a provider's answer with it and one without. */
import type { Assembly } from "../../assembly/compile.ts";
import { readEvents } from "../../fixtures/events.ts";
import { fill } from "../fields.ts";
import { difference, flatten, type Outcome } from "../measure.ts";
import { DIALECTS } from "../../fixtures/dialects.ts";
import { clients, type Client } from "../protocols.ts";
import { anthropic } from "./anthropic.ts";
import { bedrock } from "./bedrock.ts";
import { cohere } from "./cohere.ts";
import { dashscope } from "./dashscope.ts";
import { deepl } from "./deepl.ts";
import { dify } from "./dify.ts";
import { gemini } from "./gemini.ts";
import { hunyuan } from "./hunyuan.ts";
import { minimax } from "./minimax.ts";
import { openai } from "./openai.ts";
import type { AnswerRow, ProviderAnswers } from "./rows.ts";
import { triton } from "./triton.ts";

export const answers = {
  openai,
  anthropic,
  gemini,
  bedrock,
  cohere,
  dashscope,
  hunyuan,
  minimax,
  dify,
  deepl,
  triton,
} as const satisfies Record<string, ProviderAnswers>;
export type Answering = keyof typeof answers;
export const answering = Object.keys(answers) as Answering[];

/** What becomes of a field in a whole answer, and in a stream; neither where there is none. */
export interface AnswerOutcome {
  readonly whole?: Outcome;
  readonly stream?: Outcome;
}

/** What clients ask for beside their smallest request, so that their answers have all that they can. */
const ASKING: Partial<Record<Client, object>> = {
  gemini: { generationConfig: { thinkingConfig: { includeThoughts: true } } },
};
/** Numbers that only count what stands before them. */
const COUNTING = /(sequence_number|output_index|content_index|^\[\]index|total_tokens|totalTokenCount)$/;

export function measureAnswer(pairs: Assembly, client: Client, provider: Answering, row: AnswerRow): AnswerOutcome {
  const { whole, events } = row;
  return {
    ...(whole === null ? {} : { whole: compare(pairs, client, provider, row, false) }),
    ...(events === null ? {} : { stream: compare(pairs, client, provider, row, true) }),
  };
}

function compare(pairs: Assembly, client: Client, provider: Answering, row: AnswerRow, stream: boolean): Outcome {
  const [told, untold] = [row.value, row.otherwise].map((value) => leavesOf(pairs, client, provider, row, value, stream));
  return difference(row.value, untold!, told!);
}

type Leaf = readonly [path: string, json: string];

/** All single values of the client's answer to a provider's. */
function leavesOf(pairs: Assembly, client: Client, provider: Answering, row: AnswerRow, value: unknown, stream: boolean): Leaf[] {
  const told = answerOf(
    pairs,
    client,
    provider,
    stream ? streamOf(provider, row, value) : JSON.stringify(fill(row.whole, value)),
    stream,
    row.status,
  );
  const isStream = stream && /^(event|data):/m.test(told.body);
  const parts = isStream ? readEvents(told.body).flatMap(({ data }) => (data === "[DONE]" ? [] : [data])) : [told.body];
  const leaves = parts.flatMap((part) => flatten(JSON.parse(part)));
  if (told.status !== 200) leaves.push(["(status)", String(told.status)]);
  return leaves.filter(([path]) => !COUNTING.test(path));
}

/** A provider's answer as the client gets it. */
export function answerOf(
  pairs: Assembly,
  client: Client,
  provider: Answering,
  body: string,
  stream: boolean,
  status: number,
): { status: number; body: string } {
  const { smallest, path = PATHS[client] } = clients[client];
  const request = { ...smallest, ...ASKING[client], ...(stream && client !== "gemini" ? { stream: true } : {}) };
  const asked =
    stream && (client === "openai" || client === "completions") ? { ...request, stream_options: { include_usage: true } } : request;
  const to = stream ? path.replace(":generateContent", ":streamGenerateContent?alt=sse") : path;
  const found = pairs.call("spoiltAnswer", [JSON.stringify(asked), body, "", to], DIALECTS[client], DIALECTS[provider], status);
  return { status: found, body: pairs.output.toString() };
}

const PATHS: Record<Client, string> = {
  openai: "/v1/chat/completions",
  anthropic: "/v1/messages",
  gemini: "",
  responses: "/v1/responses",
  completions: "/v1/completions",
};

function streamOf(provider: Answering, row: AnswerRow, value: unknown): string {
  const { nameOf, last }: ProviderAnswers = answers[provider];
  const events = (fill(row.events, value) as Record<string, unknown>[]).map((event) => {
    const name = nameOf === undefined ? "" : `event: ${nameOf(event)}\n`;
    return `${name}data: ${JSON.stringify(event)}\n\n`;
  });
  return events.join("") + last;
}
