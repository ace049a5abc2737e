/** Records the traces on a real Envoy: `node test/host/traces/record.ts [scenario…]`. Look at the difference before it is committed. */
import { writeFile } from "node:fs/promises";
import { findEnvoy } from "../../../cli/process/find-envoy.ts";
import { compiled } from "../../assembly/compile.ts";
import { record } from "./envoy.ts";
import { scenarios } from "./scenarios/index.ts";

const envoy = await findEnvoy({ environment: process.env, tell: (line) => console.error(line) });
const wasm = await compiled(new URL("../probes/scripted.ts", import.meta.url));
const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => !scenarios.some((scenario) => scenario.name === name));
if (unknown.length > 0) throw new Error(`no scenario is called ${unknown.join(", ")}`);

for (const scenario of scenarios) {
  if (wanted.length > 0 && !wanted.includes(scenario.name)) continue;
  await writeFile(new URL(`./recorded/${scenario.name}.trace`, import.meta.url), await record(scenario, envoy.path, wasm));
  console.log(scenario.name);
}
