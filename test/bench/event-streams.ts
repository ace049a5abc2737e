/** Providers that stream: a process of its own, since neither its CPU nor its pauses are the gateway's. */

import { fork, type ChildProcess } from "node:child_process";
import { fileURLToPath } from "node:url";

/** How many events a stream has. */
export const eventsInStream = 200;

/**
 * - `paced`: an event every few milliseconds, so that each is read by itself, as a model's tokens are;
 * - `burst`: all events as fast as they go, so that Envoy reads many at once;
 * - `idle`: the first few events, and then nothing.
 */
export type Pace = "paced" | "burst" | "idle";

/** Providers that stream. */
export const streamNames = ["claude-paced", "claude-burst", "claude-idle", "openai-paced", "openai-burst", "openai-idle"] as const;
export type StreamName = (typeof streamNames)[number];

export interface EventStreamPort {
  readonly port: number;
  readonly protocol: "claude" | "openai";
  readonly pace: Pace;
}

export class EventStreams {
  readonly #child: ChildProcess;

  private constructor(child: ChildProcess) {
    this.#child = child;
  }

  static async start(ports: readonly EventStreamPort[]): Promise<EventStreams> {
    const child = fork(fileURLToPath(new URL("./event-stream-server.ts", import.meta.url)), [JSON.stringify(ports)]);
    await new Promise<void>((resolve, reject) => {
      child.once("message", () => resolve());
      child.once("exit", (status) => reject(new Error(`the stream server ended with status ${status}`)));
    });
    return new EventStreams(child);
  }

  /** Events sent so far at a port. */
  async sent(port: number): Promise<number> {
    const answer = new Promise<number>((resolve) => this.#child.once("message", (count) => resolve(count as number)));
    this.#child.send(port);
    return answer;
  }

  async stop(): Promise<void> {
    if (this.#child.exitCode !== null) return;
    const ended = new Promise((resolve) => this.#child.once("exit", resolve));
    this.#child.kill("SIGTERM");
    await ended;
  }
}
