/** What `sluice up` says once it runs. */

import { formatAddress } from "../gateway/addresses.ts";
import type { Gateway, ModelEntry, Target } from "../gateway/gateway.ts";
import { plansFor } from "../gateway/plans.ts";
import { loopbackOf } from "../process/run-envoy.ts";
import type { Envoy } from "../process/find-envoy.ts";

export function welcome(gateway: Gateway, { envoy, directory }: { envoy: Envoy; directory: string }): string {
  const url = `http://${formatAddress(loopbackOf(gateway.listen))}/v1`;
  const width = Math.max(...gateway.models.map(({ match }) => match.length));
  const models = gateway.models.map((entry) => `  ${entry.match.padEnd(width)}  ${describeEntry(entry)}`);
  return [
    "",
    `Sluice is up: ${url}`,
    "",
    ...models,
    "",
    "Try it:",
    ...curl(gateway, url),
    "",
    `Envoy ${envoy.version}, admin http://${formatAddress(gateway.admin)}, files in ${directory}. Stop with Ctrl+C.`,
    "",
  ].join("\n");
}

/** "95% openai, 5% openai/gpt-next; then claude/claude-sonnet, local/qwen3" */
function describeEntry(entry: ModelEntry): string {
  const total = entry.to.reduce((sum, { weight }) => sum + weight, 0);
  const drawn = entry.to.filter(({ weight }) => weight > 0);
  const split =
    drawn.length === 1
      ? describeTarget(drawn[0]!)
      : drawn.map((target) => `${Math.round((target.weight / total) * 1000) / 10}% ${describeTarget(target)}`).join(", ");
  const rest = drawn.length === 1 ? plansFor(entry)[0]!.targets.slice(1) : entry.fallback;
  const others = drawn.length > 1 && entry.othersJoin ? ["each other"] : [];
  const then = [...rest.map(describeTarget), ...others];
  return then.length > 0 ? `${split}; then ${then.join(", ")}` : split;
}

function describeTarget({ provider, model }: Target): string {
  return model === undefined ? provider : `${provider}/${model}`;
}

function curl(gateway: Gateway, url: string): string[] {
  const model = gateway.models.flatMap(({ names }) => names)[0] ?? gateway.models[0]!.match.replaceAll("*", "…");
  const consumer = gateway.consumers[0];
  const key = consumer?.keys[0]?.startsWith("env:") ? `$${consumer.keys[0].slice(4)}` : `a key of ${consumer?.name}'s`;
  return [
    `  curl ${url}/chat/completions -H 'content-type: application/json' \\`,
    ...(consumer ? [`    -H "authorization: Bearer ${key}" \\`] : []),
    `    -d '{"model": "${model}", "messages": [{"role": "user", "content": "Hello"}]}'`,
  ];
}
