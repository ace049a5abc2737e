import { expect, test } from "vitest";
import { forEachPackaging } from "../../test/modules/packagings.ts";
import { chat, errorOf } from "../../test/modules/requests.ts";

forEachPackaging(["ai-proxy"], (start) => {
  test("a request that stops arriving is the client's to send again: 408, not a provider's 504", async () => {
    const gateway = await start();
    const request = chat();
    const stream = gateway.open({ ...request, body: String(request.body).slice(0, 20), more: true });
    gateway.advance(3_600_000);
    const got = gateway.answer(stream);
    expect(got.status).toBe(408);
    expect(errorOf(got)).toMatchObject({ type: "invalid_request_error", message: expect.stringMatching(/did not arrive in time/) });
    expect(got.attempts).toEqual([]);
  });
});
