import { expect, test } from "vitest";
import { readEvents } from "../../test/fixtures/read.ts";
import { openaiPieces } from "../../test/modules/answers.ts";
import { forEachPackaging } from "../../test/modules/packagings.ts";
import { chat, errorOf } from "../../test/modules/requests.ts";

const json = { "content-type": "application/json" };

forEachPackaging(["ai-proxy"], (start) => {
  test.each([
    ["the wrong type", { headers: { "content-type": "text/html" } }],
    ["compressed", { headers: { ...json, "content-encoding": "gzip" } }],
    ["a redirect", { status: 302, headers: { location: "https://example.com/" } }],
  ])("what is refused by its headers (%s) is refused at once, though its body never comes", async (_what, head) => {
    const gateway = await start({ script: () => ({ ...head, chunks: ["<p>"], then: "stall" }) });
    const before = gateway.envoy.clock.now;
    const got = gateway.request(chat());
    expect(got).toMatchObject({ status: 502, ended: "complete" });
    expect(errorOf(got).message).toContain('provider "provider"');
    expect(gateway.envoy.clock.now - before).toBeLessThan(1000);
  });

  test("an answer over the limit is refused where the limit is, though it goes on", async () => {
    const gateway = await start({
      "ai-proxy": { answerLimit: 1024 },
      script: () => ({ headers: json, chunks: ['{"choices":[', " ".repeat(2000)], then: "stall" }),
    });
    const got = gateway.request(chat());
    expect(got).toMatchObject({ status: 502, ended: "complete" });
    expect(errorOf(got).message).toContain("answerLimit");
  });

  test("a stream that begins with garbage is refused at once, though it goes on", async () => {
    const gateway = await start({
      script: () => ({
        headers: { "content-type": "text/event-stream" },
        chunks: ["data: garbage\n\n", ...openaiPieces(["x"])],
        then: "stall",
      }),
    });
    expect(gateway.request(chat({ stream: true }))).toMatchObject({ status: 502, ended: "complete" });
  });

  test.each(["\n\n", "\r\n\r\n", "\r\r", "\n", "\r\n", "\r", ""])(
    "a failure is an event of its own behind a stream that ends with %j",
    async (end) => {
      const [role, text] = openaiPieces(["Hello"]);
      const gateway = await start({
        script: () => ({ headers: { "content-type": "text/event-stream" }, chunks: [role!, text!.trimEnd() + end] }),
      });
      const events = readEvents(gateway.request(chat({ stream: true })).body).map(({ data }) => JSON.parse(data));
      expect(events.map((event) => event.choices?.[0].delta.content ?? event.error.message)).toEqual([
        "",
        "Hello",
        "the provider ended the stream before it was complete",
      ]);
    },
  );
});
