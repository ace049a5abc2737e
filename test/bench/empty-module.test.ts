import { expect, test } from "vitest";
import { emptyModule } from "./empty-module.ts";

test("the empty module is one, and lets everything pass", () => {
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(emptyModule() as Uint8Array<ArrayBuffer>));
  const call = (name: string, ...args: number[]): unknown => (exports[name] as (...args: number[]) => unknown)(...args);
  expect(call("proxy_on_configure", 1, 0)).toBe(1);
  expect(call("proxy_on_request_headers", 2, 5, 1)).toBe(0);
  expect(call("proxy_on_log", 2)).toBeUndefined();
  expect(exports.memory).toBeInstanceOf(WebAssembly.Memory);
});
