import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { probe } from "../modules.ts";
import { replay } from "./replay.ts";
import { scenarios } from "./scenarios/index.ts";

const scripted = await probe("scripted");

/** Scenarios that record what comes of doing what no filter may do. */
const violating: Readonly<Record<string, readonly string[]>> = {
  "continue-twice": ["down: continues a request that it does not hold"],
  "status-removed": ["the answer's :status is null"],
};

test.each(scenarios.map((scenario) => [scenario.name, scenario] as const))(
  "%s: our host calls back as Envoy 1.40 does",
  (name, scenario) => {
    const violations: string[] = [];
    expect(replay(scenario, scripted, violations)).toBe(readFileSync(new URL(`./recorded/${name}.trace`, import.meta.url), "utf8"));
    expect(violations).toEqual(violating[name] ?? []);
  },
);

test("every recorded trace has its scenario", () => {
  const recorded = readdirSync(new URL("./recorded/", import.meta.url))
    .filter((file) => file.endsWith(".trace"))
    .map((file) => file.slice(0, -".trace".length));
  expect(recorded.sort()).toEqual(scenarios.map((scenario) => scenario.name).sort());
});
