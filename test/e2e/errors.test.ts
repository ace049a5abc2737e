/** The tables of docs/errors.md, row by row, on a real Envoy. */

import { once } from "node:events";
import { readFileSync } from "node:fs";
import { request, type IncomingMessage } from "node:http";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { freePort } from "../../cli/testing/sluice.ts";
import { root } from "../docs/blocks.ts";
import type { Behaviour } from "../providers/provider.ts";
import { providersYaml, startGateway, startProviders, type Providers, type TestGateway } from "./gateway.ts";

const guide = readFileSync(`${root}docs/errors.md`, "utf8");

/** The cells of the row that begins so. */
function rowOf(...beginning: string[]): string[] {
  const rows = guide
    .split("\n")
    .filter((line) => line.startsWith("| "))
    .map((line) =>
      line
        .split("|")
        .slice(1, -1)
        .map((cell) => cell.trim()),
    );
  const row = rows.find((cells) => beginning.every((text, index) => cells[index]!.startsWith(text)));
  if (row === undefined) throw new Error(`docs/errors.md has no row of ${beginning.join(", ")}`);
  return row;
}

let providers: Providers;
let gateway: TestGateway;
beforeAll(async () => {
  providers = await startProviders();
  gateway = await startGateway(
    providersYaml(providers, `gone: { type: openai, url: "http://127.0.0.1:${await freePort()}", keys: [env:OPENAI_KEY] }`) +
      `models:
  - { match: gpt-*, names: [gpt-4o], to: openai, fallback: { provider: claude, model: claude-sonnet-4-5 } }
  - { match: gone, to: gone, fallback: { provider: claude, model: claude-sonnet-4-5 } }
  - { match: claude-*, to: claude }
consumers:
  - { name: alice, keys: [env:ALICE_KEY] }
limits: { body: 1MiB, answer: 64KiB }
timeouts: { first_content: 3s, answer: 3s }
`,
    { environment: { ALICE_KEY: "sk-alice" } },
  );
});
afterAll(async () => {
  await gateway?.stop();
  for (const provider of Object.values(providers)) await provider.stop();
});
beforeEach(() => Object.values(providers).forEach((provider) => provider.reset()));

interface Asked {
  status: number;
  error: { message: string; type: string; param: string | null; code: string | null } | undefined;
  retryAfter: string | null;
}

async function ask(body: object | string, headers: Record<string, string> = {}, path = "/v1/chat/completions"): Promise<Asked> {
  const answer = await gateway.post(path, body, { authorization: "Bearer sk-alice", ...headers });
  const { error } = (await answer.json()) as { error?: Asked["error"] };
  return { status: answer.status, error, retryAfter: answer.headers.get("retry-after") };
}

const messages = [{ role: "user", content: "Hello" }];

describe("the request is at fault", () => {
  const cases: [status: string, code: string, what: string, body: object | string, headers?: Record<string, string>, path?: string][] = [
    ["400", "–", "not JSON", "{nope"],
    ["400", "–", "not JSON", { model: "gpt-4o", messages: [{ role: "user" }] }],
    ["400", "–", "not JSON", '{"model":"gpt-4o","model":"gpt-4o","messages":[]}'],
    ["400", "–", "the provider can't express", { model: "claude-sonnet-4-5", messages, n: 2 }],
    ["400", "–", "embeddings", { model: "claude-sonnet-4-5", input: "Hello" }, {}, "/v1/embeddings"],
    ["401", "`invalid_api_key`", "no key", { model: "gpt-4o", messages }, { authorization: "Bearer sk-mallory" }],
    ["404", "`model_not_found`", "no entry", { model: "gtp-4o", messages }],
    ["404", "–", "a path", { model: "gpt-4o" }, {}, "/v1/vector_stores"],
    ["413", "`request_too_large`", "the body", { model: "gpt-4o", messages: [{ role: "user", content: "a".repeat(1_200_000) }] }],
    ["415", "`unsupported_media_type`", "another content type", "model=gpt-4o", { "content-type": "text/plain" }],
  ];
  test.each(cases)("%s %s: %s", async (status, code, what, body, headers, path) => {
    rowOf(status, code, what);
    const { status: found, error } = await ask(body, headers, path);
    expect(found).toBe(Number(status));
    expect(error?.code).toBe(code === "–" ? null : code.replaceAll("`", ""));
    expect(error?.message).toMatch(/\w{3}.* \w/);
    for (const provider of Object.values(providers)) expect(provider.requests).toHaveLength(0);
  });
  test("405: another method", async () => {
    rowOf("405", "–", "another method");
    for (const [method, path, right] of [
      ["PUT", "/v1/chat/completions", "POST"],
      ["PUT", "/v1/embeddings", "POST"],
      ["POST", "/v1/models", "GET"],
    ] as const) {
      const answer = await fetch(gateway.url + path, { method, headers: { authorization: "Bearer sk-alice" } });
      expect(answer.status).toBe(405);
      expect(answer.headers.get("allow")).toBe(right);
      expect(await answer.json()).toMatchObject({
        error: { type: "invalid_request_error", message: expect.stringContaining(`Use ${right}.`) },
      });
    }
    for (const provider of Object.values(providers)) expect(provider.requests).toHaveLength(0);
  });
  test("403: an upgrade", async () => {
    const [, , when] = rowOf("403", "–", "an upgrade");
    const headers = { authorization: "Bearer sk-alice", connection: "upgrade", upgrade: "websocket" };
    const [answer] = (await once(request(`${gateway.url}/v1/chat/completions`, { headers }).end(), "response")) as [IncomingMessage];
    expect(answer.statusCode).toBe(403);
    const { error } = JSON.parse((await answer.toArray()).join("")) as { error: Asked["error"] };
    expect(error).toMatchObject({ type: "invalid_request_error", code: null });
    expect(error!.message).toContain(/“(.+?)”/.exec(when!)![1]);
  });
  test("415: a compressed body", async () => {
    const { status } = await ask(gzipSync(JSON.stringify({ model: "gpt-4o", messages })) as unknown as string, {
      "content-encoding": "gzip",
    });
    expect(status).toBe(415);
  });
});

describe("the provider failed", () => {
  const json = { "content-type": "application/json" };
  const cases: [row: string, what: string, status: number, type: string, code: string | null | undefined, behaviour: Behaviour | "gone"][] =
    [
      ["400, 404, 413, 422", "400", 400, "invalid_request_error", undefined, { error: { status: 400 } }],
      ["400, 404, 413, 422", "404", 404, "invalid_request_error", undefined, { error: { status: 404 } }],
      ["400, 404, 413, 422", "413", 413, "invalid_request_error", undefined, { error: { status: 413 } }],
      ["400, 404, 413, 422", "422", 422, "invalid_request_error", undefined, { error: { status: 422 } }],
      [
        "conversation longer",
        "",
        400,
        "invalid_request_error",
        "context_length_exceeded",
        { error: { status: 400, code: "context_length_exceeded" } },
      ],
      ["401, 403", "401", 401, "invalid_request_error", undefined, { error: { status: 401 } }],
      ["401, 403", "403", 403, "invalid_request_error", undefined, { error: { status: 403 } }],
      ["402, no credit", "", 402, "insufficient_quota", undefined, { error: { status: 402 } }],
      ["429", "", 429, "requests", "rate_limit_exceeded", { error: { status: 429, retryAfter: 7 } }],
      ["5xx, overloaded", "500", 500, "server_error", undefined, { error: { status: 500 } }],
      ["5xx, overloaded", "503", 503, "server_error", undefined, { error: { status: 503 } }],
      [
        "HTML, nothing",
        "HTML",
        502,
        "server_error",
        "provider_error",
        { raw: { headers: { "content-type": "text/html" }, body: "<h1>Hello</h1>" } },
      ],
      ["HTML, nothing", "nothing", 502, "server_error", "provider_error", { raw: { headers: json, body: "" } }],
      ["HTML, nothing", "half", 502, "server_error", "provider_error", { raw: { headers: json, body: '{"choices":[{"index":0,"mess' } }],
      ["a whole answer over", "", 502, "server_error", "provider_error", { text: "a".repeat(100_000) }],
      ["no connection", "no connection", 503, "server_error", "provider_unreachable", "gone"],
      ["no connection", "broken off", 503, "server_error", "provider_unreachable", { cut: { after: 20, how: "reset" } }],
      ["no content in time", "", 504, "timeout", "timeout", { hold: { headers: new Promise(() => {}) } }],
    ];
  const yes = new Map([
    ["yes", 200],
    ["no", null],
  ]);

  test.each(cases)("%s (%s)", async (beginning, _, status, type, code, behaviour) => {
    const [, movesOn, documented, words] = rowOf(beginning) as [string, string, string, string];
    const isGone = behaviour === "gone";
    if (!isGone) providers.openai.always(behaviour);

    const alone = await ask({ model: isGone ? "gone/gpt-4o" : "openai/gpt-4o", messages });
    expect([alone.status, alone.error?.type]).toEqual([status, type]);
    if (code !== undefined) expect(alone.error?.code).toBe(code);
    expect(documented === "the provider's" || documented === String(status)).toBe(true);
    expect(words).toContain(`\`${type}\``);
    if (code) expect(words.includes(`\`${code}\``) || code === type).toBe(true);
    if (status === 429) expect(alone.retryAfter).toBe("7");

    const withFallback = await ask({ model: isGone ? "gone" : "gpt-4o", messages });
    expect(withFallback.status).toBe(yes.get(movesOn) ?? status);
    expect(providers.claude.requests).toHaveLength(movesOn === "yes" ? 1 : 0);
  });
});
