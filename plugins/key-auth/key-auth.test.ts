import { expect, test } from "vitest";
import { forEachPackaging } from "../../test/modules/packagings.ts";
import { chat, errorOf, factsOf } from "../../test/modules/requests.ts";

const alice = { name: "alice", credential: "sk-alice" };

forEachPackaging(["key-auth"], (start) => {
  test("a known key lets its consumer in", async () => {
    const gateway = await start({ "key-auth": { consumers: [alice] } });
    const answer = gateway.request(chat({}, { authorization: "Bearer sk-alice" }));
    expect(answer.status).toBe(200);
    expect(answer.attempts[0]!.headers["authorization"]).toBe("Bearer sk-provider");
    expect(JSON.stringify(answer.attempts)).not.toContain("sk-alice");
    expect(factsOf(answer)["consumer"]).toBe("alice");
  });

  test("a wrong key is refused in the client's protocol", async () => {
    const gateway = await start({ "key-auth": { consumers: [alice] } });
    const answer = gateway.request(chat({}, { authorization: "Bearer sk-mallory" }));
    expect(answer.status).toBe(401);
    expect(errorOf(answer)).toMatchObject({
      type: "invalid_request_error",
      code: "invalid_api_key",
      message: expect.stringContaining("doesn't know"),
    });
    expect(answer.attempts).toEqual([]);
  });

  test("no key is refused", async () => {
    const gateway = await start({ "key-auth": { consumers: [alice] } });
    const answer = gateway.request(chat());
    expect(answer.status).toBe(401);
    expect(errorOf(answer).message).toContain("has no API key");
    expect(answer.attempts).toEqual([]);
  });
});
