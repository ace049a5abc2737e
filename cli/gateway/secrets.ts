/** Secrets as gateway.yaml has them: `env:NAME`, `file:PATH`, `sealed:…`, or the secret itself. */

import { formProblem } from "../secrets/seal.ts";
import type { Position, Problem } from "./problems.ts";

/** Settings of providers that are secrets: the module opens sealed ones there. */
export const secretSettings: readonly string[] = [
  "awsAccessKey",
  "awsSecretKey",
  "awsSessionToken",
  "hunyuanAuthId",
  "hunyuanAuthKey",
  "vertexAuthKey",
];

/** A secret that goes to the module sealed: from a file, sealed already, or as it stands in gateway.yaml. */
export interface SecretUse {
  /** As written. */
  readonly text: string;
  /** "provider openai", "consumer alice", "redis": whose it is, for messages and for the seal. */
  readonly usedBy: string;
  /** Whether it may have several lines, as a service account's key file has. */
  readonly isFile: boolean;
  readonly position: Position;
}

export interface ReadSecret {
  /** The environment variable that it comes from; null: it has to be sealed, or is. */
  readonly variable: string | null;
  readonly problem: Omit<Problem, "position"> | null;
}

/** Reads how a secret is given. */
export function readSecret(text: string, usedBy: string, isFile: boolean): ReadSecret {
  const [, scheme, rest = ""] = /^(env|file|sealed|sha256):(.*)$/s.exec(text) ?? [];
  const found = (severity: Problem["severity"], message: string, isSecret = false): ReadSecret => ({
    variable: null,
    problem: { severity, message: `${usedBy}: ${message}`, ...(isSecret && { isSecret }) },
  });
  if (scheme === "env") {
    if (/^[A-Za-z_][A-Za-z0-9_]*$/.test(rest)) return { variable: rest, problem: null };
    return found(
      "error",
      `"${text}" doesn't name an environment variable, such as env:${isFile ? "GOOGLE_SERVICE_ACCOUNT" : "OPENAI_API_KEY"}`,
    );
  }
  if (scheme === "file") {
    if (rest.trim() !== "") return { variable: null, problem: null };
    return found("error", `"${text}" names no file, such as file:/run/secrets/openai-key`);
  }
  if (scheme === "sealed") {
    const problem = formProblem(rest);
    return problem === null ? { variable: null, problem: null } : found("error", `the sealed key ${problem}; sluice seal makes one`);
  }
  if (scheme !== undefined) return found("error", `keys as ${scheme}: are not yet in this version of Sluice; use env:NAME`);
  const problem = isFile ? null : keyProblem(text);
  if (problem !== null) return found("error", problem, true);
  return found("warning", "the key stands in the file in plain text; env:NAME or file:PATH keeps it out", true);
}

/** Why a text can't be a key; null: it can. */
export function keyProblem(key: string): string | null {
  return /^[!-~]+$/.test(key) ? null : "a key has no spaces, line ends or letters beyond ASCII";
}
