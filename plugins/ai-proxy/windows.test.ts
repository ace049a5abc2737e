import { describe, expect, test } from "vitest";
import type { Gateway } from "../../test/host/gateway.ts";
import { claudeAnswer, openaiAnswer } from "../../test/modules/answers.ts";
import { refusalOf } from "../../test/modules/configuration.ts";
import { startYaml } from "../../test/modules/gateway-yaml.ts";
import { forEachPackaging } from "../../test/modules/packagings.ts";
import { startPlans } from "../../test/modules/plans.ts";
import { chat, errorOf, post } from "../../test/modules/requests.ts";

/** Words without end, in which nothing repeats: about 7.9 characters each. */
const english = (words: number): string => Array.from({ length: words }, (_, i) => `word${(i * 7919) % 997}`).join(" ");
const says = (content: string, more: object = {}): ReturnType<typeof chat> => chat({ messages: [{ role: "user", content }], ...more });

describe("in a plan", () => {
  const start = (contextWindows: object = { "gpt-4o*": "1000", "*": "50000" }): Promise<Gateway> =>
    startPlans({
      providers: {
        short: { contextWindows, modelMapping: { "long-*": "huge" }, does: () => openaiAnswer("short") },
        long: { type: "claude", does: () => claudeAnswer("long") },
      },
      plans: [{ targets: ["short", "long"] }, { weight: 0, targets: ["long"] }, { weight: 0, targets: ["short"] }],
    });
  const asked = (gateway: Gateway, request: ReturnType<typeof chat>): string[] =>
    gateway.request(request).attempts.map(({ provider }) => provider);

  test.each<[string, object, string]>([
    ["a short prompt", {}, "short"],
    ["one that may just fit", { content: english(700) }, "short"],
    ["one that is surely too long", { content: english(1200) }, "long"],
    ["one with the answer that is asked for", { content: english(300), max_tokens: 900 }, "long"],
    ["an answer that alone is too long", { max_completion_tokens: 1001 }, "long"],
    ["blanks, which are few tokens", { content: " ".repeat(20_000) }, "short"],
    ["Russian, two bytes a letter", { content: "привет мир как дела ".repeat(220) }, "short"],
    ["the same, escaped", { content: "привет мир как дела ".repeat(220), escaped: true }, "short"],
    ["another model of the provider's", { content: english(1200), model: "long-x" }, "short"],
  ])("%s", async (_, { content = "Hi", escaped = false, ...more }: { content?: string; escaped?: boolean }, target) => {
    const gateway = await start();
    const request = says(content, more);
    const body = escaped
      ? (request.body as string).replaceAll(/[^\0-\x7f]/g, (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, "0")}`)
      : request.body!;
    expect(asked(gateway, { ...request, body })).toEqual([target]);
  });

  test("tools and results of tools count, pictures don't", async () => {
    const gateway = await start();
    const tool = { type: "function", function: { name: "f", description: english(2400), parameters: { type: "object" } } };
    expect(asked(gateway, says("Hi", { tools: [tool] }))).toEqual(["long"]);
    const image = { type: "image_url", image_url: { url: `data:image/png;base64,${"iVBORw0K".repeat(4000)}` } };
    expect(asked(gateway, chat({ messages: [{ role: "user", content: [image] }] }))).toEqual(["short"]);
  });

  test("what isn't a number of tokens is refused", async () => {
    const gateway = await start();
    const configuration = (window: string): object => ({
      "ai-proxy": { providers: [{ id: "a", type: "openai", contextWindows: { m: window } }] },
    });
    for (const window of ["128k", "0", "-1", "", "9999999999"])
      expect(refusalOf(gateway, configuration(window))).toContain(
        `ai-proxy: providers[0].contextWindows.m: found "${window}", expected a number of tokens from 1 to 999999999, in quotes`,
      );
  });
});

forEachPackaging(["ai-proxy"], (start) => {
  test("a prompt that nobody can take is refused in the client's protocol", async () => {
    const gateway = await start({ provider: { type: "openai", apiTokens: ["k"], contextWindows: { "*": "1000" } } });
    const answer = gateway.request(says(english(1200)));
    expect([answer.status, answer.attempts.length]).toEqual([400, 0]);
    expect(errorOf(answer)).toMatchObject({ type: "invalid_request_error", code: "context_length_exceeded" });
    expect(errorOf(answer).message).toMatch(/context window of 1000 tokens of "gpt-4o" at provider "provider": it has 1\d\d\d or more\./);
    const body = { model: "gpt-4o", max_tokens: 10, messages: [{ role: "user", content: english(1200) }] };
    const claude = gateway.request(post(JSON.stringify(body), { "anthropic-version": "2023-06-01" }, "/v1/messages"));
    expect(claude.status).toBe(400);
    expect(JSON.parse(claude.body)).toMatchObject({ type: "error", error: { type: "invalid_request_error" } });
    expect(gateway.request(says("Hi")).status).toBe(200);
  });
});

test("gateway.yaml's windows reach the plan", async () => {
  const gateway = await startYaml(
    `
version: 1
providers:
  local: { type: openai, keys: [k], windows: { "qwen*": 1000 }, models: { "*": qwen3 } }
  far: { type: openai, keys: [k] }
models: [{ match: "*", to: local, fallback: far }]
`,
    { local: () => openaiAnswer("local"), far: () => openaiAnswer("far") },
  );
  expect(gateway.request(says(english(1200))).attempts.map(({ provider }) => provider)).toEqual(["far"]);
  expect(gateway.request(says("Hi")).attempts.map(({ provider }) => provider)).toEqual(["local"]);
});
