/** sluice check FILE */

import { sealGateway } from "../gateway/seal-gateway.ts";
import { Sealer, newMasterKey } from "../secrets/seal.ts";
import { loadGateway, sealerFromEnvironment } from "./load.ts";

/** Reads the file, shows what is wrong with it, and starts nothing. Variables and files that aren't there are named, not refused: they may be where it runs. */
export function check(file: string): void {
  const { gateway, warnings, directory, place } = loadGateway(file);
  for (const { name, usedBy, position } of gateway.environment) {
    if (process.env[name] === undefined)
      process.stderr.write(`${place(position)}: note: ${name} is not set here; ${usedBy} needs it when the gateway starts\n`);
  }
  const sealer = sealerFromEnvironment();
  const openable = sealer === null ? gateway.secrets.filter(({ text }) => !text.startsWith("sealed:")) : gateway.secrets;
  const { problems } = sealGateway({ ...gateway, secrets: openable }, directory, sealer ?? Sealer.of(newMasterKey())!);
  for (const { use, message } of problems) process.stderr.write(`${place(use.position)}: note: ${use.usedBy}: ${message}\n`);
  const parts = [count(gateway.providers, "provider"), count(gateway.models, "model"), count(gateway.consumers, "consumer")];
  const remark = warnings > 0 ? `, ${warnings} ${warnings === 1 ? "warning" : "warnings"}` : "";
  process.stdout.write(`${file} is valid: ${parts.join(", ")}${remark}.\n`);
}

function count(list: readonly unknown[], name: string): string {
  return `${list.length} ${name}${list.length === 1 ? "" : "s"}`;
}
