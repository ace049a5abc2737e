/** What a request costs: Envoy's CPU time over the same Envoy's without our filters. */

import { eventsInStream, type StreamName } from "./event-streams.ts";
import { chains, emptyChain, peerChain } from "./gateway-files.ts";
import { builds, higressModule, type Build } from "./higress.ts";
import { imagePrompt, longPrompt, smallPrompt } from "./requests.ts";
import type { Result } from "./result.ts";
import { compare, measureRounds, type Comparison, type Rounds, type Runner } from "./rounds.ts";
import { chat, chatStream, type Session } from "./session.ts";
import { median } from "./statistics.ts";

/** Small prompts through every chain. */
export async function smallPrompts(session: Session): Promise<Result[]> {
  const { bare, bundle, separate } = chains;
  const empty = emptyChain("openai");
  const { envoy, ports } = await session.gateway({
    bare,
    empty,
    "key-auth": chains["key-auth"],
    "ai-proxy": chains["ai-proxy"],
    bundle,
    separate,
  });
  const rounds = await measureRounds(
    [
      { name: "bare", load: chat(ports.bare, smallPrompt("gpt-4o")) },
      { name: "empty", load: chat(ports.empty, smallPrompt("gpt-4o")) },
      { name: "key-auth", load: chat(ports["key-auth"], smallPrompt("gpt-4o")) },
      { name: "ai-proxy", load: chat(ports["ai-proxy"], smallPrompt("gpt-4o")) },
      { name: "bundle-openai", load: chat(ports.bundle, smallPrompt("gpt-4o")) },
      { name: "bundle-claude", load: chat(ports.bundle, smallPrompt("claude-sonnet-4-5")) },
      { name: "bundle-bedrock", load: chat(ports.bundle, smallPrompt("anthropic.claude-sonnet-4-5")) },
      { name: "bundle-gemini", load: chat(ports.bundle, smallPrompt("gemini-2.5-flash")) },
      { name: "separate", load: chat(ports.separate, smallPrompt("gpt-4o")) },
    ],
    { envoy, folder: session.folder, ...session.options },
  );
  const row = rowsOf("A small prompt", rounds, "bare");
  return [
    row("empty", "for comparison: one filter that does nothing", null),
    row("key-auth", "key-auth alone", 1.25),
    row("ai-proxy", "ai-proxy alone, downstream, OpenAI → OpenAI", 1.4),
    row("bundle-openai", "bundle (key-auth, model-router, ai-proxy; both halves), OpenAI → OpenAI", 1.6),
    row("bundle-claude", "bundle, OpenAI → Claude", 1.8),
    row("bundle-bedrock", "bundle, OpenAI → Bedrock, signed with an AWS access key", 2.5),
    row("bundle-gemini", "bundle, OpenAI → Gemini", null),
    row("separate", "model-router, key-auth, ai-proxy as separate modules, downstream", 1.7),
  ];
}

/** The same where providers keep their connections: bare costs less, what filters add is the same, so ratios are larger. */
export async function keptConnections(session: Session): Promise<Result[]> {
  const { envoy, ports } = await session.gateway({
    "bare-kept": chains["bare-kept"],
    "empty-kept": emptyChain("openai-kept"),
    "key-auth-kept": chains["key-auth-kept"],
    "ai-proxy-kept": chains["ai-proxy-kept"],
    "separate-kept": chains["separate-kept"],
    bundle: chains.bundle,
  });
  const rounds = await measureRounds(
    [
      { name: "bare-kept", load: chat(ports["bare-kept"], smallPrompt("gpt-4o")) },
      { name: "empty-kept", load: chat(ports["empty-kept"], smallPrompt("gpt-4o")) },
      { name: "key-auth-kept", load: chat(ports["key-auth-kept"], smallPrompt("gpt-4o")) },
      { name: "ai-proxy-kept", load: chat(ports["ai-proxy-kept"], smallPrompt("gpt-4o")) },
      { name: "bundle-openai-kept", load: chat(ports.bundle, smallPrompt("openai-kept")) },
      { name: "bundle-claude-kept", load: chat(ports.bundle, smallPrompt("claude-kept")) },
      { name: "separate-kept", load: chat(ports["separate-kept"], smallPrompt("gpt-4o")) },
    ],
    { envoy, folder: session.folder, ...session.options },
  );
  const row = rowsOf("A small prompt, connections to providers kept", rounds, "bare-kept");
  return [
    row("empty-kept", "for comparison: one filter that does nothing", null),
    row("key-auth-kept", "key-auth alone", null),
    row("ai-proxy-kept", "ai-proxy alone, downstream, OpenAI → OpenAI", null),
    row("bundle-openai-kept", "bundle, OpenAI → OpenAI", null),
    row("bundle-claude-kept", "bundle, OpenAI → Claude", null),
    row("separate-kept", "three separate modules, downstream", null),
  ];
}

/** Prompts of 32 KiB, and of 1 MiB as an image makes them. */
export async function largePrompts(session: Session): Promise<Result[]> {
  const { envoy, ports } = await session.gateway({ bare: chains["bare-kept"], bundle: chains.bundle });
  const results: Result[] = [];
  const kinds = [
    { id: "prompt-32k", part: "A 32 KiB prompt", bar: 1.6, body: (model: string) => longPrompt(model, 32 * 1024) },
    { id: "image-1m", part: "A 1 MiB prompt (an image)", bar: 1.5, body: (model: string) => imagePrompt(model, 1024 * 1024) },
  ];
  for (const { id, part, bar, body } of kinds) {
    session.options.tell(part);
    const rounds = await measureRounds(
      [
        { name: "bare", load: chat(ports.bare, body("gpt-4o")) },
        { name: `${id}-openai`, load: chat(ports.bundle, body("openai-kept")) },
        { name: `${id}-claude`, load: chat(ports.bundle, body("claude-kept")) },
      ],
      { envoy, folder: session.folder, ...session.options },
    );
    const row = rowsOf(part, rounds, "bare");
    results.push(row(`${id}-openai`, "bundle, OpenAI → OpenAI", bar), row(`${id}-claude`, "bundle, OpenAI → Claude", bar));
  }
  return results;
}

/** Streams of 200 events: Claude's, translated, and OpenAI's own, which pass. */
export async function streams(session: Session): Promise<Result[]> {
  const { envoy, ports } = await session.gateway({
    bundle: chains.bundle,
    "bare-claude-paced": chains["bare-claude-paced"],
    "bare-claude-burst": chains["bare-claude-burst"],
    "bare-openai-paced": chains["bare-openai-paced"],
    "bare-openai-burst": chains["bare-openai-burst"],
  });
  const runner = (name: string, port: number, provider: StreamName): Runner => ({
    name,
    load: chatStream(port, provider),
    units: () => session.streams.sent(session.providers[provider]),
  });
  const rounds = await measureRounds(
    [
      runner("bare-claude-paced", ports["bare-claude-paced"], "claude-paced"),
      runner("stream-claude", ports.bundle, "claude-paced"),
      runner("bare-openai-paced", ports["bare-openai-paced"], "openai-paced"),
      runner("stream-openai", ports.bundle, "openai-paced"),
      runner("bare-claude-burst", ports["bare-claude-burst"], "claude-burst"),
      runner("stream-claude-burst", ports.bundle, "claude-burst"),
      runner("bare-openai-burst", ports["bare-openai-burst"], "openai-burst"),
      runner("stream-openai-burst", ports.bundle, "openai-burst"),
    ],
    { envoy, folder: session.folder, ...session.options },
  );
  const part = `A stream of ${eventsInStream} events`;
  const row = (id: string, title: string, bare: string, bar: number | null): Result =>
    ratioRow(id, part, title, compare(rounds, id, bare), bar, "an event");
  const event = (id: string, title: string, bare: string, bar: number | null): Result => {
    const added = rounds[id]!.map(({ cpu }, i) => cpu - rounds[bare]![i]!.cpu);
    const [total, base] = [median(rounds[id]!.map(({ cpu }) => cpu)), median(rounds[bare]!.map(({ cpu }) => cpu))];
    const note = `whole ${total.toFixed(1)} µs, bare ${base.toFixed(1)} µs an event`;
    return { id: `${id}-event`, part, title, value: median(added), unit: "µs", bar, note, rounds: added };
  };
  return [
    row("stream-claude", "Claude → OpenAI, each event by itself", "bare-claude-paced", 1.6),
    event("stream-claude", "Claude → OpenAI, each event by itself: added CPU an event", "bare-claude-paced", 8),
    row("stream-claude-burst", "Claude → OpenAI, as fast as it goes", "bare-claude-burst", null),
    event("stream-claude-burst", "Claude → OpenAI, as fast as it goes: added CPU an event", "bare-claude-burst", null),
    row("stream-openai", "OpenAI → OpenAI, each event by itself", "bare-openai-paced", null),
    row("stream-openai-burst", "OpenAI → OpenAI, as fast as it goes", "bare-openai-burst", null),
  ];
}

/** Higress's ai-proxy in the same process, in front of the same provider. */
export async function peers(session: Session): Promise<Result[]> {
  const { tell } = session.options;
  const { envoy, ports } = await session.gateway({
    bare: chains.bare,
    "ai-proxy": chains["ai-proxy"],
    own: peerChain("own", higressModule("own", tell)),
    patched: peerChain("patched", higressModule("patched", tell)),
  });
  const names = ["bare", "ai-proxy", "own", "patched"] as const;
  const rounds = await measureRounds(
    names.map((name) => ({ name, load: chat(ports[name], smallPrompt("gpt-4o")) })),
    { envoy, folder: session.folder, ...session.options },
  );
  // The bar is for what the package gives today.
  return [...peerRows("higress", "patched", 3, rounds), ...peerRows("higress-own", "own", null, rounds)];
}

/** A peer against ours: by all of a request's CPU, and by what the filter adds to bare's. */
function peerRows(id: string, build: Build, bar: number | null, rounds: Rounds): Result[] {
  const part = "Higress's ai-proxy, in the same Envoy";
  const { wheelVersion, folder } = builds[build];
  const name = `Higress's ${folder} (${wheelVersion} on PyPI)`;
  const whole = compare(rounds, build, "ai-proxy");
  const overBare = compare(rounds, build, "bare");
  const added = (chain: string): number => median(rounds[chain]!.map(({ cpu }, i) => cpu - rounds.bare![i]!.cpu));
  return [
    {
      id,
      part,
      title: `${name} over ours: CPU a request, all of it`,
      value: whole.ratio,
      unit: "×",
      bar,
      atLeast: true,
      note: `${whole.cpu.toFixed(0)} µs to ${whole.otherCpu.toFixed(0)} µs; ours serves ${(1 / whole.share).toFixed(1)} × its requests/s`,
      rounds: whole.ratios,
    },
    {
      id: `${id}-added`,
      part,
      title: "the same: CPU that the filter adds to bare",
      value: added(build) / added("ai-proxy"),
      unit: "×",
      bar: null,
      note: `${added(build).toFixed(0)} µs to ${added("ai-proxy").toFixed(0)} µs`,
    },
    ratioRow(`${id}-over-bare`, part, "the same over bare", overBare, null, "a request"),
  ];
}

function rowsOf(part: string, rounds: Rounds, bare: string): (id: string, title: string, bar: number | null) => Result {
  return (id, title, bar) => ratioRow(id, part, title, compare(rounds, id, bare), bar, "a request");
}

function ratioRow(id: string, part: string, title: string, compared: Comparison, bar: number | null, unit: string): Result {
  const { ratio, share, cpu, otherCpu, ratios } = compared;
  const rate = unit === "a request" ? `; ${share.toFixed(2)} of bare's requests/s` : "";
  const note = `${cpu.toFixed(cpu < 100 ? 1 : 0)} µs ${unit}, bare ${otherCpu.toFixed(otherCpu < 100 ? 1 : 0)} µs${rate}`;
  return { id, part, title, value: ratio, unit: "×", bar, note, rounds: ratios };
}
