/** An Envoy of the bench's own: one worker, started from a folder, whose CPU time and memory are read from /proc. */

import { spawn, spawnSync, type ChildProcess } from "node:child_process";
import { existsSync, openSync, readdirSync, readFileSync } from "node:fs";
import { request } from "node:http";
import { connect } from "node:net";
import { join } from "node:path";
import { findEnvoy } from "../../cli/process/find-envoy.ts";

/** Clock ticks a second of the times in /proc. https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html */
const ticks = Number(spawnSync("getconf", ["CLK_TCK"], { encoding: "utf8" }).stdout) || 100;

let found: Promise<{ path: string; version: string }> | null = null;

/** The Envoy that the CLI would run. */
export function envoyBinary(): Promise<{ path: string; version: string }> {
  return (found ??= findEnvoy({ environment: process.env, tell: (line) => process.stderr.write(`${line}\n`) }));
}

/** A request to a listener. */
export interface Ask {
  readonly port: number;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export class MeasuredEnvoy {
  readonly #child: ChildProcess;
  readonly #folder: string;
  #ended: string | null = null;

  private constructor(path: string, folder: string, environment: Readonly<Record<string, string>>) {
    this.#folder = folder;
    const args = ["--config-path", join(folder, "bootstrap.json"), "--concurrency", "1", "--disable-hot-restart", "--log-level", "warning"];
    // The access log is written, as in the gateway that users run, to nowhere.
    const stdio = ["ignore", openSync("/dev/null", "w"), openSync(join(folder, "envoy.log"), "w")] as const;
    this.#child = spawn(path, args, { stdio: [...stdio], env: { ...process.env, ...environment } });
    this.#child.once("error", (error) => (this.#ended = error.message));
    this.#child.once("exit", (code, signal) => (this.#ended = signal ?? `status ${code}`));
  }

  /** Starts Envoy from `bootstrap.json` in the folder. */
  static async start(folder: string, environment: Readonly<Record<string, string>> = {}): Promise<MeasuredEnvoy> {
    return new MeasuredEnvoy((await envoyBinary()).path, folder, environment);
  }

  /** Resolves once a request is answered with 200; throws with Envoy's own words if it ends, or never does. */
  async answers(ask: Ask, patience = 120_000): Promise<void> {
    const end = Date.now() + patience;
    let last = "no answer";
    while (this.#ended === null && Date.now() < end) {
      const answer = await post(ask);
      if (answer?.status === 200) return;
      if (answer !== null) last = `status ${answer.status}: ${answer.body.slice(0, 300)}`;
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    throw new Error(`Envoy in ${this.#folder} ${this.#ended === null ? `is not ready: ${last}` : `ended (${this.#ended})`}\n${this.log()}`);
  }

  /** Resolves once the port takes connections. */
  async listens(port: number, patience = 60_000): Promise<void> {
    const end = Date.now() + patience;
    while (this.#ended === null && Date.now() < end) {
      const connected = await new Promise<boolean>((resolve) => {
        const socket = connect(port, "127.0.0.1", () => resolve(true));
        socket.on("connect", () => socket.destroy());
        socket.on("error", () => resolve(false));
      });
      if (connected) return;
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    throw new Error(`Envoy in ${this.#folder} doesn't listen on ${port}.\n${this.log()}`);
  }

  /** Microseconds of CPU that the process has used so far, in itself and in the kernel: by the scheduler's count, which is finer than the ticks of `stat` where the kernel keeps it. */
  cpu(): number {
    const threads = `/proc/${this.#child.pid}/task`;
    let nanoseconds = 0;
    for (const thread of readdirSync(threads)) {
      // https://docs.kernel.org/scheduler/sched-stats.html#proc-pid-schedstat
      const schedstat = `${threads}/${thread}/schedstat`;
      if (existsSync(schedstat)) nanoseconds += Number(readFileSync(schedstat, "utf8").split(" ")[0]);
    }
    return nanoseconds > 0 ? nanoseconds / 1000 : this.#ticks();
  }

  #ticks(): number {
    const fields = readFileSync(`/proc/${this.#child.pid}/stat`, "utf8").split(") ")[1]!.split(" ");
    return ((Number(fields[11]) + Number(fields[12])) / ticks) * 1e6;
  }

  /** Bytes of memory that the process has resident. */
  resident(): number {
    return Number(/^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${this.#child.pid}/status`, "utf8"))![1]) * 1024;
  }

  get pid(): number {
    return this.#child.pid!;
  }

  /** The end of what Envoy logged. */
  log(): string {
    return readFileSync(join(this.#folder, "envoy.log"), "utf8").slice(-3000);
  }

  async stop(): Promise<void> {
    if (this.#ended !== null) return;
    const ended = new Promise((resolve) => this.#child.once("exit", resolve));
    this.#child.kill("SIGTERM");
    const patience = setTimeout(() => this.#child.kill("SIGKILL"), 5_000);
    await ended;
    clearTimeout(patience);
  }
}

/** One request on a connection of its own; null if nobody answers. */
function post({ port, path, headers, body }: Ask): Promise<{ status: number; body: string } | null> {
  return new Promise((resolve) => {
    const sent = request({ host: "127.0.0.1", port, path, method: "POST", headers, agent: false, timeout: 10_000 }, (answer) => {
      let text = "";
      answer.setEncoding("utf8");
      answer.on("data", (chunk: string) => (text += chunk));
      answer.on("end", () => resolve({ status: answer.statusCode ?? 0, body: text }));
      answer.on("error", () => resolve(null));
    });
    sent.on("timeout", () => sent.destroy());
    sent.on("error", () => resolve(null));
    sent.end(body);
  });
}
