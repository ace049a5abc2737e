/** OpenAI's SDK for Python against three protocols: its reader of streams is another one than that for JavaScript. */

import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import { models, providersYaml, startGateway, startProviders, type Providers, type TestGateway } from "./gateway.ts";

const python = fileURLToPath(new URL("../../.venv/bin/python", import.meta.url));
const script = fileURLToPath(new URL("python/round_trip.py", import.meta.url));

let providers: Providers;
let gateway: TestGateway;
beforeAll(async () => {
  if (!existsSync(python)) throw new Error(`${python} isn't there: make .venv/openai-python`);
  providers = await startProviders();
  gateway = await startGateway(
    providersYaml(providers) +
      "models:\n  - { match: gpt-*, to: openai }\n  - { match: claude-*, to: claude }\n  - { match: gemini-*, to: gemini }\n",
  );
});
afterAll(async () => {
  await gateway?.stop();
  for (const provider of Object.values(providers)) await provider.stop();
});

test("a stream, a tool round trip and an error, on all three protocols", async () => {
  const { stdout } = await promisify(execFile)(python, [script, `${gateway.url}/v1`, ...Object.values(models)]);
  const told = stdout
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as unknown);
  expect(told).toEqual(
    Object.values(models).map((model) => ({
      model,
      stream: { text: "Grüße aus Python", finish: ["stop"], counted: true },
      tool: expect.stringContaining("fog in Lima"),
      refusal: ["NotFoundError", 404, "model_not_found", "model"],
    })),
  );
  for (const provider of Object.values(providers)) expect(provider.refusals).toEqual([]);
});
