/** What a module says of a configuration, and whether the former one stays. */
import { expect } from "vitest";
import type { Gateway } from "../host/gateway.ts";

/** Gives the module at `index` a configuration that it must refuse, in one line; what the line says, without the plugin's name. */
export function refusalOf(gateway: Gateway, configuration: unknown, index = 0): string {
  const from = gateway.logLines.length;
  expect(gateway.reconfigure(index, configuration)).toBe(false);
  const lines = gateway.logLines.slice(from).filter((line) => line.level !== "warn");
  expect(lines.map((line) => line.level)).toEqual(["critical"]);
  expect(lines[0]!.message).not.toContain("\n");
  return lines[0]!.message;
}

/** The warnings that a configuration gives, which is taken all the same. */
export function warningsOf(gateway: Gateway, configuration: unknown, index = 0): string[] {
  const from = gateway.logLines.length;
  expect(gateway.reconfigure(index, configuration)).toBe(true);
  return gateway.logLines.slice(from).map((line) => {
    expect(line.level).toBe("warn");
    return line.message;
  });
}
