import { spawn, type ChildProcess } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import net from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { bootstrap, type Ports } from "./bootstrap.ts";
import { ask } from "./clients.ts";
import type { Scenario } from "./scenarios/index.ts";
import { freePort, Servers } from "./servers.ts";
import { sleep } from "./sleep.ts";
import { normalized, outcome, titleOf, type ProviderView } from "./trace.ts";

/** Plays a scenario on a real Envoy with local providers; the trace of what the probe logged and what both ends saw. */
export async function record(scenario: Scenario, envoy: string, wasm: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "sluice-trace-"));
  const got: ProviderView[] = [];
  const servers = new Servers(scenario.http2 === true);
  let child: ChildProcess | null = null;
  try {
    const ports: Ports = { gateway: await freePort(), clusters: {} };
    for (const [name, provider] of Object.entries(scenario.providers ?? {})) {
      const script = typeof provider === "function" ? provider : (provider?.script ?? null);
      ports.clusters[name] = script === null ? null : await servers.provider(name, script, got);
    }
    for (const [name, script] of Object.entries(scenario.callouts ?? {})) ports.clusters[name] = await servers.callout(name, script);
    await writeFile(join(folder, "envoy.json"), JSON.stringify(bootstrap(scenario, ports, wasm)));
    const log: string[] = [];
    child = spawn(
      envoy,
      ["-c", join(folder, "envoy.json"), "--concurrency", "1", "--disable-hot-restart", "-l", "warning", "--log-format", "%v"],
      { stdio: ["ignore", "ignore", "pipe"] },
    );
    let rest = "";
    child.stderr!.setEncoding("utf8").on("data", (chunk: string) => {
      const lines = (rest + chunk).split("\n");
      rest = lines.pop()!;
      log.push(...lines);
    });
    await listening(ports.gateway, child, log);
    await quiet(log);
    const lines: string[] = [];
    for (const request of scenario.requests) {
      lines.push(titleOf(request));
      await sleep(request.wait ?? 0);
      const from = log.length;
      got.length = 0;
      const client = await ask(request, ports.gateway, scenario.http2 === true);
      await quiet(log);
      for (const line of log.slice(from)) {
        const said = /^wasm log[^:]*: (.*)$/.exec(line);
        if (said !== null) lines.push(normalized(said[1]!));
      }
      lines.push(...outcome(client, got));
    }
    return `${lines.join("\n")}\n`;
  } finally {
    child?.kill("SIGTERM");
    servers.close();
    await rm(folder, { recursive: true, force: true });
  }
}

async function listening(port: number, child: ChildProcess, log: readonly string[]): Promise<void> {
  for (let i = 0; i < 600; i++) {
    if (child.exitCode !== null) throw new Error(`Envoy ended:\n${log.join("\n")}`);
    const open = await new Promise<boolean>((resolve) => {
      const socket = net.connect(port, "127.0.0.1", () => {
        socket.destroy();
        resolve(true);
      });
      socket.on("error", () => resolve(false));
    });
    if (open) return;
    await sleep(50);
  }
  throw new Error(`Envoy does not listen:\n${log.join("\n")}`);
}

/** Waits until the log has not grown for a while; a filter that never rests is left to itself. */
async function quiet(log: readonly string[]): Promise<void> {
  let before = -1;
  for (let round = 0; before !== log.length && round < 20; round++) {
    before = log.length;
    await sleep(400);
  }
}
