import { beforeEach, describe, expect, test } from "vitest";
import { Sealer, newMasterKey } from "../../cli/secrets/seal.ts";
import { Gateway } from "../../test/host/gateway.ts";
import { module } from "../../test/host/modules.ts";
import { openaiAnswer } from "../../test/modules/answers.ts";
import { refusalOf, warningsOf } from "../../test/modules/configuration.ts";
import { chat } from "../../test/modules/requests.ts";

const alice = { name: "alice", credential: "sk-secret-alice" };
const bob = { name: "bob", credential: "sk-secret-bob" };
const master = newMasterKey();
const sealedForBob = Sealer.of(master)!.seal("sk-secret-bob", "consumer bob");

let gateway: Gateway;
beforeEach(async () => {
  gateway = await Gateway.start({
    modules: [{ module: await module("key-auth"), name: "key-auth", configuration: { consumers: [alice] } }],
    providers: { provider: () => openaiAnswer("Hello") },
    env: { SET: "sk-secret-env", EMPTY: "", SLUICE_MASTER_KEY: master },
  });
});

describe("a configuration is refused in one line that names the field", () => {
  test.each<[unknown, string]>([
    [{}, "key-auth: consumers: found none, expected at least one consumer with a credential"],
    [{ consumers: [] }, "key-auth: consumers: found none, expected at least one consumer with a credential"],
    [{ consumers: {} }, "key-auth: consumers: found an object, expected a list"],
    [{ consumers: [{ credential: "k" }] }, "key-auth: consumers[0].name: found nothing, expected a string"],
    [{ consumers: [{ name: "a" }] }, "key-auth: consumers[0]: found neither of credential and credentials, expected one of them"],
    [
      { consumers: [{ name: "a", credential: "k", credentials: ["l"] }] },
      "key-auth: consumers[0]: found both of credential and credentials, expected one of them",
    ],
    [{ consumers: [{ name: "a", credential: 7 }] }, "key-auth: consumers[0].credential: found a number, expected a string"],
    [
      { consumers: [{ name: "a", credential: "" }] },
      "key-auth: consumers[0].credential: found an empty string, expected a string that is not empty",
    ],
    [
      { consumers: [{ name: "a", credential: "Bearer  " }] },
      "key-auth: consumers[0].credential: found a scheme without a key, expected a key",
    ],
    [
      { consumers: [alice, { name: "bob", credential: "Bearer sk-secret-alice" }] },
      'key-auth: consumers[1].credential: the same key as consumer "alice" has, found with consumer "bob"; expected each key once',
    ],
    [
      { consumers: [alice, { name: "bob", credentials: ["x", "sk-secret-alice"] }] },
      'key-auth: consumers[1].credentials[1]: the same key as consumer "alice" has, found with consumer "bob"; expected each key once',
    ],
    [
      { consumers: [alice], credentials: ["sk-secret-alice"] },
      'key-auth: credentials[0]: the same key as consumer "alice" has, found with a credential without consumer; expected each key once',
    ],
    [
      {
        consumers: [
          { name: "a", credential: "env:SET" },
          { name: "b", credential: "sk-secret-env" },
        ],
      },
      'key-auth: consumers[1].credential: the same key as consumer "a" has, found with consumer "b"; expected each key once',
    ],
    [
      { consumers: [{ name: "a", credential: "env:UNSET" }] },
      "key-auth: consumers[0].credential: the environment variable UNSET is not set, or the VM may not see it; expected it to hold a key",
    ],
    [
      { consumers: [{ name: "a", credentials: ["k", "env:EMPTY"] }] },
      "key-auth: consumers[0].credentials[1]: the environment variable EMPTY is not set, or the VM may not see it; expected it to hold a key",
    ],
    [
      { consumers: [{ name: "a\nb", credential: "k" }] },
      'key-auth: consumers[0].name: found "a\\nb", expected a string without control characters, or spaces at its ends',
    ],
    [
      { consumers: [{ name: "alice", credential: sealedForBob }] },
      "key-auth: consumers[0].credential: found a sealed value that was changed, or sealed for somebody else than consumer alice; seal it anew",
    ],
    [{ consumers: [alice], keys: "x" }, "key-auth: keys: found a string, expected a list"],
    [{ consumers: [alice], keys: [""] }, "key-auth: keys[0]: found an empty string, expected a string that is not empty"],
    [{ consumers: [alice], in_header: "yes" }, 'key-auth: in_header: found "yes", expected true or false'],
    [
      { consumers: [alice], in_header: false, in_query: false },
      "key-auth: in_header: found false, like in_query; expected one of them to be true",
    ],
    [{ consumers: [alice], global_auth: 1 }, "key-auth: global_auth: found number 1, expected true or false"],
    [
      { consumers: [alice], _rules_: [{ allow: ["alice"] }] },
      "key-auth: _rules_[0]: found no match key, expected one of _match_route_, _match_domain_, _match_service_, _match_route_prefix_",
    ],
    [
      { consumers: [alice], _rules_: [{ _match_route_: ["r"], allow: "alice" }] },
      "key-auth: _rules_[0].allow: found a string, expected a list",
    ],
    [
      { consumers: [alice], _rules_: [{ _match_route_: ["r"] }, { _match_route_: ["s"], consumers: [bob, bob] }] },
      'key-auth: _rules_[1].consumers[1].credential: the same key as consumer "bob" has, found with consumer "bob"; expected each key once',
    ],
    [
      { consumers: [alice], _rules_: [{ _match_route_: ["r"], consumers: [{ name: "b", credential: "env:UNSET" }] }] },
      "key-auth: _rules_[0].consumers[0].credential: the environment variable UNSET is not set, or the VM may not see it; expected it to hold a key",
    ],
    [
      { consumers: [alice], _rules_: [{ _match_route_: ["r"], consumers: [{ name: "b" }] }] },
      "key-auth: _rules_[0].consumers[0]: found neither of credential and credentials, expected one of them",
    ],
    [
      { consumers: [alice], _rules_: [{ _match_route_: ["r"], in_header: false, in_query: false }] },
      "key-auth: _rules_[0].in_header: found false, like in_query; expected one of them to be true",
    ],
    [
      { consumers: [alice], _rules_: [{ _match_route_: ["r"], credentials: [], consumers: [] }] },
      "key-auth: _rules_[0].consumers: found none, expected at least one consumer with a credential",
    ],
    // What lets in whom it should keep out if it is passed over.
    [
      { consumers: [alice], _rules: [{ _match_route_: ["r"], allow: [] }] },
      'key-auth: found unknown field "_rules", expected one of _rules_, _disable_; did you mean "_rules_"?',
    ],
    [
      { consumers: [alice], _rules_: [{ _match_route_: ["r"], alow: [] }] },
      'key-auth: _rules_[0]: found unknown field "alow", expected one of consumers, credentials, keys, in_header, in_query, realm, global_auth, allow, compat; did you mean "allow"?',
    ],
    [
      { consumers: [alice], _rules_: [{ _match_rout_: ["r"], _match_domain_: ["d"] }] },
      'key-auth: _rules_[0]: found unknown field "_match_rout_", expected one of _match_route_, _match_route_prefix_, _match_domain_, _match_service_, _disable_; did you mean "_match_route_"?',
    ],
    [
      { consumers: [{ name: 1 }], _rules_: [{ _match_route_: ["r"], consumers: [alice] }] },
      "key-auth: consumers[0].name: found number 1, expected a string without control characters, or spaces at its ends",
    ],
    ["{", "key-auth: the configuration is not valid JSON: "],
    ["[]", "key-auth: found a list, expected an object"],
    ["nonsense", "key-auth: the configuration is not valid JSON: "],
  ])("%j", (configuration, line) => {
    const said = refusalOf(gateway, configuration);
    expect(said.slice(0, line.length)).toBe(line);
    expect(said).not.toContain("sk-secret");
    // The former one stays.
    expect(gateway.request(chat({}, { authorization: "Bearer sk-secret-alice" })).status).toBe(200);
    expect(gateway.request(chat()).status).toBe(401);
  });
});

describe("a configuration is taken with a warning", () => {
  test.each<[unknown, string[]]>([
    [{ consumers: [alice], colour: "blue" }, ['key-auth: unknown field "colour": ignored']],
    [
      { consumers: [alice, bob], _rules_: [{ _match_route_: ["r"], allow: ["alcie", "bob", "charlotte"] }] },
      [
        `key-auth: _rules_[0].allow[0]: found "alcie", which is no consumer's name; did you mean "alice"?`,
        `key-auth: _rules_[0].allow[2]: found "charlotte", which is no consumer's name`,
      ],
    ],
    [
      { consumers: [alice], _rules_: [{ _match_route_: ["r"], consumers: [bob], allow: ["alice"] }] },
      [`key-auth: _rules_[0].allow[0]: found "alice", which is no consumer's name`],
    ],
    [{ consumers: [alice], allow: ["alice"] }, ["key-auth: allow: only a rule has it: ignored"]],
    [
      { consumers: [alice], _rules_: [{ _match_route_: ["r"], global_auth: true, allow: ["alice"] }] },
      ["key-auth: _rules_[0].global_auth: only the global part has it: ignored"],
    ],
    [{ consumers: [alice] }, []],
  ])("%j", (configuration, warnings) => {
    expect(warningsOf(gateway, configuration)).toEqual(warnings);
  });
});

test("a new configuration holds from the next request on", () => {
  expect(gateway.reconfigure(0, { consumers: [bob] })).toBe(true);
  expect(gateway.request(chat({}, { authorization: "Bearer sk-secret-alice" })).status).toBe(401);
  expect(gateway.request(chat({}, { authorization: "Bearer sk-secret-bob" })).status).toBe(200);
});

test("a sealed key is its consumer's", () => {
  expect(gateway.reconfigure(0, { consumers: [{ name: "bob", credential: sealedForBob }] })).toBe(true);
  expect(gateway.request(chat({}, { authorization: "Bearer sk-secret-bob" })).status).toBe(200);
  expect(gateway.request(chat({}, { authorization: `Bearer ${sealedForBob}` })).status).toBe(401);
});

test("a request that is under way keeps the configuration that it began with", async () => {
  const stream = gateway.open({ ...chat({}, { authorization: "Bearer sk-secret-alice" }), body: "{", more: true });
  gateway.reconfigure(0, { consumers: [bob] });
  gateway.send(stream, "}", true);
  expect(gateway.answer(stream)).toMatchObject({ status: 200, ended: "complete" });
});
