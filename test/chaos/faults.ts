/** What goes wrong, one fault a model: the provider that has it stands first, a healthy one behind it. */
import type { ProviderServer } from "./provider.ts";

/** What a client may see of a fault. */
export type Bar =
  /** It comes before the first content: every request is answered whole, by the provider behind. */
  | "answered"
  /** It comes after the first content: an answer is whole, or its end can't be taken for one. */
  | "unmistakable";

export interface Fault {
  readonly name: string;
  readonly bar: Bar;
  /** What of the requests have it, from 0 to 1: with less than 1 the provider comes back again and again. */
  readonly share?: number;
  /** How many of the provider's keys are bad; without it there is one key, and it is good. */
  readonly badKeys?: number;
  /** Where the provider is, if not at the faulty server. */
  readonly url?: (server: ProviderServer) => string;
  /** Only streams can have it. */
  readonly streamsOnly?: boolean;
}

/** The names are what the faulty server acts on. */
export const faults: readonly Fault[] = [
  { name: "429-retry-after", bar: "answered" },
  { name: "429", bar: "answered", share: 0.5 },
  { name: "401-one-key", bar: "answered", badKeys: 1 },
  { name: "quota", bar: "answered", share: 0.3 },
  { name: "500", bar: "answered", share: 0.5 },
  { name: "502", bar: "answered" },
  { name: "503", bar: "answered", share: 0.5 },
  { name: "529", bar: "answered", share: 0.5 },
  { name: "error-in-200", bar: "answered", share: 0.5 },
  { name: "refused", bar: "answered", url: (server) => `http://127.0.0.1:${server.deadPort}` },
  { name: "reset", bar: "answered", share: 0.5 },
  { name: "reset-after-headers", bar: "answered", share: 0.5 },
  { name: "black-hole", bar: "answered", share: 0.1 },
  { name: "slow-first-byte", bar: "answered", share: 0.1 },
  { name: "slow-first-content", bar: "answered", share: 0.1, streamsOnly: true },
  { name: "html", bar: "answered", share: 0.5 },
  { name: "content-type", bar: "answered", share: 0.5 },
  { name: "invalid-json", bar: "answered", share: 0.5 },
  { name: "dns", bar: "answered", url: () => "https://no-such-host.invalid" },
  { name: "tls", bar: "answered", url: (server) => `https://127.0.0.1:${server.port}` },
  { name: "flapping", bar: "answered" },
  { name: "stall-in-stream", bar: "unmistakable", share: 0.1, streamsOnly: true },
  { name: "cut-in-stream", bar: "unmistakable", share: 0.5, streamsOnly: true },
  { name: "error-in-stream", bar: "unmistakable", share: 0.5, streamsOnly: true },
  { name: "end-without-finish", bar: "unmistakable", share: 0.5, streamsOnly: true },
];

/** Milliseconds after which the gateway gives up on an attempt. */
export const limits = { firstContent: 5_000, answer: 5_000, stall: 2_000 } as const;

export const badKey = "sk-chaos-refused-000000000001";
export const goodKey = "sk-chaos-accepted-00000000002";
