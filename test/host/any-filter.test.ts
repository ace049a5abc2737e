/** Whatever filters and providers do, the host ends every request, leaves nothing behind, and throws nothing of its own. */
import fc from "fast-check";
import { expect, test } from "vitest";
import type { CalloutAnswer } from "./callout.ts";
import { Gateway, type ClientRequest } from "./gateway.ts";
import { probe } from "./modules.ts";
import type { ProviderAnswer, ProviderFailure } from "./provider.ts";

const scripted = await probe("scripted");

const callback = fc.constantFrom(
  ...["request_headers", "request_body", "request_trailers", "response_headers", "response_body", "response_trailers"],
  ...["log", "done", "call_response"],
);
const when = fc.constantFrom("", "", "@end", "@more", "@1", "@2");
const deed = fc.oneof(
  fc.nat(4).map((status) => `return ${status}`),
  fc.constant("return 1"),
  fc.constantFrom("reply 403 no", "reply 500 no body", "reply 200 no body"),
  fc.nat(1).map((way) => `close ${way}`),
  fc.nat(1).map((way) => `continue ${way}`),
  fc
    .tuple(fc.nat(1), fc.constantFrom(0, 5, 1000), fc.constantFrom(0, 3, 1000), fc.constantFrom("", "xyz"))
    .map((parts) => `write ${parts.join(" ")}`),
  fc
    .tuple(fc.nat(3), fc.constantFrom("x-a", ":path", ":status", "content-length", "x-model"), fc.constantFrom("1", "200", "503", "/y"))
    .map((parts) => `replace ${parts.join(" ")}`),
  fc.tuple(fc.nat(3), fc.constantFrom("x-a", ":status", "content-length")).map((parts) => `remove ${parts.join(" ")}`),
  fc.constantFrom("call aside /x 0 hi", "call aside /x 50 hi", "call nowhere /x 50 hi", "foreign clear_route_cache", "set a b"),
  fc.constantFrom("effective", "tick 0", "tick 5", "map-size 1", "map-size 3", "body 0", "body 1", "body 4"),
);
const rule = fc.oneof(
  { weight: 5, arbitrary: fc.tuple(callback, when, deed).map(([name, time, what]) => `${name}${time} ${what}`) },
  {
    weight: 1,
    arbitrary: fc
      .tuple(fc.integer({ min: 1, max: 4 }), deed)
      .filter(([, what]) => !what.startsWith("return"))
      .map(([nth, what]) => `tick@${nth} ${what}`),
  },
);
const script = fc.array(rule, { maxLength: 8 }).map((rules) => rules.join("\n"));

const answer: fc.Arbitrary<ProviderAnswer | ProviderFailure> = fc.oneof(
  fc.constantFrom<ProviderAnswer | ProviderFailure>(
    { body: "hello" },
    { status: 429, body: "slow" },
    { status: 503 },
    "reset",
    "refuse",
    "stall",
  ),
  fc.record({
    chunks: fc.constantFrom(
      ["a", "b", 30, "c"],
      Array.from({ length: 5 }, () => "x".repeat(8000)),
    ),
    then: fc.constantFrom("end", "reset", "stall"),
  }),
  fc.constant({ chunks: ["a", "b"], trailers: { "x-t": "1" } }),
);
const callAnswer = fc.constantFrom<CalloutAnswer>(
  { body: "x" },
  { body: "x", after: 20 },
  { stall: true },
  { reset: "before" },
  { reset: "midway" },
);
const request = fc.constantFrom<ClientRequest>(
  {},
  { body: "question" },
  { chunks: ["one", "two", "three"] },
  { chunks: ["x".repeat(9000), "y".repeat(9000)] },
  { chunks: ["a"], trailers: { x: "1" } },
  { chunks: ["a", "b"], endWithLastChunk: true },
);

test("any script, any provider", () => {
  const situation = fc.record({
    downstream: fc.array(script, { minLength: 1, maxLength: 2 }),
    upstream: fc.array(script, { maxLength: 1 }),
    answers: fc.tuple(answer, answer),
    callAnswer,
    requests: fc.array(request, { minLength: 1, maxLength: 3 }),
    retries: fc.nat(2),
    perTryTimeout: fc.constantFrom(0, 300),
    http2: fc.boolean(),
  });
  fc.assert(
    fc.property(situation, ({ downstream, upstream, answers, retries, perTryTimeout, http2, ...given }) => {
      const use = (configuration: string): { module: WebAssembly.Module; vmId: string; configuration: string } => ({
        module: scripted,
        vmId: "one",
        configuration,
      });
      const gateway = Gateway.startNow({
        modules: downstream.map(use),
        upstream: upstream.map(use),
        clusters: { plan: ["a", "b"] },
        routes: [
          { name: "named", match: { headers: { "x-model": "1" } }, cluster: "b", timeout: 1000 },
          { name: "plan", cluster: "plan", timeout: 1000, idleTimeout: 2000, retry: { retries, perTryTimeout } },
        ],
        providers: { a: () => answers[0], b: () => answers[1] },
        callouts: { aside: () => given.callAnswer },
        bufferLimit: 16384,
        http2,
        tolerant: true,
      });
      const before = gateway.contexts;
      for (const one of given.requests) expect(gateway.request(one).ended).not.toBe("open");
      gateway.advance(5000);
      expect(gateway.contexts).toBe(before);
      expect(gateway.trap).toBeNull();
    }),
    { numRuns: 500 },
  );
});
