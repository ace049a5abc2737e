/** What a filter adds to the time until an answer: an open loop at a constant rate, bare and bundle in turns, at a fifth of what the worker can do. */

import { connect, type Socket } from "node:net";
import { chains } from "./gateway-files.ts";
import { smallPrompt } from "./requests.ts";
import type { Result } from "./result.ts";
import { measureRounds } from "./rounds.ts";
import { chat, type Session } from "./session.ts";
import { median, quantile } from "./statistics.ts";
import type { Load } from "./wrk.ts";

/** Share of the worker's time that all requests together take. */
const busy = 0.2;

export async function latency(session: Session): Promise<Result[]> {
  const { tell, rounds, seconds } = session.options;
  const { envoy, ports } = await session.gateway({ bare: chains.bare, bundle: chains.bundle });
  const loads = { bare: chat(ports.bare, smallPrompt("gpt-4o")), bundle: chat(ports.bundle, smallPrompt("gpt-4o")) };
  const cost = await measureRounds(
    [
      { name: "bare", load: loads.bare },
      { name: "bundle", load: loads.bundle },
    ],
    { envoy, folder: session.folder, rounds: 1, seconds: 2, tell: () => {} },
  );
  const pair = cost.bare![0]!.cpu + cost.bundle![0]!.cpu;
  const pairsPerSecond = (busy * 1e6) / pair;
  const clients = { bare: new Client(loads.bare), bundle: new Client(loads.bundle) };
  const medians: number[] = [];
  const tails: number[] = [];
  const bareTails: number[] = [];
  const bareMedians: number[] = [];
  // The first block opens the connections.
  for (let block = 0; block <= rounds; block++) {
    const times = await inTurns(clients, pairsPerSecond, seconds * 2);
    if (block === 0) continue;
    medians.push(median(times.bundle.map((time, i) => time - times.bare[i]!)));
    tails.push(quantile(times.bundle, 0.99) / quantile(times.bare, 0.99));
    bareMedians.push(median(times.bare));
    bareTails.push(quantile(times.bare, 0.99));
    tell(`  block ${block} of ${rounds}: median +${medians.at(-1)!.toFixed(3)} ms, 99th percentile × ${tails.at(-1)!.toFixed(2)}`);
  }
  for (const client of Object.values(clients)) client.close();
  const part = "Latency at 20 % load";
  const rate = `${(2 * pairsPerSecond).toFixed(0)} requests/s in all`;
  return [
    {
      id: "latency-median",
      part,
      title: "bundle, OpenAI → OpenAI: added to the median, by pairs",
      value: median(medians),
      unit: "ms",
      bar: 0.2,
      note: `bare's median ${median(bareMedians).toFixed(2)} ms; ${rate}`,
      rounds: medians,
    },
    {
      id: "latency-p99",
      part,
      title: "bundle, OpenAI → OpenAI: 99th percentile over bare's",
      value: median(tails),
      unit: "×",
      bar: 1.2,
      note: `bare's 99th percentile ${median(bareTails).toFixed(2)} ms; ${rate}`,
      rounds: tails,
    },
  ];
}

/** Sends one request to each in turn, evenly spaced, first one and then the other first. Milliseconds; a pair's times stand at the same index. */
async function inTurns(
  clients: Record<"bare" | "bundle", Client>,
  pairsPerSecond: number,
  seconds: number,
): Promise<Record<"bare" | "bundle", number[]>> {
  const pairs = Math.round(pairsPerSecond * seconds);
  const spacing = 500 / pairsPerSecond;
  const times = { bare: new Array<number>(pairs).fill(Number.NaN), bundle: new Array<number>(pairs).fill(Number.NaN) };
  let open = 0;
  const start = performance.now();
  for (let slot = 0; slot < pairs * 2; slot++) {
    const due = start + slot * spacing;
    // Timers are too coarse; this polls sockets in between.
    while (performance.now() < due) await new Promise((resolve) => setImmediate(resolve));
    const pair = slot >> 1;
    const name = (slot + pair) % 2 === 0 ? "bare" : "bundle";
    open++;
    clients[name].ask((milliseconds) => {
      times[name][pair] = milliseconds;
      open--;
    });
  }
  const end = performance.now() + 10_000;
  while (open > 0 && performance.now() < end) await new Promise((resolve) => setImmediate(resolve));
  if (open > 0) throw new Error(`${open} requests were not answered within 10 s`);
  return times;
}

/** HTTP/1.1 with as few instructions as will do: ready-made requests over connections that are kept. */
class Client {
  readonly #port: number;
  readonly #request: Buffer;
  readonly #idle: Socket[] = [];
  readonly #all = new Set<Socket>();

  constructor({ port, path, headers, bodies: [body] }: Load) {
    const fields = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
    const head = `POST ${path} HTTP/1.1\r\nhost: 127.0.0.1:${port}\r\n${fields.join("")}content-length: ${Buffer.byteLength(body!)}\r\n\r\n`;
    this.#port = port;
    this.#request = Buffer.from(head + body);
  }

  /** Tells how many milliseconds passed until the answer was whole. Throws where it is not a 200. */
  ask(done: (milliseconds: number) => void): void {
    const socket = this.#idle.pop() ?? this.#open();
    let answer: Buffer = Buffer.alloc(0);
    const sent = performance.now();
    const read = (chunk: Buffer): void => {
      answer = answer.length === 0 ? chunk : Buffer.concat([answer, chunk]);
      if (!isWhole(answer)) return;
      const milliseconds = performance.now() - sent;
      socket.off("data", read);
      this.#idle.push(socket);
      done(milliseconds);
    };
    socket.on("data", read);
    socket.write(this.#request);
  }

  close(): void {
    for (const socket of this.#all) socket.destroy();
  }

  #open(): Socket {
    const socket = connect({ host: "127.0.0.1", port: this.#port, noDelay: true });
    this.#all.add(socket);
    return socket;
  }
}

function isWhole(answer: Buffer): boolean {
  const head = answer.indexOf("\r\n\r\n");
  if (head < 0) return false;
  const text = answer.toString("latin1", 0, head);
  if (!text.startsWith("HTTP/1.1 200")) throw new Error(`an answer is not 200: ${answer.toString()}`);
  const length = /\r\ncontent-length: (\d+)/i.exec(text);
  if (length !== null) return answer.length >= head + 4 + Number(length[1]);
  return answer.toString("latin1", answer.length - 5) === "0\r\n\r\n";
}
