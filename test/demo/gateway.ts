/** The demo's gateway: three local providers, a gateway.yaml that names them, and `sluice up` with it. */

import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { startProvider, type Provider } from "../providers/provider.ts";
import type { RealProvider } from "./real-providers.ts";

const command = fileURLToPath(new URL("../../cli/bin/sluice.js", import.meta.url));

export type LocalName = "openai" | "claude" | "gemini";
const protocols = { openai: "openai", claude: "anthropic", gemini: "gemini" } as const;
const keyVariable = { openai: "DEMO_OPENAI_KEY", claude: "DEMO_CLAUDE_KEY", gemini: "DEMO_GEMINI_KEY" } as const;

/** A line of the access log. docs/facts.md says what `facts` may hold. */
export interface LogLine {
  readonly method: string;
  readonly status: number;
  readonly duration_ms: number;
  readonly attempts: number;
  readonly facts: Readonly<Record<string, unknown>>;
}

export interface DemoGateway {
  /** With `/v1`, as SDKs want it. */
  readonly url: string;
  /** The consumer's key. */
  readonly key: string;
  readonly file: string;
  /** Set if a usual port was taken. */
  readonly remark: string | null;
  readonly providers: Readonly<Record<LocalName, Provider>>;
  /** The key that the gateway has for each of them. */
  readonly providerKeys: Readonly<Record<LocalName, string>>;
  /** The next line of the access log, of a POST, that isn't taken yet; null if the gateway ends, or none comes. */
  nextLog(): Promise<LogLine | null>;
  /** Called for each line from now on, in place of `nextLog`. */
  onLog(listener: (line: LogLine) => void): void;
  /** Resolves if the gateway ends by itself. */
  readonly ended: Promise<void>;
  /** Lets requests in flight end, stops everything, and removes the folder. */
  stop(): Promise<void>;
}

/** Starts everything; the caller stops it. Fails with what `sluice up` said if it doesn't start. */
export async function startGateway(real: readonly RealProvider[]): Promise<DemoGateway> {
  const folder = mkdtempSync(join(tmpdir(), "sluice-demo-"));
  const providerKeys = { openai: newKey("openai"), claude: newKey("claude"), gemini: newKey("gemini") };
  const providers = {
    openai: await startLocal("openai", providerKeys),
    claude: await startLocal("claude", providerKeys),
    gemini: await startLocal("gemini", providerKeys),
  };
  const key = "sk-demo";
  const port = await freePort(8080);
  const admin = await freePort(9901);
  const file = join(folder, "gateway.yaml");
  writeFileSync(file, gatewayYaml(port, admin, providers, real));

  const child = spawn(process.execPath, [command, "up", file, "--drain", "5"], {
    env: {
      ...process.env,
      DEMO_CONSUMER_KEY: key,
      ...Object.fromEntries(Object.entries(keyVariable).map(([name, variable]) => [variable, providerKeys[name as LocalName]])),
    },
    stdio: ["ignore", "pipe", "pipe"],
    // In a group of its own: Ctrl+C is the demo's to hear, which then stops it in order.
    detached: true,
  });
  const log = new LogReader(child.stdout);
  let said = "";
  const up = new Promise<void>((resolve) => {
    child.stderr.on("data", (chunk: Buffer) => {
      said += chunk.toString();
      if (said.includes("Stop with Ctrl+C.")) resolve();
    });
  });
  const ended = new Promise<void>((resolve) => {
    child.once("error", (error) => {
      said += error.message;
      resolve();
    });
    child.once("exit", () => resolve());
  });
  const clean = async (): Promise<void> => {
    await Promise.all(Object.values(providers).map((provider) => provider.stop()));
    rmSync(folder, { recursive: true, force: true });
  };
  // Whatever ends the demo, no Envoy stays behind.
  process.once("exit", () => child.kill("SIGTERM"));
  await Promise.race([up, ended]);
  if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) {
    await clean();
    throw new Error(`sluice up did not start:\n${said}`);
  }

  return {
    url: `http://127.0.0.1:${port}/v1`,
    key,
    file,
    remark: port === 8080 ? null : `port 8080 is taken, so it listens on ${port}`,
    providers,
    providerKeys,
    nextLog: () => log.next(),
    onLog: (listener) => log.onLine(listener),
    ended,
    async stop() {
      child.kill("SIGINT");
      await ended;
      await clean();
    },
  };
}

function gatewayYaml(port: number, admin: number, providers: Record<LocalName, Provider>, real: readonly RealProvider[]): string {
  const realProviders = real.map(
    ({ name, type, keyVariable, url }) => `  ${name}: { type: ${type}, keys: [env:${keyVariable}]${url ? `, url: ${url}` : ""} }\n`,
  );
  const realModels = real.map(({ name, model }) => `  - { match: ${name}, to: { provider: ${name}, model: ${model} } }\n`);
  return `# Written by \`make demo\`. The providers openai, claude and gemini are servers on this machine that speak these vendors' wire.
version: 1
listen: 127.0.0.1:${port}
admin: 127.0.0.1:${admin}
providers:
  openai: { type: openai, keys: [env:${keyVariable.openai}], url: ${providers.openai.url} }
  claude: { type: claude, keys: [env:${keyVariable.claude}], url: ${providers.claude.url} }
  gemini: { type: gemini, keys: [env:${keyVariable.gemini}], url: ${providers.gemini.url} }
${realProviders.join("")}models:
  - match: gpt-*
    names: [gpt-4o]
    to: openai
    fallback: { provider: claude, model: claude-sonnet-4-5 }
  - match: claude-*
    names: [claude-sonnet-4-5]
    to: claude
  - match: gemini-*
    names: [gemini-2.5-flash]
    to: gemini
${realModels.join("")}consumers:
  - { name: demo, keys: [env:DEMO_CONSUMER_KEY] }
`;
}

function startLocal(name: LocalName, keys: Record<LocalName, string>): Promise<Provider> {
  return startProvider({ protocol: protocols[name], keys: [keys[name]] });
}

function newKey(name: LocalName): string {
  return `sk-${name}-${randomBytes(12).toString("hex")}`;
}

/** The port that is asked for, or a free one if somebody has it. */
async function freePort(wanted: number): Promise<number> {
  return (await tryPort(wanted)) ?? (await tryPort(0))!;
}

function tryPort(port: number): Promise<number | null> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", () => resolve(null));
    server.listen({ port, host: "127.0.0.1", exclusive: true }, () => {
      const { port: free } = server.address() as AddressInfo;
      server.close(() => resolve(free));
    });
  });
}

/** Envoy writes its access log about once a second. */
const patience = 5_000;

class LogReader {
  readonly #lines: LogLine[] = [];
  #listener: ((line: LogLine) => void) | null = null;
  #ended = false;
  #wake: () => void = () => {};

  constructor(stream: NodeJS.ReadableStream) {
    const reader = createInterface({ input: stream });
    reader.on("line", (text) => {
      const line = JSON.parse(text) as LogLine;
      // `sluice up` itself asks for the models, to see whether the gateway is ready.
      if (line.method === "GET") return;
      if (this.#listener) this.#listener(line);
      else this.#lines.push(line);
      this.#wake();
    });
    reader.on("close", () => {
      this.#ended = true;
      this.#wake();
    });
  }

  async next(): Promise<LogLine | null> {
    const end = Date.now() + patience;
    while (this.#lines.length === 0 && !this.#ended && Date.now() < end) await this.#change(end - Date.now());
    return this.#lines.shift() ?? null;
  }

  onLine(listener: (line: LogLine) => void): void {
    this.#listener = listener;
    for (const line of this.#lines.splice(0)) listener(line);
  }

  #change(milliseconds: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, milliseconds);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}
