/** What all measurements share: a folder, providers that run, and gateways that are started for one measurement each. */

import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { MeasuredEnvoy } from "./envoy.ts";
import { EventStreams, streamNames, type EventStreamPort, type Pace, type StreamName } from "./event-streams.ts";
import { environment, writeGateway, type Chain, type ProviderPorts } from "./gateway-files.ts";
import { chatHeaders, chatPath, smallPrompt, streamedPrompt } from "./requests.ts";
import { wholeNames, writeUpstream } from "./upstream.ts";
import type { Load } from "./wrk.ts";

export interface Options {
  /** How often each chain is measured. */
  readonly rounds: number;
  /** How long once. */
  readonly seconds: number;
  /** Requests of the measurement of memory. */
  readonly requests: number;
  readonly tell: (line: string) => void;
}

export class Session {
  readonly folder: string;
  readonly options: Options;
  readonly providers: ProviderPorts;
  readonly streams: EventStreams;
  readonly #upstream: MeasuredEnvoy;
  #gateways: MeasuredEnvoy[] = [];
  #count = 0;

  private constructor(folder: string, options: Options, providers: ProviderPorts, streams: EventStreams, upstream: MeasuredEnvoy) {
    this.folder = folder;
    this.options = options;
    this.providers = providers;
    this.streams = streams;
    this.#upstream = upstream;
  }

  static async start(options: Options): Promise<Session> {
    const folder = mkdtempSync(join(tmpdir(), "sluice-bench-"));
    const names = [...wholeNames, ...streamNames];
    const ports = await freePorts(names.length);
    const providers = Object.fromEntries(names.map((name, i) => [name, ports[i]!])) as ProviderPorts;
    writeUpstream(join(folder, "upstream"), providers);
    const streams = await EventStreams.start(streamNames.map((name) => streamPort(name, providers)));
    const upstream = await MeasuredEnvoy.start(join(folder, "upstream"));
    await upstream.answers({ port: providers.openai, path: chatPath, headers: chatHeaders, body: smallPrompt("gpt-4o") });
    return new Session(folder, options, providers, streams, upstream);
  }

  /** Starts a gateway with these chains, each at a port of its own, and waits until all of them answer. */
  async gateway<Name extends string>(
    chains: Readonly<Record<Name, Chain>>,
  ): Promise<{ envoy: MeasuredEnvoy; ports: Record<Name, number> }> {
    const names = Object.keys(chains) as Name[];
    const [admin, ...free] = await freePorts(names.length + 1);
    const folder = join(this.folder, `gateway-${++this.#count}`);
    const ports = Object.fromEntries(names.map((name, i) => [name, free[i]!])) as Record<Name, number>;
    writeGateway(
      folder,
      names.map((name) => ({ port: ports[name], chain: chains[name] })),
      this.providers,
      admin!,
    );
    const envoy = await MeasuredEnvoy.start(folder, environment);
    this.#gateways.push(envoy);
    for (const name of names) {
      const chain: Chain = chains[name];
      if (chain !== "bundle" && "bare" in chain && (streamNames as readonly string[]).includes(chain.bare)) {
        await envoy.listens(ports[name]);
        continue;
      }
      await envoy.answers({ port: ports[name], path: chatPath, headers: chatHeaders, body: smallPrompt("gpt-4o") });
    }
    return { envoy, ports };
  }

  async stopGateways(): Promise<void> {
    await Promise.all(this.#gateways.map((envoy) => envoy.stop()));
    this.#gateways = [];
  }

  async stop(): Promise<void> {
    await this.stopGateways();
    await Promise.all([this.streams.stop(), this.#upstream.stop()]);
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** Chat requests for a model at a port. */
export function chat(port: number, body: string): Load {
  return { port, path: chatPath, headers: chatHeaders, bodies: [body] };
}

export function chatStream(port: number, provider: StreamName): Load {
  return chat(port, streamedPrompt(provider));
}

function streamPort(name: StreamName, providers: ProviderPorts): EventStreamPort {
  const [protocol, pace] = name.split("-") as ["claude" | "openai", Pace];
  return { port: providers[name], protocol, pace };
}

/** Ports that were free a moment ago, all different. */
export async function freePorts(count: number): Promise<number[]> {
  const servers = Array.from({ length: count }, () => createServer());
  const ports = await Promise.all(
    servers.map(
      (server) => new Promise<number>((resolve) => server.listen(0, "127.0.0.1", () => resolve((server.address() as AddressInfo).port))),
    ),
  );
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}
