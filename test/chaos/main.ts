/** `make chaos`: two minutes in which everything fails; LONG=1 goes on until each fault had 30,000 requests. */
import { parseArgs } from "node:util";
import { build } from "../../scripts/build.ts";
import { missed, runChaos, table } from "./run.ts";

const { values } = parseArgs({
  options: {
    seconds: { type: "string", default: process.env.LONG === "1" ? "3600" : "125" },
    clients: { type: "string", default: "200" },
    least: { type: "string", default: process.env.LONG === "1" ? "30000" : "3000" },
    "no-reloads": { type: "boolean", default: false },
    "no-restart": { type: "boolean", default: false },
  },
});
const least = Number(values.least);
await build(["sluice"]);
console.log(`${values.clients} clients for ${values.seconds} s at most ...`);
const outcome = await runChaos(
  {
    seconds: Number(values.seconds),
    clients: Number(values.clients),
    most: process.env.LONG === "1" ? least : Infinity,
    reloads: !values["no-reloads"],
    restart: !values["no-restart"],
  },
  console.log,
);
console.log(`\n${table(outcome)}\n`);
console.log(`${outcome.seconds.toFixed(0)} s, ${outcome.reloads} reloads, ${outcome.restarts} hot restarts`);
const lines = missed(outcome, least);
for (const line of lines) console.log(`missed: ${line}`);
console.log(lines.length === 0 ? "Every bar is met." : `${lines.length} bars missed.`);
process.exitCode = lines.length === 0 ? 0 : 1;
