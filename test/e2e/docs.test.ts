/** The blocks of the guides that docs/README.md says are run: each against a gateway with its page's own gateway.yaml, with local providers in place of the vendors. */

import { execFile, spawn, type ChildProcess } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { parse, stringify } from "yaml";
import { findEnvoy } from "../../cli/process/find-envoy.ts";
import { freePort, testModule } from "../../cli/testing/sluice.ts";
import { blocksOf, documents, placeOf, root, type Block } from "../docs/blocks.ts";
import { startProvider, type Provider } from "../providers/provider.ts";
import { startGateway, type TestGateway } from "./gateway.ts";

const pages = documents().map((file) => [file, blocksOf(file)] as const);

const protocols = { openai: "openai", claude: "anthropic", gemini: "gemini" } as const;
const keyOf = (variable: string): string => `secret-${variable.toLowerCase()}`;

describe.each(pages.filter(([, blocks]) => blocks.some(({ info }) => info.has("run"))))("%s", (file, blocks) => {
  const yaml = blocks.find(({ language, info, text }) => language === "yaml" && info.size === 0 && /^version:/m.test(text));
  const runs = blocks.filter(({ info }) => info.has("run"));
  const providers: Provider[] = [];
  let gateway: TestGateway;
  let variables: Record<string, string>;
  /** In the repository, so that a script finds the packages that it imports. */
  const folder = join(root, "build/docs", file.replaceAll(/\W/g, "-"));

  beforeAll(async () => {
    if (yaml === undefined) throw new Error(`${file} has blocks to run and no whole gateway.yaml`);
    const { version: _version, listen: _listen, admin: _admin, ...config } = parse(yaml.text);
    variables = Object.fromEntries([...yaml.text.matchAll(/env:(\w+)/g)].map((match) => [match[1]!, keyOf(match[1]!)]));
    for (const [name, provider] of Object.entries<{ type: keyof typeof protocols; keys: string[]; url?: string }>(config.providers)) {
      const keys = provider.keys.map((key) => keyOf(key.slice("env:".length)));
      const local = await startProvider({ protocol: protocols[provider.type], keys });
      providers.push(local);
      config.providers[name].url = local.url;
    }
    gateway = await startGateway(stringify(config), { environment: variables });
    mkdirSync(folder, { recursive: true });
  });
  afterAll(async () => {
    await gateway?.stop();
    for (const provider of providers) await provider.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  test.each(runs.map((block) => [placeOf(block), block] as const))("%s", async (_, block) => {
    const { stdout } = await run(block, folder, gateway.url, variables);
    expect(stdout).toContain(block.info.get("run"));
    expect(stdout.trim()).not.toBe("");
    for (const provider of providers) expect(provider.refusals).toEqual([]);
  });
});

/** Fails if the block doesn't end with status 0. */
function run(block: Block, folder: string, url: string, variables: Record<string, string>): Promise<{ stdout: string }> {
  const text = block.text.replaceAll("http://127.0.0.1:8080", url);
  const script = join(folder, `line-${block.line}.${block.language === "python" ? "py" : block.language}`);
  writeFileSync(script, text);
  const commands: Record<string, [string, string[]]> = {
    // Failures as they are for a reader: a curl that is refused still prints the answer.
    sh: ["bash", ["-eu", "-o", "pipefail", script]],
    python: [join(root, ".venv/bin/python"), [script]],
    ts: [process.execPath, [script]],
  };
  const [command, args] = commands[block.language]!;
  return promisify(execFile)(command, args, { cwd: root, env: { ...process.env, ...variables }, timeout: 60_000 });
}

const bootstraps = pages.flatMap(([, blocks]) => blocks.filter(({ info }) => info.has("envoy")));

describe("bootstraps", () => {
  test("there is one", () => expect(bootstraps.length).toBeGreaterThan(0));

  test.each(bootstraps.map((block) => [placeOf(block), block] as const))("%s", async (_, { text }) => {
    const folder = mkdtempSync(join(tmpdir(), "sluice-docs-"));
    const variables = Object.fromEntries([...text.matchAll(/"env:(\w+)"/g)].map((match) => [match[1]!, keyOf(match[1]!)]));
    const openai = await startProvider({ protocol: "openai", keys: [variables.OPENAI_API_KEY!], tls: { names: ["api.openai.com"] } });
    const port = await freePort();
    writeFileSync(join(folder, "ca.pem"), openai.ca!);
    writeFileSync(
      join(folder, "envoy.yaml"),
      text
        .replace("port_value: 8080", `port_value: ${port}`)
        .replace("port_value: 9901", `port_value: ${await freePort()}`)
        .replace("dist/envoy/sluice.wasm", testModule)
        .replaceAll("/etc/ssl/certs/ca-certificates.crt", join(folder, "ca.pem"))
        .replace("address: api.openai.com, port_value: 443", `address: 127.0.0.1, port_value: ${openai.port}`),
    );
    const envoy = await startEnvoy(join(folder, "envoy.yaml"), variables);
    try {
      const answer = await ask(port, variables.ALICE_KEY!, envoy);
      expect(answer.status).toBe(200);
      expect(await answer.json()).toMatchObject({ choices: [{ message: { content: "Hello" } }] });
      expect((await ask(port, "sk-of-nobody", envoy)).status).toBe(401);
      expect(openai.requests).toHaveLength(1);
      expect(openai.refusals).toEqual([]);
    } finally {
      const ended = new Promise((resolve) => envoy.once("close", resolve));
      if (envoy.kill("SIGTERM")) await ended;
      await openai.stop();
      rmSync(folder, { recursive: true });
    }
  });
});

async function startEnvoy(file: string, variables: Record<string, string>): Promise<ChildProcess> {
  const { path } = await findEnvoy({ environment: process.env, tell: () => {} });
  return spawn(path, ["-c", file, "--disable-hot-restart", "--log-level", "critical"], {
    env: { ...process.env, ...variables },
    stdio: "ignore",
  });
}

/** Asks once Envoy listens. */
async function ask(port: number, key: string, envoy: ChildProcess): Promise<Response> {
  for (;;) {
    const answer = await fetch(`http://127.0.0.1:${port}/v1/chat/completions`, {
      method: "POST",
      headers: { "content-type": "application/json", authorization: `Bearer ${key}` },
      body: JSON.stringify({ model: "gpt-4o", messages: [{ role: "user", content: "Hello" }] }),
    }).catch(() => null);
    if (answer !== null) return answer;
    if (envoy.exitCode !== null) throw new Error("Envoy has ended: its configuration is wrong");
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
