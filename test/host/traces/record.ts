/** Records the traces on a real Envoy: `ENVOY=/path/to/envoy npx tsx test/host/traces/record.ts [scenario …]`. Look at the difference before it is committed. */
import { writeFile } from "node:fs/promises";
import { compiled } from "../../assembly/compile.ts";
import { findEnvoy, record } from "./envoy.ts";
import { scenarios } from "./scenarios.ts";

const envoy = findEnvoy();
if (envoy === null) throw new Error("Envoy is not on the PATH; name it in ENVOY");
const wasm = await compiled(new URL("../probes/scripted.ts", import.meta.url));
const wanted = process.argv.slice(2);
const queue = scenarios.filter((scenario) => wanted.length === 0 || wanted.includes(scenario.name));
let failed = 0;

async function work(): Promise<void> {
  for (let scenario = queue.shift(); scenario !== undefined; scenario = queue.shift()) {
    try {
      await writeFile(new URL(`./${scenario.name}.trace`, import.meta.url), await record(scenario, envoy!, wasm));
      console.log(scenario.name);
    } catch (error) {
      failed++;
      console.error(scenario.name, error);
    }
  }
}

await Promise.all([work(), work()]);
process.exitCode = failed > 0 ? 1 : 0;
