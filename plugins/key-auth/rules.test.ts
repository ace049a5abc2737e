import { describe, expect, test } from "vitest";
import type { ClientRequest } from "../../test/host/gateway.ts";
import { forEachPackaging } from "../../test/modules/packagings.ts";
import { chat, errorOf, factsOf } from "../../test/modules/requests.ts";

const consumers = [
  { name: "alice", credential: "sk-alice" },
  { name: "bob", credential: "sk-bob" },
];

/** A request on a route, with somebody's key or none. */
function on(route: string, who?: string): ClientRequest {
  return { ...chat({}, who === undefined ? {} : { authorization: `Bearer sk-${who}` }), path: `/${route}/v1/chat/completions` };
}

forEachPackaging(["key-auth"], (start) => {
  describe("global_auth and allow", () => {
    const rules = { _rules_: [{ _match_route_: ["ours"], allow: ["alice"] }] };
    const nobody = { _rules_: [{ _match_route_: ["ours"], allow: [] }] };
    const elsewhere = "theirs";

    test.each<[string, object, string, [nobody: number, alice: number, bob: number, mallory: number]]>([
      ["true, where no rule matches: any known consumer", { global_auth: true, ...rules }, elsewhere, [401, 200, 200, 401]],
      ["true, where a rule matches: those that it allows", { global_auth: true, ...rules }, "ours", [401, 200, 403, 401]],
      ["false, where no rule matches: not checked", { global_auth: false, ...rules }, elsewhere, [200, 200, 200, 200]],
      ["false, where a rule matches: those that it allows", { global_auth: false, ...rules }, "ours", [401, 200, 403, 401]],
      ["unset, without rules: any known consumer", {}, elsewhere, [401, 200, 200, 401]],
      ["unset, with rules, where none matches: not checked", rules, elsewhere, [200, 200, 200, 200]],
      ["unset, with rules, where one matches: those that it allows", rules, "ours", [401, 200, 403, 401]],
      ["true, without rules: any known consumer", { global_auth: true }, elsewhere, [401, 200, 200, 401]],
      ["false, without rules: not checked", { global_auth: false }, elsewhere, [200, 200, 200, 200]],
      ["an empty list lets nobody in", nobody, "ours", [401, 403, 403, 401]],
      ["an empty list lets nobody in, with global_auth too", { global_auth: true, ...nobody }, "ours", [401, 403, 403, 401]],
    ])("%s", async (_, fields, route, expected) => {
      const gateway = await start({ "key-auth": { consumers, ...fields }, routes: ["ours", elsewhere] });
      const found = [undefined, "alice", "bob", "mallory"].map((who) => gateway.request(on(route, who)).status);
      expect(found).toEqual(expected);
    });

    test("a consumer is named also where nothing is checked", async () => {
      const gateway = await start({ "key-auth": { consumers, global_auth: false } });
      expect(factsOf(gateway.request(on("any", "bob")))["consumer"]).toBe("bob");
    });

    test("whoever isn't let in never reaches the provider, and is told so in the client's protocol", async () => {
      const gateway = await start({ "key-auth": { consumers, ...rules }, routes: ["ours"] });
      const answer = gateway.request(on("ours", "bob"));
      expect(answer).toMatchObject({ status: 403, attempts: [] });
      expect(errorOf(answer)).toMatchObject({ type: "invalid_request_error", message: expect.stringContaining("may not be used here") });
      expect(factsOf(answer)["consumer"]).toBe("bob");
    });
  });

  describe("a rule", () => {
    test("without allow asks for what the global part asks for", async () => {
      const rules = { _rules_: [{ _match_route_: ["ours"], realm: "Ours" }] };
      const required = await start({ "key-auth": { consumers, ...rules }, routes: ["ours"] });
      expect([undefined, "alice", "mallory"].map((who) => required.request(on("ours", who)).status)).toEqual([401, 200, 401]);
      const open = await start({ "key-auth": { consumers, global_auth: false, ...rules }, routes: ["ours"] });
      expect([undefined, "alice", "mallory"].map((who) => open.request(on("ours", who)).status)).toEqual([200, 200, 200]);
    });

    test("of a domain counts whatever the port and the case", async () => {
      const gateway = await start({ "key-auth": { consumers, _rules_: [{ _match_domain_: ["*.team.example"], allow: ["alice"] }] } });
      const at = (host: string, who: string): number =>
        gateway.request({ ...chat({}, { host, authorization: `Bearer sk-${who}` }) }).status;
      expect(at("api.team.example", "alice")).toBe(200);
      expect(at("API.Team.example:8443", "bob")).toBe(403);
      expect(at("api.other.example", "bob")).toBe(200);
    });

    test("of a service counts for the route's cluster", async () => {
      const gateway = await start({
        "key-auth": { consumers, _rules_: [{ _match_service_: ["provider"], allow: ["alice"] }] },
        inert: true,
      });
      expect(gateway.request(on("any", "alice")).status).toBe(200);
      expect(gateway.request(on("any", "bob")).status).toBe(403);
    });

    test("comes first that stands first", async () => {
      const _rules_ = [
        { _match_route_prefix_: ["ours"], allow: ["alice"] },
        { _match_route_: ["ours-too"], allow: ["bob"] },
      ];
      const gateway = await start({ "key-auth": { consumers, _rules_ }, routes: ["ours-too"] });
      expect(gateway.request(on("ours-too", "alice")).status).toBe(200);
      expect(gateway.request(on("ours-too", "bob")).status).toBe(403);
    });

    test("may switch the plugin off: keys are nobody's business there", async () => {
      const gateway = await start({
        "key-auth": { consumers, _rules_: [{ _match_route_: ["open"], _disable_: true }] },
        routes: ["open", "closed"],
        inert: true,
      });
      const open = gateway.request(on("open", "alice"));
      expect(open.status).toBe(200);
      expect(open.attempts[0]!.headers["authorization"]).toBe("Bearer sk-alice");
      expect(open.attempts[0]!.headers).not.toHaveProperty("x-mse-consumer");
      expect(gateway.request(on("open")).status).toBe(200);
      expect(gateway.request(on("closed")).status).toBe(401);
    });

    test("holds also where the global part is switched off", async () => {
      const gateway = await start({
        "key-auth": { consumers, _disable_: true, _rules_: [{ _match_route_: ["ours"], allow: ["alice"] }] },
        routes: ["ours", "open"],
      });
      expect(gateway.request(on("open")).status).toBe(200);
      expect(["alice", "bob"].map((who) => gateway.request(on("ours", who)).status)).toEqual([200, 403]);
    });

    test("may have consumers of its own, in place of the others", async () => {
      const carol = { name: "carol", credential: "sk-carol" };
      const gateway = await start({
        "key-auth": { consumers, _rules_: [{ _match_route_: ["hers"], consumers: [carol] }] },
        routes: ["hers", "ours"],
      });
      expect(["alice", "carol"].map((who) => gateway.request(on("hers", who)).status)).toEqual([401, 200]);
      expect(["alice", "carol"].map((who) => gateway.request(on("ours", who)).status)).toEqual([200, 401]);
      expect(factsOf(gateway.request(on("hers", "carol")))["consumer"]).toBe("carol");
    });

    test("may give the same key to somebody else", async () => {
      const other = { name: "other", credential: "sk-alice" };
      const gateway = await start({
        "key-auth": { consumers, keys: ["key"], _rules_: [{ _match_route_: ["hers"], consumers: [other] }] },
        routes: ["hers"],
      });
      const request = { ...chat(), path: "/hers/v1/chat/completions?key=sk-alice" };
      expect(factsOf(gateway.request(request))["consumer"]).toBe("other");
      expect(factsOf(gateway.request({ ...request, path: "/ours/v1/chat/completions?key=sk-alice" }))["consumer"]).toBe("alice");
    });

    test("of its own keys doesn't let in those without consumer of the global part", async () => {
      const gateway = await start({
        "key-auth": {
          credentials: ["sk-shared"],
          _rules_: [
            { _match_route_: ["hers"], consumers: [consumers[0]] },
            { _match_route_: ["any"], credentials: ["sk-guest"] },
          ],
        },
        routes: ["hers", "any"],
      });
      expect(["shared", "alice", "guest"].map((who) => gateway.request(on("hers", who)).status)).toEqual([401, 200, 401]);
      expect(["shared", "alice", "guest"].map((who) => gateway.request(on("any", who)).status)).toEqual([401, 401, 200]);
      expect(["shared", "alice", "guest"].map((who) => gateway.request(on("other", who)).status)).toEqual([200, 401, 401]);
    });

    test("may have places of its own", async () => {
      const gateway = await start({
        "key-auth": { consumers, _rules_: [{ _match_route_: ["ours"], keys: ["x-team-key"] }] },
        routes: ["ours"],
      });
      const withTeamKey = (path: string): ClientRequest => ({ ...chat({}, { "x-team-key": "sk-alice" }), path });
      expect(gateway.request(withTeamKey("/ours/v1/chat/completions")).status).toBe(200);
      expect(gateway.request(withTeamKey("/v1/chat/completions")).status).toBe(401);
      expect(gateway.request(on("ours", "alice")).status).toBe(401);
    });

    test("alone is enough: nothing else is checked", async () => {
      const gateway = await start({
        "key-auth": { _rules_: [{ _match_route_: ["ours"], consumers, allow: ["alice"] }] },
        routes: ["ours"],
      });
      expect([undefined, "alice", "bob"].map((who) => gateway.request(on("ours", who)).status)).toEqual([401, 200, 403]);
      expect(gateway.request(on("other")).status).toBe(200);
    });

    test("that allows somebody asks keys without consumer for one", async () => {
      const gateway = await start({
        "key-auth": { credentials: ["sk-shared"], _rules_: [{ _match_route_: ["ours"], allow: ["alice"] }] },
        routes: ["ours"],
      });
      const answer = gateway.request(on("ours", "shared"));
      expect(answer.status).toBe(403);
      expect(answer.attempts).toEqual([]);
    });

    test("isn't reached by a header that steers the route and that only the gateway sets", async () => {
      const byHeader = { headers: { "x-higress-llm-model": "open" } };
      const gateway = await start({
        "key-auth": { consumers, _rules_: [{ _match_route_: ["open"], _disable_: true }] },
        inert: true,
        host: {
          routes: [
            { name: "open", match: byHeader, cluster: "provider" },
            { name: "closed", cluster: "provider" },
          ],
        },
      });
      const forged = gateway.request(chat({}, { "x-higress-llm-model": "open" }));
      expect(forged).toMatchObject({ status: 400, attempts: [] });
      expect(errorOf(forged).message).toContain("only the gateway may set");
      expect(gateway.request(chat()).status).toBe(401);
    });
  });
});
