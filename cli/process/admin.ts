/** Envoy's admin interface: https://www.envoyproxy.io/docs/envoy/v1.40.0/operations/admin */

import { request } from "node:http";
import { formatAddress } from "../gateway/addresses.ts";
import type { Address } from "../gateway/gateway.ts";

export class Admin {
  readonly #address: Address;

  constructor(address: Address) {
    this.#address = address;
  }

  get url(): string {
    return `http://${formatAddress(this.#address)}`;
  }

  /** Whether Envoy has loaded its configuration and is not going down. */
  async isLive(): Promise<boolean> {
    return (await this.#ask("GET", "/ready"))?.status === 200;
  }

  /** The bootstrap file that the Envoy at this address was started with; null if none answers. */
  async bootstrapPath(): Promise<string | null> {
    const info = await this.#json<{ command_line_options?: { config_path?: string } }>("/server_info");
    return info?.command_line_options?.config_path ?? null;
  }

  /** Values of counters and gauges; those that Envoy doesn't have are 0. */
  async stats<Name extends string>(...names: Name[]): Promise<Record<Name, number>> {
    const filter = encodeURIComponent(`^(${names.map((name) => name.replaceAll(".", "\\.")).join("|")})$`);
    const answer = await this.#json<{ stats: { name: string; value: number }[] }>(`/stats?format=json&filter=${filter}`);
    const values = Object.fromEntries(names.map((name) => [name, 0])) as Record<Name, number>;
    for (const { name, value } of answer?.stats ?? []) values[name as Name] = value;
    return values;
  }

  /** Clusters that requests can be sent to now. */
  async clusters(): Promise<ReadonlySet<string>> {
    const answer = await this.#json<{ cluster_statuses?: { name: string }[] }>("/clusters?format=json");
    return new Set((answer?.cluster_statuses ?? []).map(({ name }) => name));
  }

  /** Why Envoy refused what it was last given; empty if it didn't. */
  async refusals(): Promise<string[]> {
    const dump = await this.#json<unknown>("/config_dump");
    const details: string[] = [];
    const walk = (value: unknown): void => {
      if (value === null || typeof value !== "object") return;
      const state = (value as { error_state?: { details?: string } }).error_state;
      if (state?.details) details.push(state.details);
      Object.values(value).forEach(walk);
    };
    walk(dump);
    return details;
  }

  /** Stops listening; requests that have begun go on. */
  async stopListening(): Promise<void> {
    await this.#ask("POST", "/drain_listeners");
  }

  /** Whether Envoy has heard that it is to end. */
  async quit(): Promise<boolean> {
    return (await this.#ask("POST", "/quitquitquit"))?.status === 200;
  }

  async #json<T>(path: string): Promise<T | null> {
    const answer = await this.#ask("GET", path);
    return answer?.status === 200 ? (JSON.parse(answer.body) as T) : null;
  }

  #ask(method: string, path: string): Promise<{ status: number; body: string } | null> {
    return httpRequest({ ...this.#address, method, path, authority: formatAddress(this.#address) });
  }
}

export interface SmallRequest extends Address {
  readonly method: string;
  readonly path: string;
  readonly authority: string;
}

/** One request on a connection of its own; null if nobody answers. */
export function httpRequest({ host, port, method, path, authority }: SmallRequest): Promise<{ status: number; body: string } | null> {
  return new Promise((resolve) => {
    const sent = request({ host, port, method, path, agent: false, headers: { host: authority }, timeout: 10_000 }, (answer) => {
      const chunks: Buffer[] = [];
      answer.on("data", (chunk: Buffer) => chunks.push(chunk));
      answer.on("end", () => resolve({ status: answer.statusCode ?? 0, body: Buffer.concat(chunks).toString() }));
      answer.on("error", () => resolve(null));
    });
    sent.on("timeout", () => sent.destroy());
    sent.on("error", () => resolve(null));
    sent.end();
  });
}
