import { expect, test } from "vitest";
import { Gateway } from "./gateway.ts";
import { probe } from "./modules.ts";

const scripted = await probe("scripted");

test("a plain request goes through every callback once, in order", async () => {
  const gateway = await Gateway.start({
    modules: [{ module: scripted, rootId: "down", configuration: "" }],
    providers: { a: () => ({ headers: { "content-type": "text/plain" }, body: "hello" }) },
  });
  const answer = gateway.request({ path: "/x", body: "question" });
  expect(answer).toMatchObject({ status: 200, body: "hello", ended: "complete" });
  expect(answer.attempts).toMatchObject([{ provider: "a", path: "/x" }]);
  expect(answer.log.map((line) => line.message)).toEqual([
    "down context_create stream",
    "down request_headers end=0",
    "down request_body 8 end=0",
    "down request_body 0 end=1",
    "down response_headers 200 end=0",
    "down response_body 5 end=0",
    "down response_body 0 end=1",
    "down log",
    "down done",
    "down delete",
  ]);
});

test("a 429 is answered by the next member, with the upstream filters made anew", async () => {
  const gateway = await Gateway.start({
    modules: [{ module: scripted, rootId: "down", upstream: { rootId: "up", configuration: "request_headers property xds/upstream_host_metadata/filter_metadata/sluice/provider" } }],
    clusters: { plan: ["a", "b"] },
    providers: { a: () => ({ status: 429, body: "slow down" }), b: (request) => ({ body: `b got ${Buffer.from(request.body).toString()}` }) },
  });
  const answer = gateway.request({ chunks: ["one", "two"] });
  expect(answer).toMatchObject({ status: 200, body: "b got onetwo" });
  expect(answer.attempts.map((attempt) => attempt.provider)).toEqual(["a", "b"]);
  expect(answer.log.filter((line) => line.message.includes("provider")).map((line) => line.message.split("-> ")[1])).toEqual(["a", "b"]);
});
