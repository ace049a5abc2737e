/** What every command does first: read gateway.yaml, and show what is wrong with it. */

import { existsSync, readFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { moduleOf } from "../envoy/module.ts";
import { renderGateway, type Rendered } from "../envoy/render.ts";
import { CommandFailure } from "../failure.ts";
import type { Gateway } from "../gateway/gateway.ts";
import { describeProblem, lineAndColumn, type Position } from "../gateway/problems.ts";
import { readGateway } from "../gateway/read.ts";
import { readModule } from "../package-files.ts";
import { systemCaFor } from "../process/ca-bundle.ts";

export interface LoadedGateway {
  readonly gateway: Gateway;
  readonly warnings: number;
  /** "gateway.yaml:4:38", for messages. */
  place(position: Position): string;
}

/** Reads a gateway.yaml, writes its problems to standard error, and fails if one is an error. */
export function loadGateway(file: string): LoadedGateway {
  if (!existsSync(file)) throw new CommandFailure(2, `There is no file ${file}.`);
  const text = readFileSync(file, "utf8");
  const { gateway, problems } = readGateway(text, dirname(resolve(file)));
  for (const problem of problems) process.stderr.write(`${describeProblem(problem, file, text)}\n`);
  const errors = problems.filter(({ severity }) => severity === "error").length;
  if (gateway === null) throw new CommandFailure(1, `${errors} ${errors === 1 ? "error" : "errors"} in ${file}.`);
  return {
    gateway,
    warnings: problems.length,
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

/** Where `up` and `render` write, unless told otherwise: beside the file. */
export function defaultFolder(file: string): string {
  return join(dirname(resolve(file)), ".sluice");
}

/** @param directory Where Envoy will read the files. */
export function renderFor(gateway: Gateway, directory: string, modulePath: string | undefined): Rendered {
  const module = moduleOf(
    readModule(modulePath),
    gateway.environment.map(({ name }) => name),
  );
  return renderGateway(gateway, module, directory, systemCaFor(gateway, process.env));
}

/** How long clusters stay that are no longer wanted: as long as a request that began before may still try them. */
export function drainMilliseconds(gateway: Gateway): number {
  return Math.max(600_000, gateway.timeouts.answer + gateway.timeouts.firstContent);
}
