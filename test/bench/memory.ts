/** What a VM and the process need: idle, after many requests, for large bodies, for streams that wait. */

import { connect, type Socket } from "node:net";
import { readCorpus } from "../fuzz/corpus.ts";
import type { Gateway } from "../host/gateway.ts";
import type { ProviderAnswer } from "../host/provider.ts";
import { chains, type ProviderName } from "./gateway-files.ts";
import { startHostGateway } from "./host-gateway.ts";
import { chatHeaders, chatPath, imagePrompt, longPrompt, smallPrompt, streamedPrompt } from "./requests.ts";
import type { Result } from "./result.ts";
import type { Session } from "./session.ts";
import { answers } from "./upstream.ts";
import { runWrk } from "./wrk.ts";

const part = "Memory";
const mebibyte = 1024 * 1024;
const idleStreams = 500;

export async function memory(session: Session): Promise<Result[]> {
  return [...linearMemory(session), ...(await resident(session)), ...(await openStreams(session))];
}

/** Of the VM itself, in the Node host. */
function linearMemory(session: Session): Result[] {
  const { requests, tell } = session.options;
  const whole = (provider: string): ProviderAnswer => {
    const name = provider.split("-")[0] as keyof typeof answers;
    return { headers: { "content-type": "application/json" }, body: JSON.stringify(answers[name]) };
  };
  const idle = startHostGateway(session.providers, whole).memory;

  // Bodies and answers: each way to write one, in a VM of its own.
  let factor = 0;
  let largest = "";
  for (const size of [1, 4, 16]) {
    for (const model of ["gpt-4o", "claude-sonnet-4-5", "gemini-2.5-flash"]) {
      for (const [kind, body] of Object.entries({ image: imagePrompt(model, size * mebibyte), text: longPrompt(model, size * mebibyte) })) {
        const gateway = startHostGateway(session.providers, whole);
        const status = ask(gateway, body);
        if (status !== 200) throw new Error(`${kind} of ${size} MiB for ${model}: status ${status}`);
        const used = Math.max(0, gateway.memory - 4 * mebibyte) / Buffer.byteLength(body);
        if (used >= factor) [factor, largest] = [used, `${kind}, ${size} MiB, ${model}: ${(gateway.memory / mebibyte).toFixed(1)} MiB`];
      }
    }
  }

  // Every request and answer of the corpus in turn, spoilt ones and all.
  const corpus = readCorpus();
  let turn = 0;
  const gateway = startHostGateway(session.providers, (provider) => {
    const of = corpus.answers[provider.startsWith("claude") ? "anthropic" : provider.startsWith("gemini") ? "gemini" : "openai"];
    return { ...of[turn % of.length]! };
  });
  const models = ["gpt-4o", "claude-sonnet-4-5", "gemini-2.5-flash"];
  const bodies = corpus.requests
    .filter(({ path }) => path === chatPath)
    .flatMap(({ body }) => models.map((model) => body.toString().replace(/"model"\s*:\s*"[^"]*"/, `"model":"${model}"`)));
  let early = 0;
  for (; turn < requests; turn++) {
    if (turn === Math.floor(requests / 10)) early = gateway.memory;
    ask(gateway, bodies[turn % bodies.length]!);
  }
  tell(`  ${requests} requests in the Node host: ${(early / mebibyte).toFixed(1)} → ${(gateway.memory / mebibyte).toFixed(1)} MiB`);

  const streaming = startHostGateway(session.providers, () => ({
    headers: { "content-type": "text/event-stream" },
    chunks: [
      'event: message_start\ndata: {"type":"message_start","message":{"id":"msg_1","model":"m","usage":{"input_tokens":1}}}\n\n',
      'event: content_block_delta\ndata: {"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"x"}}\n\n',
    ],
    then: "stall",
  }));
  const open = (): void =>
    void streaming.open({ method: "POST", path: chatPath, headers: chatHeaders, body: streamedPrompt("claude-idle") });
  open();
  const beforeStreams = streaming.memory;
  for (let i = 0; i < idleStreams; i++) open();
  const perStream = (streaming.memory - beforeStreams) / idleStreams;

  return [
    { id: "memory-idle", part, title: "A VM that has served nothing (bundle)", value: idle / mebibyte, unit: "MiB", bar: 4, note: "" },
    {
      id: "memory-body",
      part,
      title: "A VM beyond 4 MiB, in multiples of the one body that it served (1, 4, 16 MiB; image and text; three protocols)",
      value: factor,
      unit: "×",
      bar: 4,
      note: `at most: ${largest}`,
    },
    {
      id: "memory-flat",
      part,
      title: `A VM's growth from request ${Math.floor(requests / 10)} to ${requests}, of every kind`,
      value: (gateway.memory - early) / 1024,
      unit: "KiB",
      bar: 0,
      note: `${(gateway.memory / mebibyte).toFixed(1)} MiB at the end`,
    },
    {
      id: "memory-stream",
      part,
      title: `A VM's growth for each of ${idleStreams} open streams that idle, Claude → OpenAI`,
      value: perStream / 1024,
      unit: "KiB",
      bar: 64,
      note: "",
    },
  ];
}

function ask(gateway: Gateway, body: string): number {
  const answer = gateway.request({ method: "POST", path: chatPath, headers: chatHeaders, body });
  return answer.status;
}

/** Of the whole process, under load, bare's beside it. */
async function resident(session: Session): Promise<Result[]> {
  const { requests, tell } = session.options;
  const growth: Record<"bare" | "bundle", { early: number; end: number }> = { bare: { early: 0, end: 0 }, bundle: { early: 0, end: 0 } };
  const bodies = ["gpt-4o", "claude-sonnet-4-5", "gemini-2.5-flash"].flatMap((model) => [smallPrompt(model), longPrompt(model, 8 * 1024)]);
  bodies.push('{"model":"gpt-4o","messages":[', smallPrompt("nobody-serves-this"));
  for (const name of ["bare", "bundle"] as const) {
    const chain = name === "bare" ? chains["bare-kept"] : chains.bundle;
    const { envoy, ports } = await session.gateway({ [name]: chain });
    const load = { port: ports[name]!, path: chatPath, headers: chatHeaders, bodies };
    let served = 0;
    while (served < requests / 10) served += (await runWrk(load, session.folder, 1)).requests;
    growth[name].early = envoy.resident();
    while (served < requests) served += (await runWrk(load, session.folder, 5)).requests;
    growth[name].end = envoy.resident();
    tell(
      `  ${name}: ${(growth[name].early / mebibyte).toFixed(1)} → ${(growth[name].end / mebibyte).toFixed(1)} MiB resident after ${served} requests`,
    );
    await session.stopGateways();
  }
  const { bare, bundle } = growth;
  return [
    {
      id: "resident-flat",
      part,
      title: `Envoy's resident memory, growth from request ${Math.floor(requests / 10)} to ${requests} beyond bare's own`,
      value: (bundle.end - bundle.early - (bare.end - bare.early)) / mebibyte,
      unit: "MiB",
      bar: 2,
      note: `bundle ${(bundle.early / mebibyte).toFixed(1)} → ${(bundle.end / mebibyte).toFixed(1)} MiB, bare ${(bare.early / mebibyte).toFixed(1)} → ${(bare.end / mebibyte).toFixed(1)} MiB`,
    },
    {
      id: "resident",
      part,
      title: "Envoy's resident memory beyond bare's, one worker",
      value: (bundle.end - bare.end) / mebibyte,
      unit: "MiB",
      bar: null,
      note: "V8 and the compiled module, and the VM's own memory",
    },
  ];
}

/** Streams that have begun and wait, each over a connection of its own; processes of their own, so that neither has what the other freed. */
async function openStreams(session: Session): Promise<Result[]> {
  const used: Record<"bare" | "bundle", number> = { bare: 0, bundle: 0 };
  for (const name of ["bare", "bundle"] as const) {
    const { envoy, ports } = await session.gateway({ [name]: name === "bare" ? chains["bare-claude-idle"] : chains.bundle });
    const port = ports[name]!;
    const provider: ProviderName = "claude-idle";
    const sockets = await openAll(port, provider, 50);
    const before = envoy.resident();
    sockets.push(...(await openAll(port, provider, idleStreams)));
    used[name] = (envoy.resident() - before) / idleStreams;
    for (const socket of sockets) socket.destroy();
    await session.stopGateways();
  }
  return [
    {
      id: "resident-stream",
      part,
      title: `Envoy's resident memory for each of ${idleStreams} open streams that idle, beyond bare's`,
      value: (used.bundle - used.bare) / 1024,
      unit: "KiB",
      bar: 64,
      note: `bundle ${(used.bundle / 1024).toFixed(1)} KiB, bare ${(used.bare / 1024).toFixed(1)} KiB a stream`,
    },
  ];
}

/** Connections on each of which a stream has begun. */
async function openAll(port: number, model: string, count: number): Promise<Socket[]> {
  const body = streamedPrompt(model);
  const fields = Object.entries(chatHeaders).map(([name, value]) => `${name}: ${value}\r\n`);
  const request = `POST ${chatPath} HTTP/1.1\r\nhost: bench\r\n${fields.join("")}content-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;
  return Promise.all(
    Array.from(
      { length: count },
      () =>
        new Promise<Socket>((resolve, reject) => {
          const socket = connect(port, "127.0.0.1", () => socket.write(request));
          let text = "";
          socket.on("data", (chunk: Buffer) => {
            text += chunk.toString("latin1");
            // The first piece of content.
            if (text.includes("Hello")) resolve(socket);
            else if (!"HTTP/1.1 200".startsWith(text.slice(0, 12))) reject(new Error(`a stream did not begin: ${text}`));
          });
          socket.on("error", reject);
          socket.on("close", () => reject(new Error(`a stream ended early: ${text}`)));
        }),
    ),
  );
}
