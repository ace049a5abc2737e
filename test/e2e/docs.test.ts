/** The blocks of the guides that docs/README.md says are run: each against a gateway with its page's own gateway.yaml, with local providers in place of the vendors. */

import { execFile, spawn, type ChildProcess } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { parse, stringify } from "yaml";
import { findEnvoy } from "../../cli/process/find-envoy.ts";
import { freePort, testModule } from "../../cli/testing/sluice.ts";
import { build } from "../../scripts/build.ts";
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

const bootstraps = pages.flatMap(([, blocks]) => blocks.filter(({ info }) => info.has("envoy") || info.has("filters")));

describe("bootstraps", () => {
  test("there are two", () => expect(bootstraps.length).toBe(2));

  test.each(bootstraps.map((block) => [placeOf(block), block] as const))("%s", async (_, block) => {
    const folder = mkdtempSync(join(tmpdir(), "sluice-docs-"));
    const text = bootstrapOf(block);
    const variables = Object.fromEntries([...text.matchAll(/env:([A-Z]\w*)/g)].map((match) => [match[1]!, keyOf(match[1]!)]));
    const vendors = {
      openai: await startProvider({ protocol: "openai", keys: [variables.OPENAI_API_KEY!], tls: { names: ["api.openai.com"] } }),
      anthropic: await startProvider({
        protocol: "anthropic",
        keys: [variables.ANTHROPIC_API_KEY!],
        tls: { names: ["api.anthropic.com"] },
      }),
    };
    const port = await freePort();
    writeFileSync(join(folder, "ca.pem"), vendors.openai.ca!);
    writeFileSync(join(folder, "envoy.json"), JSON.stringify(moved(parse(text), vendors, port, await freePort(), join(folder, "ca.pem"))));
    const envoy = await startEnvoy(join(folder, "envoy.json"), variables);
    try {
      const answer = await ask(port, variables.ALICE_KEY!, envoy);
      expect(answer.status).toBe(200);
      expect(await answer.json()).toMatchObject({ choices: [{ message: { content: "Hello" } }] });
      expect((await ask(port, "sk-of-nobody", envoy)).status).toBe(401);
      expect(vendors.openai.requests).toHaveLength(1);
      if (block.info.has("filters")) {
        expect((await ask(port, variables.BOB_KEY!, envoy)).status).toBe(403);
        expect((await ask(port, variables.ALICE_KEY!, envoy, "gtp-4o")).status).toBe(404);
        vendors.openai.next({ error: { status: 429 } });
        expect((await ask(port, variables.ALICE_KEY!, envoy)).status).toBe(200);
        expect(vendors.anthropic.requests.map(({ json }) => json.model)).toEqual(["claude-sonnet-4-5"]);
      }
      for (const { refusals } of Object.values(vendors)) expect(refusals).toEqual([]);
    } finally {
      const ended = new Promise((resolve) => envoy.once("close", resolve));
      if (envoy.kill("SIGTERM")) await ended;
      for (const vendor of Object.values(vendors)) await vendor.stop();
      rmSync(folder, { recursive: true });
    }
  });
});

/** The whole bootstrap: the block itself, or the file that its filters are for, with these in it. */
function bootstrapOf({ text, info }: Block): string {
  const file = info.get("filters");
  if (file === undefined) return text;
  const { http_filters, upstream } = parse(text);
  const bootstrap = parse(readFileSync(join(root, file), "utf8"));
  bootstrap.static_resources.listeners[0].filter_chains[0].filters[0].typed_config.http_filters = http_filters;
  for (const cluster of bootstrap.static_resources.clusters) {
    for (const options of Object.values<any>(cluster.typed_extension_protocol_options ?? {}))
      if (options.http_filters !== undefined) options.http_filters[0] = upstream;
  }
  return JSON.stringify(bootstrap);
}

/** The same bootstrap on this machine: free ports, the modules as they are built, and local providers under the vendors' addresses. */
function moved(bootstrap: unknown, vendors: Record<string, Provider>, port: number, admin: number, ca: string): unknown {
  const names: Record<string, unknown> = { "8080": port, "9901": admin, "/etc/ssl/certs/ca-certificates.crt": ca };
  return JSON.parse(JSON.stringify(bootstrap), (key, value) => {
    if (key === "port_value" || key === "filename") {
      const module = /^dist\/envoy\/(.*)$/.exec(String(value))?.[1];
      return module === undefined
        ? (names[String(value)] ?? value)
        : module === "sluice.wasm"
          ? testModule
          : join(root, "dist/envoy", module);
    }
    const vendor = key === "socket_address" ? /^api\.(\w+)\.com$/.exec(value.address)?.[1] : undefined;
    return vendor === undefined ? value : { address: "127.0.0.1", port_value: vendors[vendor]!.port };
  });
}

async function startEnvoy(file: string, variables: Record<string, string>): Promise<ChildProcess> {
  await build(["sluice", "key-auth", "model-router", "ai-proxy"]);
  const { path } = await findEnvoy({ environment: process.env, tell: () => {} });
  return spawn(path, ["-c", file, "--disable-hot-restart", "--log-level", "critical"], {
    env: { ...process.env, ...variables },
    stdio: "ignore",
  });
}

/** Asks once Envoy listens. */
async function ask(port: number, key: string, envoy: ChildProcess, model = "gpt-4o"): Promise<Response> {
  for (;;) {
    const answer = await fetch(`http://127.0.0.1:${port}/v1/chat/completions`, {
      method: "POST",
      headers: { "content-type": "application/json", authorization: `Bearer ${key}` },
      body: JSON.stringify({ model, messages: [{ role: "user", content: "Hello" }] }),
    }).catch(() => null);
    if (answer !== null) return answer;
    if (envoy.exitCode !== null) throw new Error("Envoy has ended: its configuration is wrong");
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
