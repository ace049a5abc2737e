/** A gateway for one test file: `sluice up` as users run it, on a real Envoy, in front of providers that refuse what the vendors refuse. README.md says how. */

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import Anthropic from "@anthropic-ai/sdk";
import OpenAI from "openai";
import { build } from "../../scripts/build.ts";
import { httpRequest } from "../../cli/process/admin.ts";
import { freePort, startSession, type Outcome, type RunningCommand, type Session } from "../../cli/testing/sluice.ts";
import { startProvider, type Provider } from "../providers/provider.ts";
import { defectsIn } from "./envoy-log.ts";

/** Keys that the gateway has for the providers of `startProviders`, by environment variable. */
export const providerKeys = {
  OPENAI_KEY: "sk-provider-openai-1f3a",
  CLAUDE_KEY: "sk-ant-provider-claude-2b4c",
  GEMINI_KEY: "AIza-provider-gemini-3d5e",
} as const;

export type ProviderName = keyof typeof models;
export type Providers = Readonly<Record<ProviderName, Provider>>;

/** Three vendors, each of which takes only its own key. */
export async function startProviders(): Promise<Providers> {
  return {
    openai: await startProvider({ protocol: "openai", keys: [providerKeys.OPENAI_KEY] }),
    claude: await startProvider({ protocol: "anthropic", keys: [providerKeys.CLAUDE_KEY] }),
    gemini: await startProvider({ protocol: "gemini", keys: [providerKeys.GEMINI_KEY] }),
  };
}

/** The `providers` of a gateway.yaml for them; `more` are further lines. */
export function providersYaml({ openai, claude, gemini }: Providers, ...more: string[]): string {
  return [
    "providers:",
    `  openai: { type: openai, url: ${openai.url}, keys: [env:OPENAI_KEY] }`,
    `  claude: { type: claude, url: ${claude.url}, keys: [env:CLAUDE_KEY] }`,
    `  gemini: { type: gemini, url: ${gemini.url}, keys: [env:GEMINI_KEY] }`,
    ...more.map((line) => `  ${line}`),
    "",
  ].join("\n");
}

/** A model of each of them. */
export const models = { openai: "gpt-4o", claude: "claude-sonnet-4-5", gemini: "gemini-2.5-flash" } as const;

/** A line of the access log. */
export interface LogLine {
  readonly method: string;
  readonly status: number;
  readonly flags: string;
  readonly details: string;
  readonly attempts: number;
  readonly facts: Readonly<Record<string, unknown>>;
}

export interface GatewayOptions {
  /** Variables beside `providerKeys`. */
  readonly environment?: Record<string, string>;
  /** Files that the gateway.yaml names. */
  readonly files?: Record<string, string>;
  /** Whether a failure counts for later requests, as it does for users. Default: false. */
  readonly remembersFailures?: boolean;
  /** Words that Envoy may say about this gateway, and that would else be a defect. */
  readonly expectedInLog?: RegExp;
}

export class TestGateway {
  readonly port: number;
  readonly adminPort: number;
  readonly #session: Session;
  readonly #command: RunningCommand;
  readonly #options: GatewayOptions;
  #marks = 0;
  #linesSeen = 0;

  constructor(ports: { port: number; admin: number }, session: Session, command: RunningCommand, options: GatewayOptions) {
    this.port = ports.port;
    this.adminPort = ports.admin;
    this.#session = session;
    this.#command = command;
    this.#options = options;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** The official SDK, which asks once. */
  client(options: ConstructorParameters<typeof OpenAI>[0] = {}): OpenAI {
    return new OpenAI({ apiKey: "sk-client", baseURL: `${this.url}/v1`, maxRetries: 0, ...options });
  }

  /** Anthropic's official SDK, which asks once. */
  anthropic(options: ConstructorParameters<typeof Anthropic>[0] = {}): Anthropic {
    return new Anthropic({ apiKey: "sk-client", baseURL: this.url, maxRetries: 0, ...options });
  }

  /** A request with a JSON body (or, for text and bytes, that one), as fetch sends it. */
  post(path: string, body: unknown, headers: Record<string, string> = {}): Promise<Response> {
    return fetch(this.url + path, {
      method: "POST",
      headers: { "content-type": "application/json", ...headers },
      body: typeof body === "string" || body instanceof Uint8Array ? (body as BodyInit) : JSON.stringify(body),
    });
  }

  /** What Envoy's admin interface answers at this path. */
  async admin(path: string): Promise<string> {
    const answer = await httpRequest({ host: "127.0.0.1", port: this.adminPort, method: "GET", path, authority: "admin" });
    if (answer?.status !== 200) throw new Error(`the admin interface answers ${answer?.status} at ${path}`);
    return answer.body;
  }

  /** A counter or gauge; 0 if there is none. */
  async stat(name: string): Promise<number> {
    const text = await this.admin("/stats");
    const line = text.split("\n").find((found) => found.startsWith(`${name}: `));
    return line === undefined ? 0 : Number(line.slice(name.length + 2));
  }

  /** Lines of the access log since the last call, once all requests that have begun are in it. */
  async newLines(): Promise<LogLine[]> {
    while ((await this.stat("http.gateway.downstream_rq_active")) > 0) await pause();
    const mark = `/sluice/mark-${++this.#marks}`;
    await (await fetch(this.url + mark)).text();
    for (;;) {
      const lines = this.accessLog;
      const end = lines.findIndex(({ facts }, index) => index >= this.#linesSeen && facts["path"] === mark);
      if (end >= 0) {
        const fresh = lines.slice(this.#linesSeen, end);
        this.#linesSeen = end + 1;
        return fresh;
      }
      if (this.#command.outcome.status !== null) throw new Error("the gateway has ended");
      await pause();
    }
  }

  /** All whole lines of the access log so far. */
  get accessLog(): LogLine[] {
    return this.#command.outcome.output
      .split("\n")
      .slice(0, -1)
      .map((line) => JSON.parse(line) as LogLine);
  }

  /** Everything that `sluice up` and Envoy have said, access log included. */
  get output(): string {
    return this.#command.outcome.output + this.#command.outcome.errors;
  }

  /** Where Envoy's files are. */
  get directory(): string {
    return join(this.#session.folder, ".sluice");
  }

  /** `sluice render` with another file, into the running gateway. */
  async render(yaml: string): Promise<Outcome> {
    writeFileSync(join(this.#session.folder, "gateway.yaml"), this.#head() + yaml);
    return this.#session.run(["render", "gateway.yaml", ...moduleArguments()], this.#environment());
  }

  /** Ends it. Throws if Envoy's log tells of a trap, a critical error or a crash, so that no test passes over one. */
  async stop(): Promise<void> {
    this.#command.signal("SIGTERM");
    const { status } = await this.#command.ended;
    await this.#session.close();
    const defects = defectsIn(this.#command.outcome.errors, this.#options.expectedInLog);
    if (status !== 0) defects.push(`sluice up ended with status ${status}`);
    if (defects.length > 0) throw new Error(`Envoy's log has:\n${defects.join("\n")}`);
  }

  #head(): string {
    return head(this.port, this.adminPort, this.#options.remembersFailures ?? false);
  }

  #environment(): Record<string, string> {
    return { ...providerKeys, ...this.#options.environment };
  }
}

/** Starts a gateway with this gateway.yaml, without the `version`, `listen` and `admin` that are written here; ready for requests. */
export async function startGateway(yaml: string, options: GatewayOptions = {}): Promise<TestGateway> {
  if (process.env.SLUICE_TEST_MODULE === undefined) await build(["sluice"]);
  const session = startSession();
  const ports = { port: await freePort(), admin: await freePort() };
  session.write("gateway.yaml", head(ports.port, ports.admin, options.remembersFailures ?? false) + yaml);
  for (const [name, text] of Object.entries(options.files ?? {})) session.write(name, text);
  const command = await session.up("gateway.yaml", { ...providerKeys, ...options.environment }, ["--drain", "0"]);
  if (command.outcome.status !== null) {
    await session.close();
    throw new Error(`sluice up ended with status ${command.outcome.status}:\n${command.outcome.errors}`);
  }
  return new TestGateway(ports, session, command, options);
}

/** Tests fail providers on purpose, each for itself. */
function head(port: number, admin: number, remembers: boolean): string {
  return `version: 1\nlisten: 127.0.0.1:${port}\nadmin: 127.0.0.1:${admin}\nremember_failures: ${remembers}\n`;
}

function moduleArguments(): string[] {
  const named = process.env.SLUICE_TEST_MODULE;
  return named === undefined ? [] : ["--module", named];
}

function pause(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 10));
}
