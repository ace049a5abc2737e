import { expect, test } from "vitest";
import { moduleOf } from "../../cli/envoy/module.ts";
import { renderGateway } from "../../cli/envoy/render.ts";
import { readGateway } from "../../cli/gateway/read.ts";
import { Gateway } from "./gateway.ts";
import { module } from "./modules.ts";
import { rendered } from "./rendered.ts";

const yaml = `version: 1
providers:
  first: { type: openai, keys: [env:FIRST_KEY] }
  second: { type: claude, keys: [second-key] }
  gone: { type: openai, keys: [third-key] }
models:
  - { match: gpt-*, to: first, fallback: [gone, { provider: second, model: claude-sonnet }] }
  - { match: "*", to: second }
`;

const question = (model: string): { path: string; headers: Record<string, string>; body: string } => ({
  path: "/v1/chat/completions",
  headers: { "content-type": "application/json" },
  body: JSON.stringify({ model, messages: [{ role: "user", content: "Hello" }] }),
});

const claudeAnswer = JSON.stringify({
  id: "msg_1",
  type: "message",
  role: "assistant",
  model: "claude-sonnet",
  content: [{ type: "text", text: "Good day" }],
  stop_reason: "end_turn",
  stop_sequence: null,
  usage: { input_tokens: 5, output_tokens: 3 },
});

test("a gateway.yaml runs as the CLI renders it: routes, plans, retries, keys", async () => {
  const { gateway, problems } = readGateway(yaml, ".");
  expect(problems.filter((problem) => problem.severity === "error")).toEqual([]);
  const files = renderGateway(gateway!, moduleOf(new Uint8Array(0), ["FIRST_KEY"]), "/etc/sluice", null);
  const scripts = {
    first: () => ({ status: 429, headers: { "content-type": "application/json" }, body: '{"error":{"message":"slow down"}}' }),
    second: () => ({ headers: { "content-type": "application/json" }, body: claudeAnswer }),
  };
  const host = await Gateway.start(rendered(files, await module("bundle"), scripts, { FIRST_KEY: "first-key" }));

  const failedOver = host.request(question("gpt-4o"));
  expect(failedOver).toMatchObject({ status: 200, ended: "complete" });
  expect(JSON.parse(failedOver.body)).toMatchObject({ choices: [{ message: { content: "Good day" } }] });
  expect(failedOver.attempts).toMatchObject([
    { provider: "first", path: "/v1/chat/completions", headers: { authorization: "Bearer first-key" } },
    { provider: "second", path: "/v1/messages", headers: { "x-api-key": "second-key" } },
  ]);

  expect(host.request(question("other")).attempts).toHaveLength(1);
  expect(host.request({ path: "/elsewhere" }).status).toBe(404);
});
