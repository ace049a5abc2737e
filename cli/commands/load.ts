/** What every command does first: read gateway.yaml, and show what is wrong with it. */

import { existsSync, readFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { moduleOf } from "../envoy/module.ts";
import { renderGateway, type Rendered } from "../envoy/render.ts";
import { CommandFailure } from "../failure.ts";
import type { Gateway } from "../gateway/gateway.ts";
import { describeProblem, lineAndColumn, withoutSecrets, type Position } from "../gateway/problems.ts";
import { readGateway } from "../gateway/read.ts";
import { readModule } from "../package-files.ts";
import { systemCaFor } from "../process/ca-bundle.ts";
import { Sealer, masterKeyVariable } from "../secrets/seal.ts";
import { sealGateway } from "../gateway/seal-gateway.ts";

export interface LoadedGateway {
  readonly gateway: Gateway;
  readonly warnings: number;
  /** Absolute path of the folder that relative file names are relative to. */
  readonly directory: string;
  /** "gateway.yaml:4:38", for messages. */
  place(position: Position): string;
}

/** Reads a gateway.yaml, writes its problems to standard error, and fails if one is an error. */
export function loadGateway(file: string): LoadedGateway {
  if (!existsSync(file)) throw new CommandFailure(2, `There is no file ${file}.`);
  const text = readFileSync(file, "utf8");
  const directory = dirname(resolve(file));
  const { gateway, problems } = readGateway(text, directory);
  const shown = withoutSecrets(text, problems);
  for (const problem of problems) process.stderr.write(`${describeProblem(problem, file, shown)}\n`);
  const errors = problems.filter(({ severity }) => severity === "error").length;
  if (gateway === null) throw new CommandFailure(1, `${errors} ${errors === 1 ? "error" : "errors"} in ${file}.`);
  return {
    gateway,
    warnings: problems.length,
    directory,
    place(position) {
      const { line, column } = lineAndColumn(text, position.start);
      return `${file}:${line}:${column}`;
    },
  };
}

/** Words for people: standard output belongs to the access log. */
export function tell(text: string): void {
  process.stderr.write(`${text}\n`);
}

/** Fails unless all variables are set that keys come from. */
export function needVariables({ gateway, place }: LoadedGateway): void {
  const missing = gateway.environment.filter(({ name }) => !process.env[name]);
  if (missing.length === 0) return;
  const lines = missing.map(({ name, usedBy, position }) => `${place(position)}: ${name} is not set; ${usedBy} needs it`);
  throw new CommandFailure(2, `${lines.join("\n")}\nSet it before starting the gateway: export ${missing[0]!.name}=…`);
}

/** Who seals by the master key of the environment; null: there is none. Fails if it can't be one. */
export function sealerFromEnvironment(): Sealer | null {
  const text = process.env[masterKeyVariable];
  if (!text) return null;
  const sealer = Sealer.of(text);
  if (sealer === null) throw new CommandFailure(2, `${masterKeyVariable} isn't 32 bytes in base64. ${howToMakeOne}`);
  return sealer;
}

/** Ends messages about a master key. */
export const howToMakeOne = `Make one, and keep it: export ${masterKeyVariable}="$(openssl rand -base64 32)"`;

/** Where `up` and `render` write, unless told otherwise: beside the file. */
export function defaultFolder(file: string): string {
  return join(dirname(resolve(file)), ".sluice");
}

/**
 * Reads the files that secrets come from, seals all secrets, and renders.
 *
 * @param directory Where Envoy will read the files.
 * @param sealer Null: nothing can be sealed, and that fails if something has to be.
 */
export function renderFor(loaded: LoadedGateway, directory: string, modulePath: string | undefined, sealer: Sealer | null): Rendered {
  const gateway = sealer === null ? unsealed(loaded) : sealedBy(sealer, loaded);
  const module = moduleOf(
    readModule(modulePath),
    gateway.environment.map(({ name }) => name),
  );
  return renderGateway(gateway, module, directory, systemCaFor(gateway, process.env));
}

function sealedBy(sealer: Sealer, { gateway, directory, place }: LoadedGateway): Gateway {
  const sealed = sealGateway(gateway, directory, sealer);
  if (sealed.problems.length === 0) return sealed.gateway;
  throw new CommandFailure(2, sealed.problems.map(({ use, message }) => `${place(use.position)}: ${use.usedBy}: ${message}`).join("\n"));
}

function unsealed({ gateway, place }: LoadedGateway): Gateway {
  const [first] = gateway.secrets;
  if (first === undefined) return gateway;
  throw new CommandFailure(
    2,
    `${place(first.position)}: ${first.usedBy}: its key is sealed on the way to Envoy, and ${masterKeyVariable} is not set. ${howToMakeOne} (Envoy needs the same), or use env:NAME.`,
  );
}

/** How long clusters stay that are no longer wanted: as long as a request that began before may still try them. */
export function drainMilliseconds(gateway: Gateway): number {
  return Math.max(600_000, gateway.timeouts.answer + gateway.timeouts.firstContent);
}
