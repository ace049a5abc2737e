/** What inputs are mutated from: the fixtures' requests and answers, the protocols' own recordings, and what no fixture shows. */

import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { readFixtures, type FixtureProtocol } from "../fixtures/read.ts";

export interface SeedRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
  /** Whether the client asks for a stream. */
  readonly streams: boolean;
}

export interface SeedAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
  readonly isStream: boolean;
}

export interface Corpus {
  readonly requests: readonly SeedRequest[];
  readonly answers: Readonly<Record<FixtureProtocol, readonly SeedAnswer[]>>;
}

const json = { "content-type": "application/json" };

/** Requests that fixtures don't have: other protocols and other paths. */
const otherRequests: readonly [method: string, path: string, body: unknown][] = [
  ["GET", "/v1/models", null],
  ["POST", "/v1/embeddings", { model: "gpt-embed", input: ["a", "b"], encoding_format: "float" }],
  [
    "POST",
    "/v1/messages",
    { model: "claude-x", max_tokens: 5, system: [{ type: "text", text: "s" }], messages: [{ role: "user", content: "hi" }] },
  ],
  ["POST", "/v1beta/models/gemini-x:streamGenerateContent?alt=sse", { contents: [{ role: "user", parts: [{ text: "hi" }] }] }],
  ["POST", "/v1/completions", { model: "gpt-x", prompt: "hi" }],
  ["POST", "/v1/responses", { model: "gpt-x", input: "hi" }],
  ["POST", "/sluice/anything", {}],
  ["POST", "/", { model: "gpt-x" }],
  [
    "POST",
    "/v1/chat/completions",
    {
      model: "gpt-x",
      stream: true,
      functions: [{ name: "f", parameters: { type: "object" } }],
      function_call: "auto",
      messages: [
        { role: "developer", content: "d" },
        {
          role: "user",
          name: "n",
          content: [
            { type: "text", text: 'é😀\u0001\\"' },
            { type: "input_audio", input_audio: { data: "AAAA", format: "wav" } },
          ],
        },
        { role: "assistant", content: null, function_call: { name: "f", arguments: '{"a":1}' } },
        { role: "function", name: "f", content: "1" },
        { role: "user", content: [{ type: "file", file: { filename: "a.pdf", file_data: "data:application/pdf;base64,AAAA" } }] },
      ],
    },
  ],
];

export function readCorpus(): Corpus {
  const fixtures = readFixtures();
  const answers: Record<FixtureProtocol, SeedAnswer[]> = {
    openai: [],
    anthropic: [],
    gemini: [],
    responses: [],
    completions: [],
    cohere: [],
    bedrock: [],
  };
  for (const { provider, providerAnswer } of fixtures) {
    if (providerAnswer === undefined) continue;
    const { status, headers, body, isStream } = providerAnswer;
    answers[provider].push({ status, headers, body, isStream });
  }
  for (const protocol of ["anthropic", "gemini"] as const) answers[protocol].push(...recordings(protocol));
  answers.openai.push(
    answerOf(
      200,
      json,
      Buffer.from(
        '{"object":"list","data":[{"object":"embedding","index":0,"embedding":[0.1,-2e-3]}],"model":"e","usage":{"prompt_tokens":2,"total_tokens":2}}',
      ),
    ),
  );
  return {
    requests: [
      ...fixtures.map(({ clientRequest: { method, path, headers, body } }) => requestOf(method, path, headers, body)),
      ...otherRequests.map(([method, path, body]) => requestOf(method, path, json, Buffer.from(body === null ? "" : JSON.stringify(body)))),
    ],
    answers,
  };
}

/** Answers that stand beside a protocol's sources: `.sse` streams, `.json` whole ones. */
function recordings(protocol: FixtureProtocol): SeedAnswer[] {
  const folder = new URL(`../../shared/protocols/${protocol}/fixtures/`, import.meta.url);
  return readdirSync(fileURLToPath(folder))
    .filter((name) => /\.(sse|json)$/.test(name))
    .map((name) =>
      answerOf(200, name.endsWith(".sse") ? { "content-type": "text/event-stream" } : json, readFileSync(new URL(name, folder))),
    );
}

function requestOf(method: string, path: string, headers: Readonly<Record<string, string>>, body: Buffer): SeedRequest {
  return { method, path, headers, body, streams: /"stream"\s*:\s*true/.test(body.toString()) };
}

function answerOf(status: number, headers: Readonly<Record<string, string>>, body: Buffer): SeedAnswer {
  return { status, headers, body, isStream: headers["content-type"]!.startsWith("text/event-stream") };
}
