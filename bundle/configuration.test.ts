import { beforeEach, describe, expect, test } from "vitest";
import { Gateway } from "../test/host/gateway.ts";
import { module } from "../test/host/modules.ts";
import { openaiAnswer } from "../test/modules/answers.ts";
import { refusalOf, warningsOf } from "../test/modules/configuration.ts";
import { chat } from "../test/modules/requests.ts";

const keyAuth = { consumers: [{ name: "alice", credential: "sk-alice" }] };

let gateway: Gateway;
beforeEach(async () => {
  gateway = await Gateway.start({
    modules: [{ module: await module("bundle"), name: "sluice", configuration: { "key-auth": keyAuth } }],
    providers: { provider: () => openaiAnswer("Hello") },
  });
});

describe("a plugin that isn't there refuses the configuration, rather than leave the gateway open", () => {
  test.each<[unknown, string]>([
    [{ "key-auht": keyAuth }, 'the configuration: found unknown plugin "key-auht", expected one of key-auth, ai-proxy, model-router'],
    [
      { "key-auth": keyAuth, "model-roter": {} },
      'the configuration: found unknown plugin "model-roter", expected one of model-router, key-auth, ai-proxy',
    ],
    [{ "ai-cache": null }, 'the configuration: found unknown plugin "ai-cache", expected one of ai-proxy, key-auth, model-router'],
    [keyAuth, 'the configuration: found unknown plugin "consumers", expected one of key-auth, model-router, ai-proxy'],
    [
      { ["x".repeat(100)]: {} },
      `the configuration: found unknown plugin "${"x".repeat(60)}…", expected one of key-auth, model-router, ai-proxy`,
    ],
    ["{", "the configuration is not valid JSON at byte 1: "],
  ])("%j", (configuration, line) => {
    expect(refusalOf(gateway, configuration).slice(0, line.length)).toBe(line);
    // The former one stays.
    expect(gateway.request(chat()).status).toBe(401);
  });
});

test("one that isn't named is no mistake", () => {
  expect(warningsOf(gateway, { "model-router": {} })).toEqual([]);
  expect(gateway.request(chat()).status).toBe(200);
});
