import { Bytes } from "../../shared/bytes/bytes";
import { Problems } from "../../shared/config/problems";
import { environmentVariable } from "../../shared/host/environment";

/** A secret as configured: itself, or `env:NAME` for a variable of the VM's environment. Null if there is no such variable, and then the configuration is refused; a message never holds the secret. */
export function secretOf(configured: Bytes, path: string, problems: Problems): Bytes | null {
  if (!configured.startsWith("env:")) return configured;
  const variable = configured.slice(4);
  const value = environmentVariable(variable);
  if (value != null && !value.isEmpty) return value;
  problems.refuse(path, `the environment variable ${variable.toString()} is not set, or the VM may not see it; expected it to hold a key`);
  return null;
}
