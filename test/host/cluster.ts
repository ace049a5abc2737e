import type { Provider, ProviderOptions, ProviderScript } from "./provider.ts";
import type { Metadata } from "./stream-info.ts";

/** The host that an attempt goes to. */
export interface Host {
  provider: string;
  cluster: string;
  address: string;
  metadata: Metadata;
  script: ProviderScript;
}

/** Composite clusters by name: the members, in order. A provider's name is a cluster of its own. */
export type ClusterTable = Readonly<Record<string, readonly string[]>>;

/** Picks hosts as Envoy's clusters do: a composite sends attempt n to its n-th member that has hosts. */
export class Clusters {
  readonly #hosts = new Map<string, Host | null>();
  readonly #composites: ClusterTable;

  constructor(providers: Readonly<Record<string, Provider>>, composites: ClusterTable) {
    this.#composites = composites;
    Object.entries(providers).forEach(([name, provider], i) => {
      if (provider === null) this.#hosts.set(name, null);
      else {
        const options: ProviderOptions = typeof provider === "function" ? { script: provider } : provider;
        this.#hosts.set(name, {
          provider: options.name ?? name,
          cluster: name,
          address: options.address ?? `127.0.0.1:${9000 + i}`,
          metadata: options.metadata ?? { sluice: { provider: name } },
          script: options.script,
        });
      }
    });
  }

  has(cluster: string): boolean {
    return Object.hasOwn(this.#composites, cluster) || this.#hosts.has(cluster);
  }

  /** The host of attempt `attempt` (from 1), or null: no healthy upstream. */
  pick(cluster: string, attempt: number): Host | null {
    const members = Object.hasOwn(this.#composites, cluster) ? this.#composites[cluster]! : null;
    if (members === null) return this.#hosts.get(cluster) ?? null;
    for (let i = attempt - 1; i < members.length; i++) {
      const host = this.#hosts.get(members[i]!);
      if (host) return host;
    }
    return null;
  }
}
