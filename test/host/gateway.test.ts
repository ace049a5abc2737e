import { describe, expect, test } from "vitest";
import { Gateway, type Answer, type GatewayOptions } from "./gateway.ts";
import { probe } from "./modules.ts";
import { Trap } from "./vm.ts";
import { Envoy } from "./worker.ts";

const scripted = await probe("scripted");

function started(script: string, more: Partial<GatewayOptions> = {}): Promise<Gateway> {
  return Gateway.start({
    modules: [{ module: scripted, rootId: "down", configuration: script }],
    providers: { a: () => ({ headers: { "content-type": "text/plain" }, body: "hello" }) },
    ...more,
  });
}

function said(answer: Answer, containing = ""): string[] {
  return answer.log.map((line) => line.message).filter((message) => message.includes(containing));
}

describe("an answer", () => {
  test("holds what the client saw and what the provider got", async () => {
    const gateway = await started("request_headers set sluice.consumer älice\nrequest_headers replace 0 x-added yes");
    const answer = gateway.request({ path: "/x", headers: { "x-client": "me" }, body: "question" });
    expect(answer).toMatchObject({ status: 200, body: "hello", ended: "complete", codeDetails: "via_upstream", flags: 0, trailers: null });
    expect(answer.headers).toMatchObject({ "content-type": "text/plain" });
    expect(answer.facts).toEqual({ "sluice.consumer": "älice" });
    expect(answer.attempts).toMatchObject([
      { provider: "a", method: "POST", path: "/x", headers: { "x-client": "me", "x-added": "yes" }, body: "question", complete: true },
    ]);
  });

  test("ends with its last chunk or by itself, as the provider does", async () => {
    const gateway = await started("", {
      providers: { a: (request) => ({ chunks: ["one", "two"], endWithLastChunk: request.path === "/h2" }) },
    });
    const ends = (path: string): string[] => said(gateway.request({ path }), "response_body");
    expect(ends("/h1")).toEqual(["down response_body 3 end=0", "down response_body 3 end=0", "down response_body 0 end=1"]);
    expect(ends("/h2")).toEqual(["down response_body 3 end=0", "down response_body 3 end=1"]);
  });

  test("keeps the bytes of headers and bodies whatever they are", async () => {
    const bytes = Uint8Array.from({ length: 256 }, (_, i) => i);
    const gateway = await started("", {
      providers: { a: (request) => ({ headers: { "x-back": request.headers.get("x-bytes")! }, body: request.body }) },
    });
    const answer = gateway.request({ headers: { "x-bytes": "\xff\xfe caf\xe9" }, body: bytes });
    expect(answer.bytes).toEqual(bytes);
    expect(answer.headers["x-back"]).toBe("\xff\xfe caf\xe9");
  });

  test("that breaks off is not complete", async () => {
    const gateway = await started("", { providers: { a: () => ({ chunks: ["one", "two"], then: "reset" }) } });
    expect(gateway.request({})).toMatchObject({ status: 200, body: "onetwo", ended: "reset" });
  });
});

describe("a request", () => {
  test("is tried again at the next member, with the upstream filters made anew", async () => {
    const gateway = await Gateway.start({
      modules: [
        {
          module: scripted,
          rootId: "down",
          upstream: { rootId: "up", configuration: "request_headers property xds/upstream_host_metadata/filter_metadata/sluice/provider" },
        },
      ],
      clusters: { plan: ["a", "b"] },
      providers: {
        a: () => ({ status: 429, body: "slow down" }),
        b: (request) => ({ body: `b got ${Buffer.from(request.body).toString()}, attempt ${request.attempt}` }),
      },
    });
    const answer = gateway.request({ chunks: ["one", "two"] });
    expect(answer).toMatchObject({ status: 200, body: "b got onetwo, attempt 2" });
    expect(answer.attempts.map((attempt) => attempt.provider)).toEqual(["a", "b"]);
    expect(said(answer, "property").map((line) => line.split("-> ")[1])).toEqual(["a", "b"]);
  });

  test("can be sent piece by piece, and looked at in between", async () => {
    const gateway = await started("");
    const stream = gateway.open({ path: "/x", more: true });
    gateway.send(stream, "one");
    expect(gateway.answer(stream)).toMatchObject({ ended: "open", attempts: [{ complete: false }] });
    gateway.send(stream, "two", true);
    expect(gateway.answer(stream)).toMatchObject({ ended: "complete", body: "hello", attempts: [{ body: "onetwo", complete: true }] });
  });

  test("ends when its client hangs up", async () => {
    const gateway = await started("log property response/flags", { providers: { a: () => ({ chunks: ["one"], then: "stall" }) } });
    const stream = gateway.open({});
    gateway.hangUp(stream);
    const answer = gateway.answer(stream);
    expect(answer).toMatchObject({ status: 200, body: "one", ended: "hung-up" });
    expect(said(answer, "response/flags")).toEqual(["down   property response/flags -> 16384"]);
  });

  test("waits for the clock: pauses and time limits pass without waiting", async () => {
    const gateway = await started("", {
      routes: [{ cluster: "a", timeout: 0 }],
      providers: { a: () => ({ after: 3_600_000, chunks: ["one", 120_000, "two"] }) },
    });
    const before = gateway.envoy.clock.now;
    // An hour of silence is more than the idle time of a stream.
    expect(gateway.request({})).toMatchObject({ status: 504, ended: "complete" });
    expect(gateway.envoy.clock.now - before).toBe(300_000);
  });

  test("that nothing can end any more is stalled", async () => {
    const gateway = await started("request_headers return 1\nrequest_headers tick 100", {
      routes: [{ cluster: "a", timeout: 0, idleTimeout: 0 }],
    });
    expect(gateway.request({})).toMatchObject({ status: 0, ended: "stalled" });
    expect(gateway.contexts).toBe(1);
  });

  test("is not held up by a filter that calls again from each answer, nor kept for ever", async () => {
    const again = "request_headers call aside /x 0 hi\ncall_response call aside /x 0 hi";
    const calling = (script: string, after: number, idleTimeout: number): Promise<Gateway> =>
      started(`${script}\n${again}`, { routes: [{ cluster: "a", idleTimeout }], callouts: { aside: () => ({ body: "x", after }) } });
    expect((await calling("", 0, 0)).request({})).toMatchObject({ status: 200, body: "hello" });
    expect((await calling("request_headers return 1", 0, 1000)).request({})).toMatchObject({
      status: 504,
      codeDetails: "stream_idle_timeout",
    });
    expect((await calling("request_headers return 1", 1000, 0)).request({})).toMatchObject({ ended: "stalled" });
  });

  test("of a client that steers Envoy is cleaned", async () => {
    const gateway = await started("", { routes: [{ cluster: "a", retry: { retries: 0 } }], providers: { a: () => ({ status: 500 }) } });
    const answer = gateway.request({ headers: { "x-envoy-max-retries": "9", "x-envoy-retry-on": "5xx", "transfer-encoding": "chunked" } });
    expect(answer.attempts).toHaveLength(1);
    expect(Object.keys(answer.attempts[0]!.headers)).not.toContain("transfer-encoding");
  });
});

describe("what no chain may do is an error", () => {
  test("a trap, with the stack of the module", async () => {
    const gateway = await started("request_headers@1 trap");
    expect(() => gateway.request({})).toThrow(Trap);
    expect(gateway.trap?.message).toContain("proxy_on_request_headers");
    expect(gateway.trap?.stack).toMatch(/wasm/);
  });

  test("also one in a tick, which no request waits for", async () => {
    const gateway = await started("request_headers tick 10\ntick@2 trap");
    gateway.request({});
    expect(() => gateway.advance(100)).toThrow(Trap);
  });

  test("a content-length that is not the body's, to a provider or to the client", async () => {
    const toProvider = await started("request_body@1 write 0 0 1000 longer than it was");
    expect(() => toProvider.request({ body: "short" })).toThrow("request to a: content-length says 5, the body has 18 bytes");
    const toClient = await started("response_body@1 write 1 0 1000 longer than it was", {
      providers: { a: () => ({ headers: { "content-length": "5" }, body: "hello" }) },
    });
    expect(() => toClient.request({})).toThrow("answer to the client: content-length says 5, the body has 18 bytes");
  });

  test("letting go of what is not held, or of what a reply from elsewhere has ended", async () => {
    for (const [script, way] of [
      ["request_headers continue 0", "a request"],
      ["response_headers continue 1", "an answer"],
      // Envoy 1.40 goes on to the filters behind, and crashes.
      ["request_headers return 4\nrequest_headers tick 20\ntick@1 effective\ntick@1 reply 403 late no\ntick@1 continue 0", "a request"],
    ] as const)
      await expect(started(script).then((gateway) => gateway.request({}))).rejects.toThrow(`down: continues ${way} that it does not hold`);
  });

  test("an answer without a status", async () => {
    const gateway = await started("response_headers remove 2 :status");
    expect(() => gateway.request({})).toThrow("the answer's :status is null");
  });

  test("unless the test is tolerant; a VM that trapped is replaced", async () => {
    const gateway = await started("request_headers@1 trap", { tolerant: true });
    const answer = gateway.request({});
    expect(answer).toMatchObject({ status: 503, body: "", ended: "complete", codeDetails: "wasm_fail_stream" });
    expect(answer.trap).toBeInstanceOf(Trap);
    expect(said(gateway.request({}), "context_create root")).toHaveLength(1);
  });
});

describe("a module", () => {
  test("that imports what Envoy has not is refused by name", async () => {
    await expect(Gateway.start({ modules: [{ module: await probe("unknown-import") }] })).rejects.toThrow(
      "the module imports what Envoy 1.40 does not offer: env.proxy_clear_route_cache",
    );
  });

  test("that does not name its ABI is refused", async () => {
    await expect(Gateway.start({ modules: [{ module: await probe("no-abi-version") }] })).rejects.toThrow("proxy_abi_version_0_2_1");
  });

  test("that refuses its configuration is an error with what it logged", async () => {
    await expect(Gateway.start({ modules: [{ module: await probe("refusing"), name: "picky" }] })).rejects.toThrow(
      "module picky refused its configuration\n  warn: the field x is missing",
    );
  });

  test("takes another configuration for new requests; a stream that is open keeps the old one", async () => {
    const gateway = await started("response_body@1 property plugin_root_id\nresponse_headers header 2 :status");
    const open = gateway.open({ more: true });
    const from = gateway.logLength;
    expect(gateway.reconfigure(0, "response_headers replace 2 x-new yes")).toBe(true);
    expect(gateway.contexts).toBe(3);
    expect(gateway.request({}).headers).toMatchObject({ "x-new": "yes" });
    gateway.send(open, "", true);
    expect(gateway.answer(open).headers).not.toHaveProperty("x-new");
    expect(said(gateway.answer(open, from), "down done")).toHaveLength(3);
    expect(gateway.contexts).toBe(1);
  });

  test("that refuses a new configuration keeps the old one", async () => {
    const gateway = await started("request_headers replace 0 x-old yes\nconfigure return 1");
    expect(gateway.reconfigure(0, "configure return 0")).toBe(false);
    expect(gateway.request({}).attempts[0]!.headers).toMatchObject({ "x-old": "yes" });
    expect(gateway.contexts).toBe(1);
  });

  test("shares its VM between listings with one vm_id, and not otherwise", async () => {
    const keep = { module: scripted, configuration: "request_headers keep mine" };
    const show = { module: scripted, configuration: "request_headers kept" };
    const one = await started("", {
      modules: [
        { ...keep, vmId: "one" },
        { ...show, vmId: "one" },
      ],
    });
    expect(one.vms).toHaveLength(1);
    expect(said(one.request({}), "kept")).toEqual(["   kept -> mine"]);
    const two = await started("", {
      modules: [
        { ...keep, vmId: "one" },
        { ...show, vmId: "two" },
      ],
    });
    expect(two.vms).toHaveLength(2);
    expect(said(two.request({}), "kept")).toEqual(["   kept -> "]);
  });

  test("leaves nothing behind: contexts and memory are flat", async () => {
    const gateway = await started("", { modules: [{ module: scripted, rootId: "down", upstream: { rootId: "up" } }] });
    const contexts = gateway.contexts;
    for (let i = 0; i < 200; i++) gateway.request({ body: "question" });
    expect(gateway.contexts).toBe(contexts);
    expect(gateway.memory).toBeGreaterThan(0);
  });

  test("logs without end, and the host keeps only the last lines", async () => {
    const gateway = await started("request_headers property nothing\n".repeat(500));
    for (let i = 0; i < 60; i++) expect(said(gateway.request({}), "property nothing")).toHaveLength(500);
    expect(gateway.logLines.length).toBeLessThan(30_000);
    expect(gateway.logLength).toBeGreaterThan(30_000);
  });
});

test("two workers of one process share data, queues, metrics and clock, and no memory", async () => {
  const envoy = new Envoy();
  const script = [
    "configure queue-register jobs",
    "request_headers shared-get k",
    "request_headers shared-set k 0 v",
    "request_headers metric 0 requests",
    "request_headers increment requests 1",
    "request_headers kept",
    "request_headers keep mine",
    "request_headers queue-resolve jobs",
    "request_headers enqueue jobs x",
  ].join("\n");
  const first = await started(script, { envoy });
  const second = await started(script, { envoy });
  expect(said(first.request({}), "shared-get")).toEqual(["down   shared-get k -> !1"]);
  const from = second.logLength;
  const answer = second.request({});
  expect(said(answer, "shared-get")).toEqual(["down   shared-get k -> v"]);
  expect(said(answer, "kept")).toEqual(["down   kept -> "]);
  expect(first.metrics).toEqual({ requests: 2 });
  first.advance(1000);
  expect(second.envoy.clock.now).toBe(first.envoy.clock.now);
  // The worker that registered the queue last is told, whoever put something in.
  expect(second.logLines.slice(from).filter((line) => line.message === "down queue_ready")).toHaveLength(1);
});
