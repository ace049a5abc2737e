import { readFileSync, statSync } from "node:fs";
import { expect, test } from "vitest";
import { build, outputOf } from "./build.ts";

test("modules are built at once, without optimisation where that is asked for, and only if they changed", async () => {
  const names = ["key-auth", "model-router"];
  await build(names, "quick");
  const times = names.map((name) => statSync(outputOf(name, "quick")).mtimeMs);
  for (const name of names) {
    const exported = WebAssembly.Module.exports(new WebAssembly.Module(readFileSync(outputOf(name, "quick")))).map((each) => each.name);
    expect(exported).toContain("proxy_on_request_headers");
  }
  await build(names, "quick");
  expect(names.map((name) => statSync(outputOf(name, "quick")).mtimeMs)).toEqual(times);
});

test("a module that isn't there is named, with those that are", async () => {
  await expect(build(["key-auht"])).rejects.toThrow('no module is called "key-auht"; there are sluice, key-auth, model-router, ai-proxy');
});
