/** What an attempt writes into the request's headers is seen by an access log that somebody adds to Envoy's configuration: never a provider's key. */
import { spawn, type ChildProcess } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { httpRequest } from "../../cli/process/admin.ts";
import { findEnvoy } from "../../cli/process/find-envoy.ts";
import { freePort, startSession, testModule, type Session } from "../../cli/testing/sluice.ts";
import { startProvider, type Provider } from "../providers/provider.ts";

const key = "sk-provider-in-log-7a1c";
let provider: Provider;
let session: Session;
let envoy: ChildProcess;
let port: number;

beforeAll(async () => {
  provider = await startProvider({ protocol: "openai", keys: [key] });
  session = startSession();
  port = await freePort();
  session.write(
    "gateway.yaml",
    `version: 1
listen: 127.0.0.1:${port}
admin: 127.0.0.1:${await freePort()}
access_log: access.log
providers: { openai: { type: openai, url: "${provider.url}", keys: [env:OPENAI_KEY] } }
models: [{ match: "*", to: openai }]
`,
  );
  const environment = { OPENAI_KEY: key };
  expect((await session.run(["render", "gateway.yaml", "--module", testModule], environment)).status).toBe(0);
  const folder = join(session.folder, ".sluice");
  const listeners = readFileSync(join(folder, "lds.json"), "utf8");
  const curious = listeners.replace('\\"attempts\\"', '\\"authorization\\":\\"%REQ(AUTHORIZATION)%\\",\\"attempts\\"');
  expect(curious).not.toBe(listeners);
  writeFileSync(join(folder, "lds.json"), curious);
  const { path } = await findEnvoy({ environment: process.env, tell: () => {} });
  const args = ["-c", join(folder, "bootstrap.json"), "--log-level", "error", "--disable-hot-restart", "--file-flush-interval-msec", "100"];
  envoy = spawn(path, args, { stdio: "ignore", env: { ...process.env, ...environment } });
  const asked = { host: "127.0.0.1", port, method: "GET", path: "/v1/models", authority: "x" };
  for (let i = 0; i < 200 && (await httpRequest(asked))?.status !== 200; i++) await new Promise((resolve) => setTimeout(resolve, 100));
});
afterAll(async () => {
  const ended = new Promise((resolve) => envoy.once("exit", resolve));
  envoy.kill();
  await ended;
  await session.close();
  await provider.stop();
});

test.each([true, false])("streams: %s", async (stream) => {
  const asked = await fetch(`http://127.0.0.1:${port}/v1/chat/completions`, {
    method: "POST",
    headers: { "content-type": "application/json", "x-request-id": `asked-${stream}` },
    body: JSON.stringify({ model: "gpt-4o", stream, messages: [{ role: "user", content: "Hi" }] }),
  });
  await asked.text();
  expect(asked.status).toBe(200);
  expect(provider.requests.at(-1)!.headers["authorization"]).toBe(`Bearer ${key}`);
  const lines = (): string => readFileSync(join(session.folder, "access.log"), "utf8");
  await expect.poll(() => lines().match(/"path":"\/v1\/chat\/completions"/g)?.length ?? 0, { timeout: 10_000 }).toBe(stream ? 1 : 2);
  expect(lines()).toContain('"authorization":"-"');
  expect(lines()).not.toContain(key);
});
