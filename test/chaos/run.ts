/** Clients ask while everything fails: counted by fault. */
import { faults, type Fault } from "./faults.ts";
import { http1Client, http2Client, type Client, type Ending } from "./clients.ts";
import { ChaosGateway } from "./gateway.ts";
import { startProviderServer } from "./provider.ts";

export interface ChaosOptions {
  readonly seconds: number;
  readonly clients: number;
  /** Whether the configuration is rendered anew every second, and Envoy restarted hot in the middle. */
  readonly reloads: boolean;
  readonly restart: boolean;
  /** Requests a fault after which it is asked for no more. */
  readonly most: number;
}

export interface Row {
  readonly fault: Fault;
  injected: number;
  readonly endings: Record<Ending, number>;
  /** One of each kind of ending that wasn't an answer. */
  readonly examples: Map<Ending, string>;
}

export interface Outcome {
  readonly rows: readonly Row[];
  readonly reloads: number;
  readonly restarts: number;
  readonly seconds: number;
  readonly defects: readonly string[];
}

export async function runChaos(options: ChaosOptions, say: (line: string) => void): Promise<Outcome> {
  const servers = [await startProviderServer(false), await startProviderServer(true)] as const;
  const gateway = await ChaosGateway.start(servers);
  const rows = faults.map((fault): Row => ({
    fault,
    injected: 0,
    endings: { answered: 0, error: 0, broken: 0, truncated: 0, malformed: 0, hung: 0 },
    examples: new Map(),
  }));
  const port = (): number => gateway.port;
  const clients = Array.from({ length: Math.ceil(options.clients / 20) }, (_, i) => (i % 2 === 0 ? http1Client(port) : http2Client(port)));
  const started = Date.now();
  const end = started + options.seconds * 1000;
  let [reloads, restarts] = [0, 0];
  let turn = 0;
  const next = (): Row | undefined => {
    for (let i = 0; i < rows.length; i++) {
      const row = rows[turn++ % rows.length]!;
      if (total(row) < options.most) return row;
    }
    return undefined;
  };
  const asker = async (client: Client, number: number): Promise<void> => {
    for (let i = 0; Date.now() < end; i++) {
      const row = next();
      if (row === undefined) return;
      const text = `client ${number} request ${i} ${"word ".repeat(5)}end`;
      const { ending, detail, tried } = await client.ask(row.fault.name, row.fault.streamsOnly === true || i % 2 === 0, text);
      row.endings[ending]++;
      if (ending !== "answered" && !row.examples.has(ending)) row.examples.set(ending, `${detail} (tried: ${tried || "nobody"})`);
    }
  };
  const trouble = async (): Promise<void> => {
    const middle = started + options.seconds * 500;
    while (Date.now() < end - 2000) {
      await new Promise((resolve) => setTimeout(resolve, 1000));
      if (options.reloads) {
        await gateway.reload(servers);
        reloads++;
      }
      if (options.restart && restarts === 0 && Date.now() > middle) {
        restarts++;
        await gateway.restartHot();
        say("Envoy was restarted hot");
      }
    }
  };
  try {
    await Promise.all([trouble(), ...Array.from({ length: options.clients }, (_, i) => asker(clients[Math.floor(i / 20)]!, i))]);
    for (const row of rows) for (const server of servers) row.injected += server.injected.get(row.fault.name) ?? 0;
    return { rows, reloads, restarts, seconds: (Date.now() - started) / 1000, defects: gateway.defects };
  } finally {
    for (const client of clients) client.close();
    await gateway.stop();
    for (const server of servers) server.close();
  }
}

export function total(row: Row): number {
  return Object.values(row.endings).reduce((sum, count) => sum + count, 0);
}

/** What a run missed, a line each; none: every bar is met. `least`: requests that every fault must have had. */
export function missed({ rows, defects }: Outcome, least: number): string[] {
  const lines = defects.map((line) => `Envoy's log: ${line}`);
  for (const row of rows) {
    const { fault, endings, examples } = row;
    const bad: Ending[] =
      fault.bar === "answered" ? ["error", "broken", "truncated", "malformed", "hung"] : ["truncated", "malformed", "hung"];
    for (const ending of bad)
      if (endings[ending] > 0) lines.push(`${fault.name}: ${endings[ending]} ${ending}, such as: ${examples.get(ending)}`);
    if (total(row) < least) lines.push(`${fault.name}: ${total(row)} requests, fewer than ${least}`);
  }
  return lines;
}

/** A table of what happened. */
export function table({ rows }: Outcome): string {
  const head = ["fault", "requests", "injected", "answered", "error", "broken", "truncated", "malformed", "hung"];
  const lines = rows.map((row) => {
    const { answered, error, broken, truncated, malformed, hung } = row.endings;
    return [row.fault.name, total(row), row.injected, answered, error, broken, truncated, malformed, hung].map(String);
  });
  const widths = head.map((word, i) => Math.max(word.length, ...lines.map((line) => line[i]!.length)));
  return [head, ...lines]
    .map((line) => line.map((cell, i) => (i === 0 ? cell.padEnd(widths[i]!) : cell.padStart(widths[i]!))).join("  "))
    .join("\n");
}
