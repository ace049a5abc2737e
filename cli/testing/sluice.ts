/** Runs the real command with a real Envoy, in a folder of its own. */

import { spawn, type ChildProcess } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../../", import.meta.url));

/** The module that the build makes; SLUICE_TEST_MODULE names another one. */
export const testModule = process.env.SLUICE_TEST_MODULE ?? join(root, "dist/envoy/sluice.wasm");

/** A port that was free a moment ago. */
export function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });
}

export interface Outcome {
  readonly status: number | null;
  readonly output: string;
  readonly errors: string;
}

export interface Session {
  readonly folder: string;
  /** A file in the folder. */
  write(name: string, text: string): string;
  /** Runs `sluice ARGS` to its end. */
  run(args: readonly string[], environment?: Record<string, string | undefined>): Promise<Outcome>;
  /** Runs `sluice up FILE`, until it is ready or has ended. */
  up(file: string, environment?: Record<string, string | undefined>, args?: readonly string[]): Promise<RunningCommand>;
  /** The same as users of a clone run it, `npx sluice up FILE`; a signal goes to npx. */
  upThroughNpx(file: string, environment?: Record<string, string | undefined>): Promise<RunningCommand>;
  /** Ends what still runs, and removes the folder. */
  close(): Promise<void>;
}

export interface RunningCommand {
  readonly outcome: Outcome;
  readonly ended: Promise<Outcome>;
  signal(name: NodeJS.Signals): void;
}

export function startSession(): Session {
  if (!existsSync(testModule)) throw new Error(`${testModule} isn't there: make build`);
  const folder = mkdtempSync(join(tmpdir(), "sluice-test-"));
  const running: { child: ChildProcess; ended: Promise<Outcome> }[] = [];

  const start = (
    args: readonly string[],
    environment: Record<string, string | undefined>,
    command: readonly [string, ...string[]] = [process.execPath, join(root, "cli/main.ts")],
    cwd: string = folder,
  ): { child: ChildProcess; outcome: Outcome; ended: Promise<Outcome> } => {
    const child = spawn(command[0], [...command.slice(1), ...args], {
      cwd,
      env: { ...process.env, ...environment },
      stdio: ["ignore", "pipe", "pipe"],
    });
    const outcome = { status: null as number | null, output: "", errors: "" };
    child.stdout.on("data", (chunk: Buffer) => (outcome.output += chunk.toString()));
    child.stderr.on("data", (chunk: Buffer) => (outcome.errors += chunk.toString()));
    const ended = new Promise<Outcome>((resolve) => {
      child.once("close", (status) => {
        outcome.status = status;
        resolve(outcome);
      });
    });
    running.push({ child, ended });
    return { child, outcome, ended };
  };

  const whenReady = async ({ child, outcome, ended }: ReturnType<typeof start>): Promise<RunningCommand> => {
    const ready = new Promise<void>((resolve) => {
      child.stderr!.on("data", () => {
        if (outcome.errors.includes("Stop with Ctrl+C.")) resolve();
      });
    });
    await Promise.race([ready, ended]);
    return { outcome, ended, signal: (name) => void child.kill(name) };
  };

  return {
    folder,
    write(name, text) {
      writeFileSync(join(folder, name), text);
      return name;
    },
    run: (args, environment = {}) => start(args, environment).ended,
    up: (file, environment = {}, args = []) => whenReady(start(["up", file, "--module", testModule, ...args], environment)),
    upThroughNpx: (file, environment = {}) =>
      whenReady(start(["up", join(folder, file), "--module", testModule], environment, ["npx", "sluice"], root)),
    async close() {
      for (const { child, ended } of running) {
        if (child.exitCode === null) child.kill("SIGTERM");
        await ended;
      }
      rmSync(folder, { recursive: true });
    },
  };
}
