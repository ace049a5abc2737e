/** What Envoy does in the scenarios of test/host/traces is still what was recorded, so that the host that replays them is still like Envoy. */

import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { findEnvoy } from "../../cli/process/find-envoy.ts";
import { compiled } from "../assembly/compile.ts";
import { record } from "../host/traces/envoy.ts";
import { scenarios } from "../host/traces/scenarios/index.ts";

const envoy = await findEnvoy({ environment: process.env, tell: console.error });
const wasm = await compiled(new URL("../host/probes/scripted.ts", import.meta.url));

// On a busy machine two chunks may reach Envoy as one, or a tick may be late: that is not another behaviour.
test.concurrent.each(scenarios.map((scenario) => [scenario.name, scenario] as const))("%s", { retry: 3 }, async (name, scenario) => {
  expect(await record(scenario, envoy.path, wasm)).toBe(
    readFileSync(new URL(`../host/traces/recorded/${name}.trace`, import.meta.url), "utf8"),
  );
});
