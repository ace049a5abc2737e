/** The gateway under test: gateway.yaml rendered, and Envoy run from the folder, so that it can be restarted hot. */
import { spawn, type ChildProcess } from "node:child_process";
import { join } from "node:path";
import { findEnvoy } from "../../cli/process/find-envoy.ts";
import { freePort, startSession, testModule, type Session } from "../../cli/testing/sluice.ts";
import { drainMilliseconds, loadGateway, renderFor } from "../../cli/commands/load.ts";
import { runningFrom, updateFolder, writeFolder } from "../../cli/process/folder.ts";
import { httpRequest } from "../../cli/process/admin.ts";
import { badKey, faults, goodKey, limits } from "./faults.ts";
import type { ProviderServer } from "./provider.ts";

export class ChaosGateway {
  readonly port: number;
  readonly adminPort: number;
  readonly #session: Session;
  readonly #envoys: ChildProcess[] = [];
  readonly #baseId = 20_000 + Math.floor(Math.random() * 20_000);
  #log = "";
  #reloads = 0;

  readonly #envoy: string;

  private constructor(session: Session, envoy: string, port: number, adminPort: number) {
    this.#session = session;
    this.#envoy = envoy;
    this.port = port;
    this.adminPort = adminPort;
  }

  static async start(servers: readonly [ProviderServer, ProviderServer]): Promise<ChaosGateway> {
    const session = startSession();
    const envoy = await findEnvoy({ environment: process.env, tell: () => {} });
    const gateway = new ChaosGateway(session, envoy.path, await freePort(), await freePort());
    await gateway.#render(servers);
    gateway.#spawn();
    await gateway.#ready();
    return gateway;
  }

  get pid(): number {
    return this.#envoys.at(-1)!.pid!;
  }

  /** Renders the file anew, with one thing changed that nobody sees: clusters, filter and routes are replaced while requests run. */
  async reload(servers: readonly [ProviderServer, ProviderServer]): Promise<void> {
    this.#reloads++;
    await this.#render(servers);
  }

  /** Another Envoy takes over the sockets; the former one ends what it has begun. */
  async restartHot(): Promise<void> {
    const former = this.#envoys.at(-1)!;
    const ended = new Promise<void>((resolve) => former.once("exit", () => resolve()));
    this.#spawn();
    await ended;
  }

  /** Traps and crashes that Envoy's log tells of. */
  get defects(): string[] {
    return this.#log
      .split("\n")
      .filter((line) => /wasm.*(trap|RuntimeError|unreachable|Uncaught)|Caught Segmentation|assert failure/i.test(line));
  }

  async stop(): Promise<void> {
    for (const envoy of this.#envoys) {
      if (envoy.exitCode !== null) continue;
      const ended = new Promise<void>((resolve) => envoy.once("exit", () => resolve()));
      envoy.kill("SIGTERM");
      await ended;
    }
    await this.#session.close();
  }

  get #directory(): string {
    return join(this.#session.folder, ".sluice");
  }

  async #render(servers: readonly [ProviderServer, ProviderServer]): Promise<void> {
    this.#session.write("gateway.yaml", yamlOf(servers, this.port, this.adminPort, this.#reloads));
    // In this process: a command of its own each second would be a good part of the machine's load.
    const file = join(this.#session.folder, "gateway.yaml");
    const loaded = loadGateway(file);
    const rendered = renderFor(loaded, this.#directory, testModule, null);
    const running = await runningFrom(this.#directory);
    if (running === null) writeFolder(rendered, this.#directory);
    else await updateFolder(rendered, this.#directory, running, drainMilliseconds(loaded.gateway));
  }

  #spawn(): void {
    const envoy = spawn(
      this.#envoy,
      [
        ["--config-path", join(this.#directory, "bootstrap.json")],
        ["--base-id", String(this.#baseId), "--restart-epoch", String(this.#envoys.length)],
        ["--parent-shutdown-time-s", "8", "--drain-time-s", "4", "--drain-strategy", "immediate"],
        ["--concurrency", "2", "--log-level", "warning"],
      ].flat(),
      { stdio: ["ignore", "ignore", "pipe"], env: { ...process.env, ...environment } },
    );
    envoy.stderr!.on("data", (chunk: Buffer) => (this.#log += chunk.toString()));
    this.#envoys.push(envoy);
  }

  async #ready(): Promise<void> {
    for (let i = 0; i < 300; i++) {
      const asked = { host: "127.0.0.1", port: this.port, method: "GET", path: "/v1/models", authority: "chaos" };
      const answer = await httpRequest(asked);
      if (answer?.status === 200) return;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    throw new Error(`Envoy is not ready:\n${this.#log}`);
  }
}

const environment = { BAD_KEY: badKey, GOOD_KEY: goodKey, HEALTHY_KEY: "sk-chaos-healthy-0000000000003" };

/** For each fault a provider that has it and a model that asks it first; half of the providers speak HTTP/2. */
function yamlOf([http1, http2]: readonly [ProviderServer, ProviderServer], port: number, admin: number, reloads: number): string {
  const lines = ["version: 1", `listen: 127.0.0.1:${port}`, `admin: 127.0.0.1:${admin}`, "access_log: access.log"];
  lines.push(`timeouts: { connect: 1s, first_content: ${limits.firstContent}ms, answer: ${limits.answer}ms, stall: ${limits.stall}ms }`);
  lines.push("providers:");
  for (const [i, fault] of faults.entries()) {
    const server = i % 2 === 0 ? http1 : http2;
    const url = `${fault.url?.(server) ?? `http://127.0.0.1:${server.port}`}/${fault.name}`;
    const keys = fault.badKeys === undefined ? "[env:GOOD_KEY]" : "[env:BAD_KEY, env:GOOD_KEY]";
    const plain = server === http2 && !url.startsWith("https") ? ", http2: true" : "";
    lines.push(`  "${fault.name}": { type: openai, url: "${url}", keys: ${keys}${plain} }`);
  }
  lines.push(`  healthy: { type: openai, url: "http://127.0.0.1:${http1.port}/healthy", keys: [env:HEALTHY_KEY] }`);
  lines.push("models:");
  for (const { name } of faults) lines.push(`  - { match: "${name}", to: "${name}", fallback: [healthy] }`);
  lines.push(`  - { match: reloads-${reloads}, to: healthy }`);
  return `${lines.join("\n")}\n`;
}
