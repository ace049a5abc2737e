/** Whether the commands that a document names exist. */

import { spawnSync } from "node:child_process";
import { globSync, readFileSync } from "node:fs";
import { root } from "./blocks.ts";

/** Programs that aren't ours, and that readers know or are told of. */
const others = new Set(["export", "curl", "pip", "envoy", "git", "cd", "cp", "ls", "docker", "kubectl", "tail"]);

/** The commands of a shell block, one a line, continued lines joined, without comments. */
export function commandsIn(shell: string): string[] {
  return shell
    .replaceAll(/\\\n\s*/g, " ")
    .split("\n")
    .map((line) => line.replace(/(^|\s)#.*$/, "").trim())
    .filter((line) => line !== "");
}

/** What is wrong with a command; null if it exists. */
export function problemWith(command: string): string | null {
  // VARIABLE=value before a command.
  const words = command.replace(/^(\w+=\S*\s+)+/, "").split(/\s+/);
  switch (words[0]) {
    case "make":
      return problemWithMake(words.slice(1));
    case "npm":
      return problemWithNpm(words.slice(1));
    case "npx":
      return words[1] === "sluice" ? problemWithSluice(words.slice(2)) : `npx ${words[1]} is not known`;
    case "sluice":
      return problemWithSluice(words.slice(1));
    default:
      return others.has(words[0]!) ? null : `${words[0]} is no command that the tests know`;
  }
}

function problemWithMake(words: readonly string[]): string | null {
  const makefile = readFileSync(`${root}Makefile`, "utf8");
  for (const word of words) {
    if (word.startsWith("ARGS=") && makefile.includes("$(ARGS)")) continue;
    if (!new RegExp(`^${word.replaceAll(".", "\\.")}:`, "m").test(makefile)) return `the Makefile has no target ${word}`;
  }
  return null;
}

function problemWithNpm(words: readonly string[]): string | null {
  const { scripts } = JSON.parse(readFileSync(`${root}package.json`, "utf8")) as { scripts: Record<string, string> };
  const [verb, name] = words;
  if (verb === "install" || verb === "ci") return null;
  if (verb === "run") return scripts[name!] === undefined ? `package.json has no script ${name}` : null;
  if (verb !== "test") return `npm ${verb} is not known`;
  const filter = words[words.indexOf("--") + 1]!;
  const tests = globSync("**/*.test.ts", { cwd: root, exclude: ["node_modules/**"] });
  return !words.includes("--") || tests.some((path) => path.includes(filter)) ? null : `no test has ${filter} in its path`;
}

const helps = new Map<string, string>();

function problemWithSluice(words: readonly string[]): string | null {
  const [name = "", ...rest] = words;
  if (name === "help" || name === "--help" || name === "--version") return null;
  const help = helps.get(name) ?? helpOf(name);
  helps.set(name, help);
  if (!help.includes(`sluice ${name} `)) return `there is no command sluice ${name}`;
  for (const option of rest.filter((word) => word.startsWith("--")))
    if (!new RegExp(`${option}\\b`).test(help)) return `sluice ${name} has no option ${option}`;
  return null;
}

function helpOf(name: string): string {
  return spawnSync(process.execPath, [`${root}cli/main.ts`, "help", name], { encoding: "utf8" }).stdout;
}
