/** Plugin configuration from the guides, taken by the real modules. */

import { Gateway } from "../host/gateway.ts";
import { module } from "../host/modules.ts";

/** What a module says against a configuration, warnings included; empty if it takes it without a word. Variables that it names are set. */
export async function loadPlugin(name: string, configuration: unknown): Promise<string[]> {
  const text = JSON.stringify(configuration);
  const env = Object.fromEntries([...text.matchAll(/"env:(\w+)"/g)].map((match) => [match[1]!, `secret-of-${match[1]}`]));
  try {
    const gateway = await Gateway.start({
      modules: [{ module: await module(name), vmId: "docs", configuration: configuration as object }],
      providers: { anywhere: () => ({ status: 200 }) },
      env,
    });
    return gateway.logLines
      .filter(({ level }) => level === "warn" || level === "error" || level === "critical")
      .map(({ message }) => message);
  } catch (error) {
    return [String(error)];
  }
}
