/** The key pool of a provider, as its configuration has it. */
import { Bytes } from "../../shared/bytes/bytes";
import { Problems } from "../../shared/config/problems";
import { providerOwner, secretOf } from "../../shared/secrets/secret";
import { FailoverFields, ProviderFields } from "./config.generated";
import { FailoverPolicy } from "./key-changes";
import { KeyPool } from "./key-pool";
import { KeyProbe } from "./key-probe";
import { PooledKey, labelOf } from "./keys";
import { ConfiguredProvider } from "./provider";

/** `failover`, or what holds without it. Refused in `problems` where it makes no sense. */
export function failoverPolicyOf(fields: ProviderFields, path: string, problems: Problems): FailoverPolicy {
  const policy = new FailoverPolicy();
  const failover = fields.failover;
  if (failover == null) return policy;
  policy.probeInterval = failover.healthCheckInterval;
  policy.successThreshold = failover.successThreshold;
  if (!failover.enabled) return policy;
  if (failover.healthCheckModel.isEmpty)
    problems.refuse(path + ".failover.healthCheckModel", "found nothing, expected the model that probes ask, since failover is enabled");
  policy.failureThreshold = failover.failureThreshold;
  for (let i = 0; i < failover.failoverOnStatus.length; i++) {
    const pattern = failover.failoverOnStatus[i];
    const problem = policy.failoverOnStatus.add(pattern);
    if (problem.length > 0) problems.refuse(`${path}.failover.failoverOnStatus[${i}]`, `found "${pattern.toString()}": ${problem}`);
  }
  return policy;
}

/** Null: a key can't be had, and `problems` says which. */
export function keyPoolOf(fields: ProviderFields, policy: FailoverPolicy, path: string, problems: Problems): KeyPool | null {
  const keys: Array<PooledKey> = [];
  const owner = providerOwner(fields.id);
  for (let i = 0; i < fields.apiTokens.length; i++) {
    const key = secretOf(fields.apiTokens[i], owner, `${path}.apiTokens[${i}]`, problems);
    if (key == null) return null;
    keys.push(new PooledKey(fields.id, key, labelOf(key, keys.length), 1));
  }
  for (let i = 0; i < fields.keys.length; i++) {
    const own = fields.keys[i];
    const key = secretOf(own.key, owner, `${path}.keys[${i}].key`, problems);
    if (key == null) return null;
    keys.push(new PooledKey(fields.id, key, own.name.isEmpty ? labelOf(key, keys.length) : own.name, own.weight));
  }
  return new KeyPool(fields.id, keys, fields.keySelection, policy);
}

/** Has the provider's blocked keys probed, where that can be done. */
export function probed(provider: ConfiguredProvider, pool: KeyPool, policy: FailoverPolicy, fields: ProviderFields): ConfiguredProvider {
  if (pool.keys.length == 0) return provider;
  const failover = fields.failover;
  const model: Bytes = failover == null ? new Bytes() : failover.healthCheckModel;
  policy.probes = !fields.probeCluster.isEmpty && (!model.isEmpty || provider.modelsProveKey);
  const timeout = failover == null ? new FailoverFields().healthCheckTimeout : failover.healthCheckTimeout;
  pool.probedBy(new KeyProbe(provider, pool, policy, fields.probeCluster, model, timeout));
  return provider;
}
