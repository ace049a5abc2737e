/** One input: a request and what the providers answer. Made from the seed and its number alone, so that it can be made again. */

import { Random } from "../assembly/random.ts";
import type { ProviderAnswer, ProviderFailure } from "../host/provider.ts";
import type { Corpus, SeedAnswer, SeedRequest } from "./corpus.ts";
import { cut, mutate } from "./mutate.ts";
import { consumerKeys, protocolOf, targets, type Target } from "./targets.ts";

export interface Case {
  readonly target: Target;
  readonly method: string;
  readonly path: string;
  readonly headers: readonly (readonly [string, string])[];
  readonly chunks: readonly Buffer[];
  readonly trailers: boolean;
  readonly endWithLastChunk: boolean;
  /** The client goes away after so many chunks of its request; null: it stays. */
  readonly hangUpAfter: number | null;
  /** The key that the client shows, if any. */
  readonly credential: string | null;
  /** What provider gives in which attempt; the last serves again. */
  readonly answers: readonly Answer[];
}

export interface Answer {
  /** Chosen when it is known who is asked. */
  readonly make: (provider: string) => ProviderAnswer | ProviderFailure;
}

/** A value that only a client writes, into headers that are the gateway's own. */
export const forged = "forged-by-the-client";

export function caseOf(corpus: Corpus, seed: number, number: number): Case {
  const random = new Random((seed ^ Math.imul(number + 1, 0x9e3779b1)) >>> 0);
  random.next();
  const target = random.once(2) ? targets[0]! : random.pick(targets);
  const kind = random.below(10);
  const seedRequest = random.pick(corpus.requests);
  const strange = random.pick(corpus.requests).body;
  const spoilsRequest = kind < 4;
  const spoilsAnswer = kind >= 3 && kind < 9;
  const body = spoilsRequest && seedRequest.method === "POST" ? mutate(seedRequest.body, random, strange) : seedRequest.body;
  const named = target.checksKeys ? nameModel(body, random) : body;
  const { headers, credential, query } = headersOf(seedRequest, target, random, random.once(6));
  const chunks = cut(named, random);
  const path = random.once(30) ? random.pick(paths) : seedRequest.path;
  return {
    target,
    method: random.once(60) ? random.pick(["GET", "PUT", "DELETE", "OPTIONS", "HEAD", "PATCH", "POST", ""]) : seedRequest.method,
    path: query === null ? path : `${path}${path.includes("?") ? "&" : "?"}${query}`,
    headers,
    chunks,
    trailers: random.once(40) && chunks.length > 0,
    endWithLastChunk: random.once(3),
    hangUpAfter: random.once(40) ? random.below(chunks.length + 1) : null,
    credential,
    answers: Array.from({ length: 3 }, () => answerOf(corpus, path, seedRequest.streams, spoilsAnswer, random)),
  };
}

/** The bundle serves by the model's name: often one that it serves. */
function nameModel(body: Buffer, random: Random): Buffer {
  if (random.once(8)) return body;
  const model = random.pick([
    "gpt-4o",
    "gpt-4o",
    "claude-sonnet-4-5",
    "gemini-2.5-flash",
    "o3",
    "openai/gpt-4o",
    "claude/any",
    "gemini/x",
    "nobody/x",
    "llama",
    "",
  ]);
  return Buffer.from(body.toString("latin1").replace(/"model"\s*:\s*"[^"]*"/, `"model":${JSON.stringify(model)}`), "latin1");
}

const contentTypes = [
  "application/json; charset=utf-8",
  "APPLICATION/JSON",
  "application/json;",
  "text/plain",
  "",
  "application/x-www-form-urlencoded",
  "multipart/form-data; boundary=x",
  "application/json, text/html",
  "é",
];
const others: readonly (readonly [string, string])[] = [
  ["content-encoding", "gzip"],
  ["content-encoding", "identity"],
  ["accept-encoding", "gzip, br"],
  ["accept", "text/event-stream"],
  ["x-sluice-cluster", forged],
  ["x-sluice-edge", forged],
  ["x-mse-consumer", forged],
  ["x-higress-llm-model", forged],
  ["x-higress-llm-provider", "openai"],
  ["x-envoy-max-retries", "99"],
  ["x-envoy-upstream-rq-timeout-ms", "1"],
  ["cookie", `session=${forged}`],
  ["user-agent", "x".repeat(8000)],
  ["idempotency-key", 'é\u007f"'],
  ["anthropic-version", "1999-01-01"],
  ["openai-beta", "assistants=v2"],
  ["x-request-id", '"},{\\'],
  ["transfer-encoding", "chunked"],
  ["expect", "100-continue"],
];

function headersOf(
  request: SeedRequest,
  target: Target,
  random: Random,
  hostile: boolean,
): { headers: [string, string][]; credential: string | null; query: string | null } {
  const headers: [string, string][] = Object.entries(request.headers).filter(([name]) => name !== "authorization");
  if (hostile) {
    if (random.once(3)) {
      const at = headers.findIndex(([name]) => name === "content-type");
      if (at >= 0) headers.splice(at, 1);
      if (random.below(3) > 0) headers.push(["content-type", random.pick(contentTypes)]);
    }
    for (let i = random.below(4); i > 0; i--) headers.push([...random.pick(others)] as [string, string]);
  }
  let credential: string | null = random.pick(Object.values(consumerKeys));
  if (hostile && random.once(3))
    credential = random.pick([
      null,
      "",
      "wrong-key-of-a-client-7f",
      "k".repeat(9000),
      `${consumerKeys.alice}x`,
      consumerKeys.alice.slice(1),
    ]);
  if (credential === null) return { headers, credential, query: null };
  const way = hostile ? random.below(8) : random.below(2);
  if (way === 1) headers.push(["x-api-key", credential]);
  else if (way === 2) headers.push(["api-key", credential]);
  else if (way === 3) headers.push(["x-goog-api-key", credential]);
  else if (way === 4)
    return {
      headers,
      credential,
      query: random.pick([`x-api-key=${credential}`, `a=b&x-api-key=${credential}&c`, `x-api-key=${encodeURIComponent(credential)}#`]),
    };
  else if (way === 5) headers.push(["authorization", random.pick(["bearer ", "Bearer  ", "", "Basic "]) + credential]);
  else headers.push(["authorization", `Bearer ${credential}`]);
  // A second one beside it: whoever wins, neither may leak.
  if (hostile && random.once(4) && !target.checksKeys) headers.push(["x-api-key", consumerKeys.bob]);
  return { headers, credential, query: null };
}

const paths = [
  "/",
  "",
  "/v1",
  "/v1/chat/completions/",
  "/v1/chat/completions?x=1",
  "/v1//chat/completions",
  "/v1/chat/../chat/completions",
  "/v1/chat%2fcompletions",
  "/v1/models/gpt-4o",
  "/v1/models?",
  "/v1/embeddings",
  "/v1/files",
  "/v1/messages?beta=true",
  "/v1/messages/count_tokens",
  "/v1beta/models",
  "/v1beta/models/%00:generateContent",
  "/sluice/",
  "/sluice?x",
  "/%",
  "/é",
  `/${"a".repeat(5000)}`,
  "*",
];

/** A provider's answer: often the right one for what was asked, else an error, something spoilt, of another protocol, or nothing. */
function answerOf(corpus: Corpus, path: string, streams: boolean, spoils: boolean, random: Random): Answer {
  const failure = random.below(40);
  const whole = random.once(12);
  const [pick, foreign, ownSeed] = [random.next(), random.once(spoils ? 15 : 60), random.below(2 ** 31)];
  const status = random.once(spoils ? 8 : 60)
    ? random.pick([200, 201, 204, 301, 400, 401, 403, 404, 413, 429, 500, 503, 529, 599, 100, 0])
    : null;
  return {
    make(provider) {
      if (failure < 3) return (["reset", "refuse", "stall"] as const)[failure]!;
      // Asked twice it says the same.
      const own = new Random(ownSeed);
      const protocol = foreign
        ? own.pick(["openai", "anthropic", "gemini", "responses", "completions", "cohere"] as const)
        : protocolOf(provider, path);
      const all = corpus.answers[protocol];
      const fitting = all.filter(({ isStream }) => isStream === (streams !== whole));
      const seed = (fitting.length > 0 ? fitting : all)[Math.floor(pick * (fitting.length || all.length))]!;
      return spoilt(seed, all, spoils, status, own);
    },
  };
}

const answerTypes = [
  "application/json",
  "text/event-stream",
  "text/event-stream;charset=utf-8",
  "text/html",
  "",
  "application/octet-stream",
  "application/vnd.amazon.eventstream",
  "APPLICATION/JSON",
];

function spoilt(seed: SeedAnswer, all: readonly SeedAnswer[], spoils: boolean, status: number | null, random: Random): ProviderAnswer {
  const headers: Record<string, string> = { ...seed.headers };
  const body = spoils && random.below(4) > 0 ? mutate(seed.body, random, random.pick(all).body) : seed.body;
  if (spoils && random.once(10)) headers["content-type"] = random.pick(answerTypes);
  if (spoils && random.once(30)) delete headers["content-type"];
  if (spoils && random.once(30)) headers["content-encoding"] = random.pick(["gzip", "br", "identity", ""]);
  if (spoils && random.once(20)) headers["retry-after"] = random.pick(["1", "-1", "x".repeat(100), "Wed, 21 Oct 2026 07:28:00 GMT", ""]);
  if (spoils && random.once(20)) headers["x-sluice-facts"] = "a provider's";
  if (spoils && random.once(30)) headers["x-envoy-ratelimited"] = "true";
  const chunks: (Buffer | number)[] = cut(body, random);
  if (random.once(20)) chunks.splice(random.below(chunks.length + 1), 0, random.pick([1, 1, 1000, 400_000]));
  const then = spoils && random.once(8) ? random.pick(["reset", "stall", "reset"] as const) : "end";
  if (then !== "end") chunks.length = random.below(chunks.length + 1);
  return {
    status: status ?? seed.status,
    headers,
    chunks,
    then,
    ...(random.once(30) && { trailers: { "x-trailer": "1" } }),
    endWithLastChunk: random.once(3),
    ...(random.once(40) && { after: random.pick([1, 1, 700_000]) }),
  };
}
