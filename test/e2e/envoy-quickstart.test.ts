/** The example in envoy/quickstart is what its comments say: its own addresses, with local providers in place of the vendors. */

import { spawn, type ChildProcess } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import { findEnvoy } from "../../cli/process/find-envoy.ts";
import { freePort, testModule } from "../../cli/testing/sluice.ts";
import { startProvider, type Provider } from "../providers/provider.ts";

let folder: string;
let envoy: ChildProcess;
let output = "";
let openai: Provider;
let claude: Provider;
let port: number;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "sluice-quickstart-"));
  openai = await startProvider({ protocol: "openai", keys: ["sk-openai"], tls: { names: ["api.openai.com"] }, http2: true });
  claude = await startProvider({ protocol: "anthropic", keys: ["sk-claude"], tls: { names: ["api.anthropic.com"] }, http2: true });
  port = await freePort();
  writeFileSync(join(folder, "ca.pem"), openai.ca!);
  const example = readFileSync(fileURLToPath(new URL("../../envoy/quickstart/envoy.yaml", import.meta.url)), "utf8");
  const here = example
    .replace("port_value: 8080", `port_value: ${port}`)
    .replace("port_value: 9901", `port_value: ${await freePort()}`)
    .replace("dist/envoy/sluice.wasm", testModule)
    .replaceAll("/etc/ssl/certs/ca-certificates.crt", join(folder, "ca.pem"))
    .replace("address: api.openai.com, port_value: 443", `address: 127.0.0.1, port_value: ${openai.port}`)
    .replace("address: api.anthropic.com, port_value: 443", `address: 127.0.0.1, port_value: ${claude.port}`);
  writeFileSync(join(folder, "envoy.yaml"), here);
  const { path } = await findEnvoy({ environment: process.env, tell: () => {} });
  envoy = spawn(
    path,
    ["-c", join(folder, "envoy.yaml"), "--disable-hot-restart", "--log-level", "warning", "--file-flush-interval-msec", "100"],
    {
      env: { ...process.env, OPENAI_API_KEY: "sk-openai", ANTHROPIC_API_KEY: "sk-claude" },
      stdio: ["ignore", "pipe", "pipe"],
    },
  );
  for (const stream of [envoy.stdout!, envoy.stderr!]) stream.on("data", (chunk: Buffer) => (output += chunk.toString()));
  while ((await fetch(`http://127.0.0.1:${port}/v1/models`).catch(() => null)) === null) {
    if (envoy.exitCode !== null) throw new Error(`Envoy ended:\n${output}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
});

afterAll(async () => {
  const ended = new Promise((resolve) => envoy.once("close", resolve));
  envoy.kill("SIGTERM");
  await ended;
  await openai.stop();
  await claude.stop();
  rmSync(folder, { recursive: true });
});

async function ask(model: string): Promise<{ status: number; body: any }> {
  const answer = await fetch(`http://127.0.0.1:${port}/v1/chat/completions`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ model, messages: [{ role: "user", content: "Hello" }] }),
  });
  return { status: answer.status, body: await answer.json() };
}

test("the first provider answers", async () => {
  const { status, body } = await ask("gpt-4o");
  expect([status, body.choices[0].message.role]).toEqual([200, "assistant"]);
  expect(openai.requests.at(-1)).toMatchObject({
    path: "/v1/chat/completions",
    httpVersion: "2.0",
    headers: { authorization: "Bearer sk-openai" },
  });
});

test("when it fails, the second does, in its own protocol; the client sees no difference", async () => {
  openai.next({ error: { status: 429 } });
  const { status, body } = await ask("gpt-4o");
  expect([status, body.choices[0].message.role]).toEqual([200, "assistant"]);
  expect(claude.requests.at(-1)).toMatchObject({ path: "/v1/messages", json: { model: "claude-sonnet-4-5" } });
});

test("a model that nobody serves is refused, and near names are listed", async () => {
  const { status, body } = await ask("gtp-4o");
  expect(status).toBe(404);
  expect(body.error.message).toContain("gpt-4o");
});

test("the access log tells what happened", async () => {
  await ask("gpt-4o");
  while (!output.includes('"provider":"openai"')) await new Promise((resolve) => setTimeout(resolve, 50));
  expect(output).not.toContain("sk-openai");
});
