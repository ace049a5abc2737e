import { describe, expect, test } from "vitest";
import { forEachPackaging } from "../../test/modules/packagings.ts";
import { chat } from "../../test/modules/requests.ts";

const alice = { name: "alice", credential: "sk-alice" };
const bob = { name: "bob", credential: "sk-bob" };

forEachPackaging(["key-auth"], (start) => {
  test.each([
    [
      "/v1/chat/completions",
      { error: { type: "invalid_request_error", code: "invalid_api_key", param: null, message: expect.any(String) } },
    ],
    ["/v1/messages", { type: "error", error: { type: "authentication_error", message: expect.any(String) } }],
    ["/v1beta/models/m:generateContent", { error: { code: 401, status: "UNAUTHENTICATED", message: expect.any(String) } }],
    ["/anything", { error: { type: "invalid_request_error", code: "invalid_api_key", param: null, message: expect.any(String) } }],
  ])("who has no key is refused in the protocol of the path %s", async (path, body) => {
    const gateway = await start({ "key-auth": { consumers: [alice] } });
    const answer = gateway.request({ ...chat(), path });
    expect(answer.status).toBe(401);
    expect(answer.headers["content-type"]).toBe("application/json");
    expect(JSON.parse(answer.body)).toMatchObject(body);
    expect(answer.attempts).toEqual([]);
  });

  test("a wrong key is not repeated in the answer, the log or the facts", async () => {
    const gateway = await start({ "key-auth": { consumers: [alice] } });
    const answer = gateway.request(chat({}, { authorization: "Bearer sk-mallory" }));
    expect(answer.status).toBe(401);
    expect(JSON.stringify([answer, gateway.logLines])).not.toContain("sk-mallory");
  });

  test("a refusal comes before the body does", async () => {
    const gateway = await start({ "key-auth": { consumers: [alice] } });
    const stream = gateway.open({ ...chat(), body: "", more: true });
    expect(gateway.answer(stream)).toMatchObject({ status: 401, ended: "complete" });
  });

  describe("compat answers as Higress does", () => {
    const _rules_ = [{ _match_route_: ["ours"], allow: ["alice"] }];

    test.each<Record<string, string>>([{}, { authorization: "Bearer sk-mallory" }])("without a key that is known: %j", async (headers) => {
      const gateway = await start({ "key-auth": { consumers: [alice], compat: true } });
      const answer = gateway.request(chat({}, headers));
      expect(answer).toMatchObject({
        status: 401,
        body: "Request denied by Key Auth check. Invalid API key",
        headers: { "content-type": "text/plain", "www-authenticate": "Key realm=MSE Gateway" },
        codeDetails: "key-auth.no_key",
        attempts: [],
      });
    });

    test("to a consumer that isn't allowed", async () => {
      const gateway = await start({ "key-auth": { consumers: [alice, bob], compat: true, realm: "Team", _rules_ }, routes: ["ours"] });
      const answer = gateway.request({ ...chat({}, { authorization: "Bearer sk-bob" }), path: "/ours/v1/chat/completions" });
      expect(answer).toMatchObject({
        status: 403,
        body: "Request denied by Key Auth check. Unauthorized consumer",
        headers: { "content-type": "text/plain", "www-authenticate": "Basic realm=Team" },
        codeDetails: "key-auth.unauthorized",
        attempts: [],
      });
    });

    test("where a rule says so", async () => {
      const compat = [{ _match_route_: ["ours"], compat: true }];
      const gateway = await start({ "key-auth": { consumers: [alice], _rules_: compat }, routes: ["ours"] });
      expect(gateway.request({ ...chat(), path: "/ours/v1/chat/completions" }).body).toMatch(/^Request denied/);
      expect(gateway.request(chat()).body).toMatch(/^\{"error"/);
    });
  });
});
