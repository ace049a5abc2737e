/** How large the modules are, and how long Envoy takes with them until it answers. */

import { existsSync, statSync } from "node:fs";
import { join } from "node:path";
import { packageRoot } from "../../cli/package-files.ts";
import { chains } from "./gateway-files.ts";
import type { Result } from "./result.ts";
import type { Session } from "./session.ts";
import { median } from "./statistics.ts";

const sizeBars: Record<string, number> = { "key-auth": 250, "model-router": 250, "ai-proxy": 600, sluice: 1.2 * 1024 };

export function sizes(): Result[] {
  return Object.entries(sizeBars).map(([name, bar]) => {
    const file = join(packageRoot(), `dist/envoy/${name}.wasm`);
    if (!existsSync(file)) throw new Error(`${file} isn't there: make build`);
    return {
      id: `size-${name}`,
      part: "Size of modules",
      title: `${name}.wasm`,
      value: statSync(file).size / 1024,
      unit: "KiB",
      bar,
      note: "",
    };
  });
}

/** From the start of the process to its first 200, the bundle's over bare's. */
export async function start(session: Session): Promise<Result[]> {
  const times: Record<"bare" | "bundle", number[]> = { bare: [], bundle: [] };
  for (let round = 0; round <= Math.min(session.options.rounds, 8); round++) {
    for (const name of ["bare", "bundle"] as const) {
      const begun = performance.now();
      await session.gateway({ [name]: chains[name] });
      if (round > 0) times[name].push((performance.now() - begun) / 1000);
      await session.stopGateways();
    }
  }
  const [bare, bundle] = [median(times.bare), median(times.bundle)];
  const added = times.bundle.map((time, i) => time - times.bare[i]!);
  return [
    {
      id: "start",
      part: "Start",
      title: "Envoy with the bundle: later with its first answer than bare by",
      value: median(added),
      unit: "s",
      bar: 1,
      note: `${bundle.toFixed(2)} s, bare ${bare.toFixed(2)} s`,
      rounds: added,
    },
  ];
}
