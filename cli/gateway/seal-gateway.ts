/** Seals what a gateway's secrets are, on their way from gateway.yaml and files to the module. */

import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import type { Gateway } from "./gateway.ts";
import { keyProblem, secretSettings, type SecretUse } from "./secrets.ts";
import { masterKeyVariable, type Sealer } from "../secrets/seal.ts";

export interface SecretProblem {
  readonly use: SecretUse;
  /** As the end of a sentence that begins with whose it is. Never with the secret in it. */
  readonly message: string;
}

export interface SealedGateway {
  readonly gateway: Gateway;
  readonly problems: readonly SecretProblem[];
}

/**
 * The same gateway with every secret sealed that isn't read from the environment by the module itself; then it reads the master key from there, too.
 *
 * @param directory What relative file names are relative to.
 */
export function sealGateway(gateway: Gateway, directory: string, sealer: Sealer): SealedGateway {
  const problems: SecretProblem[] = [];
  const sealed = new Map<string, string>();
  for (const use of gateway.secrets) {
    const result = sealSecret(use, directory, sealer);
    if ("problem" in result) problems.push({ use, message: result.problem });
    else sealed.set(placeOf(use.usedBy, use.text), result.sealed);
  }
  const of = (usedBy: string, text: string): string => sealed.get(placeOf(usedBy, text)) ?? text;
  const first = gateway.secrets[0];
  return {
    problems,
    gateway: {
      ...gateway,
      providers: gateway.providers.map((provider) => {
        const own = (text: string): string => of(`provider ${provider.id}`, text);
        return {
          ...provider,
          keys: provider.keys.map(own),
          pool: { ...provider.pool, named: provider.pool.named.map((key) => ({ ...key, key: own(key.key) })) },
          settings: Object.fromEntries(
            Object.entries(provider.settings).map(([name, value]) => [
              name,
              secretSettings.includes(name) && typeof value === "string" ? own(value) : value,
            ]),
          ),
        };
      }),
      consumers: gateway.consumers.map((consumer) => ({
        ...consumer,
        keys: consumer.keys.map((key) => of(`consumer ${consumer.name}`, key)),
      })),
      redis: gateway.redis && { ...gateway.redis, password: gateway.redis.password && of("redis", gateway.redis.password) },
      environment:
        first === undefined
          ? gateway.environment
          : [...gateway.environment, { name: masterKeyVariable, usedBy: first.usedBy, position: first.position }],
    },
  };
}

/** The absolute paths of the files that secrets come from. */
export function secretFiles(gateway: Gateway, directory: string): string[] {
  return gateway.secrets.flatMap(({ text }) => (text.startsWith("file:") ? [fileOf(text, directory)] : []));
}

function sealSecret(use: SecretUse, directory: string, sealer: Sealer): { sealed: string } | { problem: string } {
  const { text, usedBy } = use;
  if (text.startsWith("sealed:")) {
    const problem = sealer.problemOf(text, usedBy);
    return problem === null ? { sealed: text } : { problem: `its sealed key ${problem}` };
  }
  if (!text.startsWith("file:")) return { sealed: sealer.seal(text, usedBy) };
  const found = readSecretFile(fileOf(text, directory), use.isFile);
  return "problem" in found ? found : { sealed: sealer.seal(found.secret, usedBy) };
}

/** The secret in a file, without spaces and line ends around it. */
export function readSecretFile(path: string, isFile: boolean): { secret: string } | { problem: string } {
  let secret: string;
  try {
    secret = readFileSync(path, "utf8").trim();
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    return { problem: code === "ENOENT" ? `there is no file ${path}` : `${path} can't be read (${code})` };
  }
  if (secret === "") return { problem: `${path} is empty, expected a key` };
  const problem = isFile ? null : keyProblem(secret);
  return problem === null ? { secret } : { problem: `${path}: ${problem}` };
}

function fileOf(text: string, directory: string): string {
  return resolve(directory, text.slice("file:".length).trim());
}

function placeOf(usedBy: string, text: string): string {
  return `${usedBy}\n${text}`;
}
