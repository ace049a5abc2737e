/** A real redis-server for one test file: in memory, on a free port. */

import { spawn, type ChildProcess } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { connect as connectTcp, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connect as connectTls } from "node:tls";
import { freePort } from "../../cli/testing/sluice.ts";
import { testAuthority } from "../providers/certificates.ts";

export interface RedisOptions {
  readonly password?: string;
  /** Serves TLS only, with a certificate for 127.0.0.1 of the test's authority. */
  readonly tls?: boolean;
}

export class RedisServer {
  readonly port: number;
  readonly #options: RedisOptions;
  readonly #folder = mkdtempSync(join(tmpdir(), "sluice-redis-"));
  #process: ChildProcess | null = null;

  private constructor(port: number, options: RedisOptions) {
    this.port = port;
    this.#options = options;
  }

  static async start(options: RedisOptions = {}): Promise<RedisServer> {
    const server = new RedisServer(await freePort(), options);
    await server.start();
    return server;
  }

  get url(): string {
    return `${this.#options.tls ? "rediss" : "redis"}://127.0.0.1:${this.port}`;
  }

  /** Starts it, empty, at the same port as before. */
  async start(): Promise<void> {
    const { password, tls } = this.#options;
    const args = ["--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--dir", this.#folder];
    if (tls) {
      const { cert, key } = testAuthority().issue(["127.0.0.1"]);
      for (const [name, text] of Object.entries({ "cert.pem": cert, "key.pem": key, "ca.pem": testAuthority().certificate }))
        writeFileSync(join(this.#folder, name), text);
      const file = (name: string): string => join(this.#folder, name);
      args.push("--port", "0", "--tls-port", String(this.port), "--tls-auth-clients", "no");
      args.push("--tls-cert-file", file("cert.pem"), "--tls-key-file", file("key.pem"), "--tls-ca-cert-file", file("ca.pem"));
    } else args.push("--port", String(this.port));
    if (password !== undefined) args.push("--requirepass", password);
    const child = spawn("redis-server", args, { stdio: "ignore" });
    this.#process = child;
    let failure: Error | null = null;
    child.on("error", (error) => (failure = error));
    for (let i = 0; i < 200; i++) {
      if (failure !== null)
        throw new Error("redis-server can't be started (Debian, Ubuntu: apt-get install redis-server)", { cause: failure });
      if (
        await this.command("PING").then(
          (reply) => reply.startsWith("+PONG"),
          () => false,
        )
      )
        return;
      await new Promise((resolve) => setTimeout(resolve, 25));
    }
    throw new Error("redis-server doesn't answer");
  }

  /** Kills it: what it had is gone. */
  async stop(): Promise<void> {
    const child = this.#process;
    this.#process = null;
    if (child === null || child.exitCode !== null) return;
    const ended = new Promise((resolve) => child.once("exit", resolve));
    child.kill("SIGKILL");
    await ended;
  }

  async remove(): Promise<void> {
    await this.stop();
    rmSync(this.#folder, { recursive: true });
  }

  /** What it answers to one command, as RESP. */
  command(...words: string[]): Promise<string> {
    const { password, tls } = this.#options;
    const login = password === undefined ? "" : written(["AUTH", password]);
    return new Promise((resolve, reject) => {
      const at = { port: this.port, host: "127.0.0.1" };
      const socket: Socket = tls ? connectTls({ ...at, ca: testAuthority().certificate }) : connectTcp(at);
      let text = "";
      socket.setEncoding("latin1");
      socket.on("data", (data) => (text += String(data)));
      socket.on("error", reject);
      socket.on("close", () => resolve(login === "" ? text : text.replace(/^\+OK\r\n/, "")));
      socket.end(login + written(words));
    });
  }
}

function written(words: readonly string[]): string {
  return `*${words.length}\r\n${words.map((word) => `$${Buffer.byteLength(word)}\r\n${word}\r\n`).join("")}`;
}
