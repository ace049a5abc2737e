/** A short form of `make fuzz`, and proof that its checks see what they are there for. */
import { availableParallelism } from "node:os";
import { describe, expect, test } from "vitest";
import { caseCount, printedSeed } from "../assembly/random.ts";
import type { Answer } from "../host/gateway.ts";
import { module } from "../host/modules.ts";
import { caseOf, type Case } from "./cases.ts";
import { problemsOf } from "./checks.ts";
import { readCorpus } from "./corpus.ts";
import { fuzz } from "./fuzz.ts";
import { consumerKeys, providerKey, targets } from "./targets.ts";

test("no input traps, hangs, leaks, or is answered without form", async () => {
  await module("bundle");
  await module("ai-proxy");
  const seed = printedSeed("hostile requests and answers");
  const outcome = await fuzz({ seed, cases: caseCount(20_000), workers: availableParallelism(), tell: (line) => console.log(line) });
  expect(outcome.kinds).toEqual({});
}, 300_000);

test("a case is made from its seed and number alone", () => {
  const corpus = readCorpus();
  for (const number of [0, 1, 77]) {
    const [one, other] = [caseOf(corpus, 7, number), caseOf(corpus, 7, number)];
    expect(one.answers.map(({ make }) => make("claude"))).toEqual(other.answers.map(({ make }) => make("claude")));
    expect({ ...one, answers: [] }).toEqual({ ...other, answers: [] });
  }
  expect(caseOf(corpus, 7, 1).chunks).not.toEqual(caseOf(corpus, 8, 1).chunks);
});

describe("the checks see", () => {
  const input: Case = {
    target: targets[0]!,
    method: "POST",
    path: "/v1/chat/completions",
    headers: [],
    chunks: [Buffer.from("{}")],
    trailers: false,
    endWithLastChunk: false,
    hangUpAfter: null,
    credential: consumerKeys.alice,
    answers: [],
  };
  const json = { "content-type": "application/json" };
  const events = { "content-type": "text/event-stream" };
  const good: Answer = {
    status: 200,
    headers: json,
    body: '{"choices":[]}',
    bytes: Buffer.from('{"choices":[]}'),
    chunks: [],
    trailers: null,
    ended: "complete",
    attempts: [],
    log: [],
    facts: {},
    codeDetails: null,
    flags: 0,
    violations: [],
    trap: null,
  };
  const withBody = (body: string, more: Partial<Answer> = {}): Answer => ({ ...good, body, bytes: Buffer.from(body), ...more });
  const attempt = (headers: Record<string, string>, body = "{}") => ({
    provider: "claude",
    method: "POST",
    path: "/v1/messages",
    headers,
    body,
    bytes: Buffer.from(body),
    trailers: null,
    complete: true,
  });

  test("nothing in what is right", () => {
    expect(problemsOf(input, good, [])).toEqual([]);
    expect(problemsOf(input, withBody('data: {"choices":[]}\n\ndata: [DONE]\n\n', { headers: events }), [])).toEqual([]);
    expect(problemsOf(input, { ...good, attempts: [attempt({ "x-api-key": providerKey("claude") })] }, [])).toEqual([]);
  });

  test.each<[string, Answer, RegExp]>([
    ["a chat completion for a client of Anthropic's", withBody('{"choices":[]}'), /no message/],
    [
      "a message's stream that only stops",
      withBody('data: {"type":"ping"}\n\n', { headers: events }),
      /none of message_stop, error at its end/,
    ],
    ["a chunk for a client of Anthropic's", withBody('data: {"choices":[]}\n\n', { headers: events }), /an event has no type/],
    ["an error in OpenAI's form", withBody('{"error":{"message":"x","type":"y"}}', { status: 400 }), /not in Anthropic's form/],
  ])("%s, at /v1/messages", (_what, answer, problem) => {
    expect(problemsOf({ ...input, path: "/v1/messages" }, answer, []).join("\n")).toMatch(problem);
  });

  test.each<[string, Answer, RegExp]>([
    ["a body that is no JSON", withBody("{"), /no JSON object/],
    ["an error in another form", withBody('{"message":"x"}', { status: 400 }), /no error.message/],
    ["an error as plain text", withBody("x", { status: 503, headers: { "content-type": "text/plain" } }), /text\/plain/],
    ["a stream that only stops", withBody('data: {"choices":[]}\n\n', { headers: events }), /neither \[DONE\] nor an error/],
    ["an event that is cut", withBody('data: {"choi\n\ndata: [DONE]\n\n', { headers: events }), /no chunk/],
    ["a reset out of nothing", { ...good, ended: "reset" }, /did not break off/],
    ["an answer that never ends", { ...good, ended: "stalled" }, /hang/],
    [
      "a consumer's key at a provider",
      { ...good, attempts: [attempt({ authorization: `Bearer ${consumerKeys.alice}` })] },
      /isn't its own/,
    ],
    ["another provider's key", { ...good, attempts: [attempt({ "x-api-key": providerKey("openai") })] }, /isn't its own/],
    ["a key in an answer", withBody(JSON.stringify({ choices: [providerKey("openai")] })), /leak: the answer's body/],
    ["a key in the facts", { ...good, facts: { "sluice.facts": `{"k":"${consumerKeys.bob}"}` } }, /leak: facts/],
    ["a key in the log", { ...good, log: [{ level: "info", message: consumerKeys.alice, plugin: "" }] }, /leak: the log/],
    ["what a provider cannot read", { ...good, attempts: [attempt({}, "{")] }, /body that is no JSON/],
    ["more attempts than targets", { ...good, attempts: Array.from({ length: 4 }, () => attempt({})) }, /attempts: 4/],
  ])("%s", (_what, answer, problem) => {
    expect(problemsOf(input, answer, []).join("\n")).toMatch(problem);
  });

  test("a request without a key, or with a body that is no JSON, that was sent on", () => {
    const sent = { ...good, attempts: [attempt({})] };
    expect(problemsOf({ ...input, credential: null }, sent, []).join()).toMatch(/unauthorised/);
    expect(problemsOf({ ...input, chunks: [Buffer.from("{")] }, sent, []).join()).toMatch(/sent on/);
  });
});
