/** An Envoy of one's own with our modules as filters of their own, as a user of Higress or plain Envoy has it. One static bootstrap, one Envoy. */

import { spawn, type ChildProcess } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { build } from "../../scripts/build.ts";
import { extension, socketAddress, typed, type Message } from "../../cli/envoy/protobuf.ts";
import { httpRequest } from "../../cli/process/admin.ts";
import { findEnvoy } from "../../cli/process/find-envoy.ts";
import { freePort, testModule } from "../../cli/testing/sluice.ts";
import { defectsIn } from "./envoy-log.ts";

const limit = 32 * 1024 * 1024;

export type ModuleName = "sluice" | "key-auth" | "model-router" | "ai-proxy";

/** A filter of a chain: one of our modules with its configuration, or `repick`, a native filter that does nothing but make Envoy look at the route again. */
export type Link = { readonly module: ModuleName; readonly configuration: object } | "repick";

export interface ChainOptions {
  readonly links: readonly Link[];
  /** The virtual host's routes, without their limit on bodies. */
  readonly routes: readonly Message[];
  /** Cluster name → port on 127.0.0.1; the name is the endpoint's `sluice.provider`, too. */
  readonly providers: Readonly<Record<string, number>>;
  /** Composite cluster name → members; their upstream filter is this module, in the VM of this id (default: the same as downstream). */
  readonly plans?: { readonly module: ModuleName; readonly vmId?: string; readonly clusters: Readonly<Record<string, readonly string[]>> };
  readonly environment?: Readonly<Record<string, string>>;
}

export class Chain {
  readonly url: string;
  readonly #admin: number;
  readonly #envoy: ChildProcess;
  readonly #ended: Promise<unknown>;
  readonly #folder: string;
  #output = "";

  constructor(ports: { listen: number; admin: number }, envoy: ChildProcess, folder: string) {
    this.url = `http://127.0.0.1:${ports.listen}`;
    this.#admin = ports.admin;
    this.#envoy = envoy;
    this.#folder = folder;
    this.#ended = new Promise((resolve) => envoy.once("close", resolve));
    for (const stream of [envoy.stdout!, envoy.stderr!]) stream.on("data", (chunk: Buffer) => (this.#output += chunk.toString()));
  }

  /** Log and access log. */
  get output(): string {
    return this.#output;
  }

  async ready(): Promise<void> {
    for (;;) {
      if (this.#envoy.exitCode !== null) throw new Error(`Envoy ended:\n${this.#output}`);
      const answer = await httpRequest({ host: "127.0.0.1", port: this.#admin, method: "GET", path: "/ready", authority: "admin" });
      if (answer?.status === 200) return;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  async admin(path: string): Promise<string> {
    const answer = await httpRequest({ host: "127.0.0.1", port: this.#admin, method: "GET", path, authority: "admin" });
    return answer?.body ?? "";
  }

  post(path: string, body: unknown, headers: Record<string, string> = {}): Promise<Response> {
    return fetch(this.url + path, {
      method: "POST",
      headers: { "content-type": "application/json", ...headers },
      body: typeof body === "string" ? body : JSON.stringify(body),
    });
  }

  /** Ends Envoy; throws if its log tells of a defect. */
  async stop(): Promise<void> {
    this.#envoy.kill("SIGTERM");
    await this.#ended;
    rmSync(this.#folder, { recursive: true });
    const defects = defectsIn(this.#output);
    if (defects.length > 0) throw new Error(`Envoy's log has:\n${defects.join("\n")}`);
  }
}

export async function startChain(options: ChainOptions): Promise<Chain> {
  const links = options.links.filter((link) => link !== "repick");
  if (process.env.SLUICE_TEST_MODULE === undefined) await build([...new Set(links.map(({ module }) => module))]);
  const ports = { listen: await freePort(), admin: await freePort() };
  const folder = mkdtempSync(join(tmpdir(), "sluice-chain-"));
  writeFileSync(join(folder, "bootstrap.json"), JSON.stringify(bootstrap(options, ports)));
  const { path } = await findEnvoy({ environment: process.env, tell: () => {} });
  const envoy = spawn(
    path,
    [
      "-c",
      join(folder, "bootstrap.json"),
      "--disable-hot-restart",
      "--log-level",
      "warning",
      "--log-format",
      "%Y-%m-%d %T.%e envoy %l %n: %v",
    ].concat("--file-flush-interval-msec", "50"),
    { env: { ...process.env, ...options.environment }, stdio: ["ignore", "pipe", "pipe"] },
  );
  const chain = new Chain(ports, envoy, folder);
  await chain.ready();
  return chain;
}

function bootstrap({ links, routes, providers, plans, environment = {} }: ChainOptions, ports: { listen: number; admin: number }): Message {
  const variables = Object.keys(environment);
  const members = Object.entries(providers).map(([name, port]): Message => ({
    name,
    type: "STATIC",
    per_connection_buffer_limit_bytes: limit,
    load_assignment: {
      cluster_name: name,
      endpoints: [
        {
          lb_endpoints: [
            {
              endpoint: { address: socketAddress({ host: "127.0.0.1", port }) },
              metadata: { filter_metadata: { sluice: { provider: name } } },
            },
          ],
        },
      ],
    },
  }));
  const composites = Object.entries(plans?.clusters ?? {}).map(([name, clusters]): Message => ({
    name,
    lb_policy: "CLUSTER_PROVIDED",
    cluster_type: extension("envoy.clusters.composite", "envoy.extensions.clusters.composite.v3.ClusterConfig", {
      clusters: clusters.map((member) => ({ name: member })),
    }),
    typed_extension_protocol_options: {
      "envoy.extensions.upstreams.http.v3.HttpProtocolOptions": typed("envoy.extensions.upstreams.http.v3.HttpProtocolOptions", {
        explicit_http_config: { http_protocol_options: {} },
        http_filters: [
          wasm(plans!.module, "attempt", null, variables, plans!.vmId),
          extension("envoy.filters.http.upstream_codec", "envoy.extensions.filters.http.upstream_codec.v3.UpstreamCodec"),
        ],
      }),
    },
  }));
  return {
    admin: { address: socketAddress({ host: "127.0.0.1", port: ports.admin }) },
    static_resources: {
      listeners: [
        {
          name: "chain",
          address: socketAddress({ host: "127.0.0.1", port: ports.listen }),
          per_connection_buffer_limit_bytes: limit,
          filter_chains: [
            {
              filters: [
                extension(
                  "envoy.filters.network.http_connection_manager",
                  "envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager",
                  {
                    stat_prefix: "chain",
                    http_filters: [
                      ...links.map((link) =>
                        link === "repick"
                          ? extension("repick", "envoy.extensions.filters.http.header_mutation.v3.HeaderMutation")
                          : wasm(link.module, "", JSON.stringify(link.configuration), variables),
                      ),
                      extension("envoy.filters.http.router", "envoy.extensions.filters.http.router.v3.Router"),
                    ],
                    route_config: { virtual_hosts: [{ name: "all", domains: ["*"], routes: [...routes] }], validate_clusters: false },
                    access_log: [
                      extension("envoy.access_loggers.stdout", "envoy.extensions.access_loggers.stream.v3.StdoutAccessLog", {
                        log_format: {
                          json_format: {
                            path: "%PATH(NQ:ORIG)%",
                            status: "%RESPONSE_CODE%",
                            facts: "%FILTER_STATE(wasm.sluice.facts:PLAIN)%",
                          },
                        },
                      }),
                    ],
                  },
                ),
              ],
            },
          ],
        },
      ],
      clusters: [...members, ...composites],
    },
  };
}

function wasm(module: ModuleName, rootId: string, configuration: string | null, variables: string[], vmId: string = module): Message {
  return extension(module, "envoy.extensions.filters.http.wasm.v3.Wasm", {
    config: {
      name: module,
      root_id: rootId,
      allow_on_headers_stop_iteration: true,
      vm_config: {
        vm_id: vmId,
        runtime: "envoy.wasm.runtime.v8",
        code: { local: { filename: join(dirname(testModule), `${module}.wasm`) } },
        ...(variables.length > 0 && { environment_variables: { host_env_keys: variables } }),
      },
      ...(configuration !== null && { configuration: typed("google.protobuf.StringValue", { value: configuration }) }),
    },
  });
}
