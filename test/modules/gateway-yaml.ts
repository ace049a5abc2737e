/** A gateway.yaml as the CLI renders it, in the host of the tests. */
import { moduleOf } from "../../cli/envoy/module.ts";
import { renderGateway } from "../../cli/envoy/render.ts";
import { readGateway } from "../../cli/gateway/read.ts";
import { Gateway } from "../host/gateway.ts";
import { module } from "../host/modules.ts";
import type { ProviderScript } from "../host/provider.ts";
import { rendered } from "../host/rendered.ts";

export async function startYaml(yaml: string, scripts: Readonly<Record<string, ProviderScript>>): Promise<Gateway> {
  const { gateway, problems } = readGateway(yaml, ".");
  if (gateway === null) throw new Error(problems.map(({ message }) => message).join("\n"));
  const files = renderGateway(gateway, moduleOf(new Uint8Array(0), []), "/etc/sluice", null);
  return Gateway.start(rendered(files, await module("bundle"), scripts));
}
