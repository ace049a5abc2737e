import { Bytes } from "../bytes/bytes";
import { Problems } from "../config/problems";
import { environmentVariable } from "../host/environment";
import { isSealed, openSealed } from "./sealed";

const MASTER_KEY = Bytes.of("SLUICE_MASTER_KEY");

/**
 * A secret as configured: itself, `env:NAME` for a variable of the VM's environment, or `sealed:…`, opened by the master key in `SLUICE_MASTER_KEY`. Null if it can't be had, and then the configuration is refused; a message never holds the secret.
 *
 * @param owner Whose it is: a sealed value is for one owner.
 * @param what What a variable has to hold.
 */
export function secretOf(configured: Bytes, owner: Bytes, path: string, problems: Problems, what: string = "a key"): Bytes | null {
  if (isSealed(configured)) {
    const opened = openSealed(configured, owner, environmentVariable(MASTER_KEY));
    if (opened.value == null) problems.refuse(path, opened.problem);
    return opened.value;
  }
  if (!configured.startsWith("env:")) return configured;
  const variable = configured.slice(4);
  const value = environmentVariable(variable);
  if (value != null && !value.isEmpty) return value;
  problems.refuse(
    path,
    `the environment variable ${variable.toString()} is not set, or the VM may not see it; expected it to hold ${what}`,
  );
  return null;
}

/** The owner of a provider's secrets. */
export function providerOwner(id: Bytes): Bytes {
  return Bytes.of(`provider ${id.toString()}`);
}

/** The owner of a consumer's keys. */
export function consumerOwner(name: Bytes): Bytes {
  return Bytes.of(`consumer ${name.toString()}`);
}

/** The owner of the Redis password. */
export const REDIS_OWNER = Bytes.of("redis");
