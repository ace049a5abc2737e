/** sluice check FILE */

import { loadGateway } from "./load.ts";

/** Reads the file, shows what is wrong with it, and starts nothing. Variables that aren't set are named, not refused: they may be set where it runs. */
export function check(file: string): void {
  const { gateway, warnings, place } = loadGateway(file);
  for (const { name, usedBy, position } of gateway.environment) {
    if (process.env[name] === undefined)
      process.stderr.write(`${place(position)}: note: ${name} is not set here; ${usedBy} needs it when the gateway starts\n`);
  }
  const parts = [count(gateway.providers, "provider"), count(gateway.models, "model"), count(gateway.consumers, "consumer")];
  const remark = warnings > 0 ? `, ${warnings} ${warnings === 1 ? "warning" : "warnings"}` : "";
  process.stdout.write(`${file} is valid: ${parts.join(", ")}${remark}.\n`);
}

function count(list: readonly unknown[], name: string): string {
  return `${list.length} ${name}${list.length === 1 ? "" : "s"}`;
}
