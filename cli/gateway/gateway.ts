/** A gateway.yaml that has been checked: defaults filled in, every name resolved, durations in milliseconds, sizes in bytes. */

import type { Position } from "./problems.ts";
import type { SecretUse } from "./secrets.ts";

export interface Gateway {
  readonly listen: Address;
  readonly admin: Address;
  /** Where providers' health is told; null: nowhere. */
  readonly status: Address | null;
  /** Absolute path of a file, or null for standard output. */
  readonly accessLog: string | null;
  readonly providers: readonly Provider[];
  readonly models: readonly ModelEntry[];
  readonly consumers: readonly Consumer[];
  /** Ids at providers that every consumer may name. */
  readonly sharedObjects: readonly string[];
  /** Null: nothing is kept outside of Envoy. */
  readonly redis: Redis | null;
  readonly remembersFailures: boolean;
  readonly timeouts: { readonly connect: number; readonly firstContent: number; readonly answer: number; readonly stall: number };
  readonly limits: { readonly body: number; readonly answer: number };
  /** Secrets that go to the module sealed. */
  readonly secrets: readonly SecretUse[];
  /** Environment variables that keys come from, each once, in alphabetical order. */
  readonly environment: readonly EnvironmentUse[];
}

export interface Address {
  readonly host: string;
  readonly port: number;
}

export interface Provider {
  readonly id: string;
  readonly type: string;
  /** As written: `env:NAME`, `file:PATH`, `sealed:…` or the key itself. */
  readonly keys: readonly string[];
  readonly pool: KeyPool;
  readonly endpoint: Endpoint;
  /** How requests are spread over its servers; null: there is one, or a vendor's own balancer. */
  readonly balance: Balance | null;
  /** Where its access tokens come from; null: it has keys. */
  readonly tokens: Endpoint | null;
  /** Where the text comes from that systems say, too; null: from nowhere. */
  readonly context: Endpoint | null;
  /** How often it is asked again before the next target is. */
  readonly retries: number;
  readonly modelMapping: Readonly<Record<string, string>>;
  /** Whether files, batches and fine-tuning jobs are served, each for its maker. */
  readonly stateful: boolean;
  /** Names of clients' headers that go on to it, beside those that always do. */
  readonly passHeaders: readonly string[];
  /** What becomes of what its protocol can't say. */
  readonly onUnsupported: "refuse" | "drop";
  /** Whether it is told to cache prompts where clients say nothing of that. */
  readonly cache: "off" | "auto";
  /** Where it keeps what it is told; null: nobody says. */
  readonly region: string | null;
  /** What else is known of how it treats data. */
  readonly tags: readonly string[];
  /** Tokens of its models' windows, by patterns of their names. */
  readonly windows: Readonly<Record<string, number>>;
  /** Fields of ai-proxy, as they are. */
  readonly settings: Readonly<Record<string, unknown>>;
}

/** How a provider's keys are used. */
export interface KeyPool {
  readonly named: readonly { readonly key: string; readonly name?: string; readonly weight?: number }[];
  readonly selection: "random" | "affinity" | "least_recently_limited";
  /** How often one request may ask the provider. */
  readonly attempts: number;
  readonly probe: { readonly model?: string; readonly interval: number; readonly timeout: number };
}

export interface Redis {
  readonly endpoint: Endpoint;
  readonly username: string | null;
  /** As a key is; null: there is no login. */
  readonly password: string | null;
  readonly database: number;
  /** Milliseconds. */
  readonly timeout: number;
}

export type Balance = "least_request" | "round_robin" | "prompt_prefix" | "load";

export interface Endpoint {
  readonly tls: boolean;
  /** A DNS name or an IP address (IPv6 without brackets). */
  readonly host: string;
  readonly port: number;
  /** Prefix of every path, starting with a slash; empty if none. */
  readonly basePath: string;
  /** Whether it is another one than the vendor's own. */
  readonly custom: boolean;
  /** HTTP/2 without TLS. */
  readonly http2: boolean;
  /** The name for SNI, and that the certificate must have. */
  readonly serverName: string;
  /** Absolute path of a CA bundle; null for the system's. */
  readonly ca: string | null;
  /** Servers that do the same, this one not among them. */
  readonly replicas: readonly Address[];
  /** The certificate that is shown there, and its key, as absolute paths; null: none. */
  readonly identity: ClientIdentity | null;
  /** The HTTP proxy on the way there; null: there is none. */
  readonly proxy: Address | null;
}

export interface ClientIdentity {
  readonly cert: string;
  readonly key: string;
}

export interface Target {
  readonly provider: string;
  readonly model?: string;
}

export interface WeightedTarget extends Target {
  readonly weight: number;
}

export interface ModelEntry {
  readonly match: string;
  readonly names: readonly string[];
  readonly to: readonly WeightedTarget[];
  readonly fallback: readonly Target[];
  /** Whether targets of `to` that a draw passed over join as last fallbacks: yes, unless `fallback: []` was written. */
  readonly othersJoin: boolean;
  /** By whom a target is drawn: `consumer`, `header:NAME`; null: each request by itself. */
  readonly sticky: string | null;
  /** Which failures move on to the next target; null: the usual ones. */
  readonly fallbackOn: readonly string[] | null;
}

/** Data may reach providers in one of the regions (none: any) that have all of the tags. */
export interface DataBoundary {
  readonly regions?: readonly string[];
  readonly tags?: readonly string[];
}

export interface Consumer {
  readonly name: string;
  /** As written: `env:NAME`, `file:PATH`, `sealed:…` or the key itself. */
  readonly keys: readonly string[];
  /** Which providers its data may reach; null: all. */
  readonly data: DataBoundary | null;
}

export interface EnvironmentUse {
  readonly name: string;
  /** "provider openai", "consumer alice": for messages. */
  readonly usedBy: string;
  readonly position: Position;
}
