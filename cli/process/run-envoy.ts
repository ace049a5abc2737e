/** Runs Envoy from a folder: start, ready, stop. */

import { spawn, type ChildProcess } from "node:child_process";
import { join } from "node:path";
import { formatAddress } from "../gateway/addresses.ts";
import type { Address, Gateway } from "../gateway/gateway.ts";
import { CommandFailure } from "../failure.ts";
import { Admin, httpRequest } from "./admin.ts";
import type { Envoy } from "./find-envoy.ts";
import { bootstrapFile } from "./folder.ts";

export class RunningEnvoy {
  readonly admin: Admin;
  /** How the process ended, once it has. */
  readonly ended: Promise<string>;
  readonly #child: ChildProcess;
  #end: string | null = null;

  /** `environment`: variables beside those of this process. */
  constructor(envoy: Envoy, directory: string, admin: Address, environment: Readonly<Record<string, string>>, concurrency?: number) {
    this.admin = new Admin(admin);
    this.#child = spawn(
      envoy.path,
      [
        ["--config-path", join(directory, bootstrapFile)],
        ["--log-level", "warning"],
        ["--log-format", "%Y-%m-%d %T.%e envoy %l %n: %v"],
        concurrency === undefined ? [] : ["--concurrency", String(concurrency)],
        // The access log is somebody's to watch: not 10 s late.
        ["--file-flush-interval-msec", "1000"],
        // Two gateways on one machine would share memory for it.
        ["--disable-hot-restart"],
      ].flat(),
      // In a group of its own, so that Ctrl+C reaches this process only, which lets requests end first. Access log: standard output.
      { stdio: ["ignore", "inherit", "inherit"], detached: true, env: { ...process.env, ...environment } },
    );
    this.ended = new Promise((resolve) => {
      this.#child.once("error", (error) => resolve((this.#end = error.message)));
      this.#child.once("exit", (code, signal) => resolve((this.#end = signal ? `ended by ${signal}` : `ended with status ${code}`)));
    });
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  /** Resolves once a request at the listener is answered by the module; fails if Envoy ends before, or refuses its configuration. */
  async ready(gateway: Gateway): Promise<void> {
    const probe = { ...loopbackOf(gateway.listen), method: "GET", path: "/v1/models", authority: formatAddress(gateway.listen) };
    const end = Date.now() + 60_000;
    for (;;) {
      if (this.#end !== null) throw new CommandFailure(2, `Envoy ${this.#end} before it was ready. What it said stands above.`);
      if (await this.admin.isLive()) {
        const answer = await httpRequest(probe);
        if (answer !== null && answer.status < 500) return;
        const refusals = await this.admin.refusals();
        if (refusals.length > 0) throw new CommandFailure(2, `Envoy refused its configuration: ${refusals.join("; ")}`);
        if (answer !== null)
          throw new CommandFailure(
            2,
            `The gateway answers ${answer.status} to a first request: the module refused its configuration. What it said stands above.`,
          );
      }
      if (Date.now() > end)
        throw new CommandFailure(2, `Envoy is not ready after 60 s: nothing answers at ${formatAddress(gateway.listen)}.`);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }

  /** Stops listening, waits until the requests that have begun are answered (at most so long), and ends Envoy. */
  async drain(milliseconds: number): Promise<void> {
    await this.admin.stopListening();
    const end = Date.now() + milliseconds;
    while (this.#end === null && Date.now() < end) {
      const { "http.gateway.downstream_rq_active": active } = await this.admin.stats("http.gateway.downstream_rq_active");
      if (active === 0) break;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    await this.stop();
  }

  /** Ends Envoy now. Requests in flight are cut. */
  async stop(): Promise<void> {
    if (this.#end !== null) return;
    if (!(await this.admin.quit())) this.#child.kill("SIGTERM");
    const patience = setTimeout(() => this.#child.kill("SIGKILL"), 5_000);
    await this.ended;
    clearTimeout(patience);
  }

  /** For an exit without time for anything else. */
  kill(): void {
    if (this.#end === null) this.#child.kill("SIGKILL");
  }
}

/** Where this machine itself reaches a listener on all addresses. */
export function loopbackOf(address: Address): Address {
  if (address.host === "0.0.0.0") return { ...address, host: "127.0.0.1" };
  return address.host === "::" ? { ...address, host: "::1" } : address;
}
