/** sluice probe PROVIDER FILE */

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline/promises";
import { CommandFailure } from "../failure.ts";
import { formatAddress } from "../gateway/addresses.ts";
import type { Gateway, Provider } from "../gateway/gateway.ts";
import { sluiceVersion } from "../package-files.ts";
import { ask } from "../probe/ask.ts";
import { describe, judge, type Card } from "../probe/card.ts";
import { probeCases, type ProbeCase } from "../probe/cases.ts";
import { findEnvoy } from "../process/find-envoy.ts";
import { writeFolder } from "../process/folder.ts";
import { freeLoopbackAddress } from "../process/ports.ts";
import { RunningEnvoy } from "../process/run-envoy.ts";
import { Sealer, masterKeyVariable, newMasterKey } from "../secrets/seal.ts";
import { loadGateway, needVariables, renderFor, sealerFromEnvironment, tell } from "./load.ts";

export interface ProbeOptions {
  readonly model: string;
  /** Don't ask before it costs something. */
  readonly yes?: boolean;
  readonly out?: string;
  readonly envoy?: string;
  readonly module?: string;
}

/** The longest that one answer may take. */
const PATIENCE = 180_000;

/**
 * Asks a provider of FILE, with the user's own key, for what the corpus asks for, through a gateway of its own on a free port, and writes what came as a card. Says first how many tokens that may cost.
 */
export async function probe(name: string, file: string, options: ProbeOptions): Promise<void> {
  const loaded = loadGateway(file);
  const provider = loaded.gateway.providers.find(({ id }) => id === name);
  if (provider === undefined) {
    throw new CommandFailure(2, `${file} has no provider "${name}". It has: ${loaded.gateway.providers.map(({ id }) => id).join(", ")}.`);
  }
  const gateway = await alone(loaded.gateway, provider);
  needVariables({ ...loaded, gateway });
  const cases = probeCases();
  if (!options.yes && !(await agrees(cost(name, options.model, cases)))) throw new CommandFailure(2, "Nothing was asked.");

  const directory = mkdtempSync(join(tmpdir(), "sluice-probe-"));
  try {
    const envoy = await findEnvoy({ asked: options.envoy, environment: process.env, tell });
    const sealer = sealerFromEnvironment() ?? Sealer.of(newMasterKey())!;
    writeFolder(renderFor({ ...loaded, gateway }, directory, options.module, sealer), directory);
    const running = new RunningEnvoy(envoy, directory, gateway.admin, { [masterKeyVariable]: sealer.masterKey }, 1);
    process.once("exit", () => running.kill());
    try {
      await running.ready(gateway);
      const card = await fill(gateway, provider, options.model, cases);
      const path = resolve(options.out ?? `${name}.${card.date}.json`);
      writeFileSync(path, `${JSON.stringify(card, null, 2)}\n`);
      tell(`${card.tokens.input} tokens in, ${card.tokens.output} out. The card is in ${path}.`);
    } finally {
      await running.stop();
    }
  } finally {
    rmSync(directory, { recursive: true });
  }
}

/** The same gateway with this one provider, open to this machine only, and nothing in the log. */
async function alone(gateway: Gateway, provider: Provider): Promise<Gateway> {
  const isIts = ({ usedBy }: { readonly usedBy: string }): boolean => usedBy === `provider ${provider.id}`;
  return {
    ...gateway,
    listen: await freeLoopbackAddress(),
    admin: await freeLoopbackAddress(),
    accessLog: "/dev/null",
    providers: [provider],
    models: [],
    consumers: [],
    redis: null,
    secrets: gateway.secrets.filter(isIts),
    environment: gateway.environment.filter(isIts),
  };
}

function cost(name: string, model: string, cases: readonly ProbeCase[]): string {
  const input = cases.reduce((sum, { request }) => sum + Math.ceil(JSON.stringify(request).length / 3), 0);
  const output = cases.reduce((sum, { limit }) => sum + limit, 0);
  return `${cases.length} requests to ${name} for ${model}, with your key: about ${round(input)} tokens in, at most ${round(output)} out.`;
}

function round(tokens: number): string {
  return (Math.ceil(tokens / 100) * 100).toLocaleString("en-US");
}

async function agrees(words: string): Promise<boolean> {
  tell(words);
  if (!process.stdin.isTTY) throw new CommandFailure(2, "To go on without being asked: --yes");
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  const answer = await terminal.question("Go on? [y/N] ");
  terminal.close();
  return /^y(es)?$/i.test(answer.trim());
}

async function fill(gateway: Gateway, provider: Provider, model: string, cases: readonly ProbeCase[]): Promise<Card> {
  const card: Card = {
    provider: provider.id,
    type: provider.type,
    model,
    date: new Date().toISOString().slice(0, 10),
    sluice: sluiceVersion(),
    tokens: { input: 0, output: 0 },
    capabilities: {},
  };
  const url = `http://${formatAddress(gateway.listen)}/v1/chat/completions`;
  // One after the other: a vendor's limit of requests isn't what is looked for.
  for (const probe of cases) {
    const answer = await ask(url, `${provider.id}/${model}`, probe, PATIENCE);
    card.capabilities[probe.capability] = judge(probe, answer);
    card.tokens.input += answer.tokens.input;
    card.tokens.output += answer.tokens.output;
    tell(describe(probe.capability, card.capabilities[probe.capability]!));
  }
  return card;
}
