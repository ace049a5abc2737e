import { describe, expect, test } from "vitest";
import type { CalloutScript } from "../../test/host/callout.ts";
import type { Gateway } from "../../test/host/gateway.ts";
import type { ProviderAnswer, ProviderRequest } from "../../test/host/provider.ts";
import { Envoy } from "../../test/host/worker.ts";
import { claudeAnswer, openaiAnswer } from "../../test/modules/answers.ts";
import { startPlans, type PlanSetup } from "../../test/modules/plans.ts";
import { chat, errorOf, textOf } from "../../test/modules/requests.ts";

const failing = (status: number, code = "x", headers: Record<string, string> = {}, message = "no"): ProviderAnswer => ({
  status,
  headers: { "content-type": "application/json", ...headers },
  body: JSON.stringify({ error: { message, type: "t", code } }),
});
const keyOf = (request: { headers: { get(name: string): string | null | undefined } }): string =>
  (request.headers.get("authorization") ?? "none").replace("Bearer ", "");
const keys = ["sk-first-0123456789-aaaa", "sk-second-0123456789-bbbb", "sk-third-0123456789-cccc"] as const;

/** A provider with these keys, whose answer hangs on the key; a test changes what each does. */
class Vendor {
  readonly asked: string[] = [];
  readonly bad = new Map<string, ProviderAnswer>();
  readonly does = (request: ProviderRequest): ProviderAnswer => {
    const key = keyOf(request);
    this.asked.push(key);
    return this.bad.get(key) ?? openaiAnswer(`with ${key}`);
  };
}

async function start(vendor: Vendor, fields: object = {}, more: Partial<PlanSetup> = {}): Promise<Gateway> {
  return startPlans({
    providers: { openai: { apiTokens: keys, does: vendor.does, ...fields }, other: { type: "claude", does: () => claudeAnswer("other") } },
    plans: [
      { targets: ["openai", "openai", "openai", "other"] },
      { weight: 0, targets: ["openai", "openai", "other"] },
      { weight: 0, targets: ["openai", "other"] },
      { weight: 0, targets: ["other"] },
    ],
    ...more,
  });
}

const seen = (vendor: Vendor, gateway: Gateway, requests: number): Set<string> => {
  vendor.asked.length = 0;
  for (let i = 0; i < requests; i++) expect(gateway.request(chat()).status).toBe(200);
  return new Set(vendor.asked);
};

describe("a key", () => {
  test("that is refused with 401 is picked no more, and the request goes on with another", async () => {
    const vendor = new Vendor();
    const gateway = await start(vendor);
    vendor.bad.set(keys[0], failing(401, "invalid_api_key"));
    for (let i = 0; i < 30; i++) expect(gateway.request(chat()).status).toBe(200);
    expect(vendor.asked.filter((key) => key === keys[0])).toHaveLength(1);
    expect(seen(vendor, gateway, 20)).toEqual(new Set([keys[1], keys[2]]));
  });

  test("that is over its limit waits for as long as the provider says, and comes back", async () => {
    const vendor = new Vendor();
    const gateway = await start(vendor);
    vendor.bad.set(keys[0], failing(429, "rate_limit_exceeded", { "retry-after": "20" }));
    seen(vendor, gateway, 30);
    vendor.bad.clear();
    gateway.advance(19_000);
    expect(seen(vendor, gateway, 30).has(keys[0])).toBe(false);
    gateway.advance(1_500);
    expect(seen(vendor, gateway, 60).has(keys[0])).toBe(true);
  });

  test.each([
    ["a date", { "retry-after": "DATE" }, 30_000],
    ["milliseconds", { "retry-after-ms": "7000" }, 7_000],
    ["OpenAI's reset", { "x-ratelimit-remaining-tokens": "0", "x-ratelimit-reset-tokens": "1m5s" }, 65_000],
    ["Anthropic's reset", { "anthropic-ratelimit-requests-remaining": "0", "anthropic-ratelimit-requests-reset": "TIME" }, 30_000],
    ["nonsense", { "retry-after": "soon" }, 1_000],
    ["a negative number", { "retry-after": "-5" }, 1_000],
    ["an enormous number", { "retry-after": "99999999999" }, 3_600_000],
    ["a date in the past", { "retry-after": "Sun, 06 Nov 1994 08:49:37 GMT" }, 1_000],
  ])("is parked as %s says", async (_, headers, milliseconds) => {
    const vendor = new Vendor();
    const gateway = await start(vendor, { apiTokens: [keys[0]] }, { plans: [{ targets: ["openai"] }] });
    const at = new Date(Math.ceil(gateway.envoy.clock.now / 1000 + 30) * 1000);
    const said = Object.fromEntries(
      Object.entries(headers).map(([name, value]) => [
        name,
        value.replace("DATE", at.toUTCString()).replace("TIME", at.toISOString().replace(/\.\d+/, "")),
      ]),
    );
    vendor.bad.set(keys[0], failing(429, "rate_limit_exceeded", said));
    gateway.request(chat());
    vendor.bad.clear();
    gateway.advance(milliseconds - 900);
    const early = gateway.request(chat());
    expect([early.status, early.attempts.length]).toEqual([429, 0]);
    expect(Number(early.headers["retry-after"])).toBeGreaterThan(0);
    gateway.advance(2_000);
    expect(gateway.request(chat()).status).toBe(200);
  });

  test("is parked longer where nothing is left on the account", async () => {
    const vendor = new Vendor();
    const gateway = await start(vendor);
    vendor.bad.set(keys[0], failing(429, "insufficient_quota"));
    seen(vendor, gateway, 30);
    vendor.bad.clear();
    gateway.advance(300_000);
    expect(seen(vendor, gateway, 30).has(keys[0])).toBe(false);
    gateway.advance(400_000);
    expect(seen(vendor, gateway, 60).has(keys[0])).toBe(true);
  });

  test("is parked for the model that is over its limit, and for all once a second one is", async () => {
    const vendor = new Vendor();
    const gateway = await start(vendor, { apiTokens: [keys[0]] }, { plans: [{ targets: ["openai"] }] });
    vendor.bad.set(keys[0], failing(429, "rate_limit_exceeded", { "retry-after": "50" }));
    expect(gateway.request(chat({ model: "gpt-4o" })).attempts).toHaveLength(1);
    expect(gateway.request(chat({ model: "gpt-4o" })).attempts).toHaveLength(0);
    expect(gateway.request(chat({ model: "gpt-4.1" })).attempts).toHaveLength(1);
    for (const model of ["gpt-4o", "gpt-4.1", "gpt-5"]) expect(gateway.request(chat({ model })).attempts).toHaveLength(0);
  });

  test("is as good as before after the client's own error, a server's error, or a 403 about the model", async () => {
    const vendor = new Vendor();
    const gateway = await start(vendor, {}, { plans: [{ targets: ["openai"] }] });
    for (const answer of [failing(400), failing(500), failing(404), failing(403, "model_not_found", {}, "no access to model gpt-9")]) {
      for (const key of keys) vendor.bad.set(key, answer);
      gateway.request(chat());
    }
    vendor.bad.clear();
    expect(seen(vendor, gateway, 60)).toEqual(new Set(keys));
  });

  test("is known by its last four characters or its name, in the log alone", async () => {
    const vendor = new Vendor();
    const gateway = await start(vendor, { apiTokens: [keys[0]], keys: [{ key: keys[1], name: "team-b" }] });
    vendor.bad.set(keys[0], failing(401));
    vendor.bad.set(keys[1], failing(401));
    const answer = gateway.request(chat());
    const text = gateway.logLines.map(({ message }) => message).join("\n");
    expect(text).toContain('provider "openai": key #1 ...aaaa is parked for 300 s');
    expect(text).toContain('provider "openai": key team-b is parked for 300 s');
    expect(text + JSON.stringify(answer.headers) + answer.body).not.toContain("sk-first");
  });
});

describe("selection", () => {
  test("by weight", async () => {
    const vendor = new Vendor();
    const gateway = await start(vendor, { apiTokens: [], keys: [{ key: keys[0], weight: 9 }, { key: keys[1] }] });
    for (let i = 0; i < 400; i++) gateway.request(chat());
    const share = vendor.asked.filter((key) => key === keys[0]).length / 400;
    expect(share).toBeGreaterThan(0.8);
    expect(share).toBeLessThan(0.97);
  });

  test("by affinity gives a consumer one key, and another only while that one is out", async () => {
    const vendor = new Vendor();
    const gateway = await start(
      vendor,
      { keySelection: "affinity" },
      { "key-auth": { consumers: [{ name: "alice", credential: "k-alice" }], keys: ["authorization"], global_auth: true } },
    );
    const asks = (): string => {
      vendor.asked.length = 0;
      gateway.request(chat({}, { authorization: "Bearer k-alice" }));
      return vendor.asked.at(-1)!;
    };
    const own = asks();
    for (let i = 0; i < 20; i++) expect(asks()).toBe(own);
    vendor.bad.set(own, failing(429, "rate_limit_exceeded", { "retry-after": "5" }));
    const second = asks();
    expect(second).not.toBe(own);
    vendor.bad.clear();
    for (let i = 0; i < 5; i++) expect(asks()).toBe(second);
    gateway.advance(6_000);
    expect(asks()).toBe(own);
  });

  test("leastRecentlyLimited prefers the key that was over a limit longest ago", async () => {
    const vendor = new Vendor();
    const gateway = await start(vendor, { keySelection: "leastRecentlyLimited" });
    for (const key of [keys[1], keys[0]]) {
      vendor.bad.set(key, failing(429, "rate_limit_exceeded", { "retry-after": "1" }));
      for (let i = 0; i < 40; i++) gateway.request(chat());
      vendor.bad.clear();
      gateway.advance(3_000);
      gateway.request(chat());
    }
    expect(seen(vendor, gateway, 20)).toEqual(new Set([keys[2]]));
    vendor.bad.set(keys[2], failing(429, "rate_limit_exceeded", { "retry-after": "1" }));
    gateway.request(chat());
    expect(seen(vendor, gateway, 20)).toEqual(new Set([keys[1]]));
  });

  test("turns away from a key before it is over its limit, as the provider's headers foretell", async () => {
    const vendor = new Vendor();
    const gateway = await start(vendor, { apiTokens: keys.slice(0, 2) });
    const low = { "x-ratelimit-limit-requests": "100", "x-ratelimit-remaining-requests": "1", "x-ratelimit-reset-requests": "30s" };
    vendor.bad.set(keys[0], { ...openaiAnswer("low"), headers: { "content-type": "application/json", ...low } });
    for (let i = 0; i < 20; i++) gateway.request(chat());
    vendor.asked.length = 0;
    for (let i = 0; i < 200; i++) gateway.request(chat());
    expect(vendor.asked.filter((key) => key === keys[0]).length).toBeLessThan(40);
    vendor.bad.clear();
    gateway.advance(31_000);
    vendor.asked.length = 0;
    for (let i = 0; i < 200; i++) gateway.request(chat());
    expect(vendor.asked.filter((key) => key === keys[0]).length).toBeGreaterThan(60);
  });
});

describe("the plan", () => {
  test("passes over a provider none of whose keys is usable", async () => {
    const vendor = new Vendor();
    const gateway = await start(vendor);
    for (const key of keys) vendor.bad.set(key, failing(401));
    const first = gateway.request(chat());
    expect([textOf(first), first.attempts.length]).toEqual(["other", 4]);
    expect(first.headers["x-sluice-attempts"]).toBe(
      "openai;status=401;reason=authentication, openai;status=401;reason=authentication, openai;status=401;reason=authentication, other",
    );
    const second = gateway.request(chat());
    expect([textOf(second), second.attempts.length]).toEqual(["other", 1]);
    expect(second.headers).not.toHaveProperty("x-sluice-attempts");
  });

  test("spends no key on an attempt for which none is left, and goes on", async () => {
    const vendor = new Vendor();
    const gateway = await start(vendor, { apiTokens: keys.slice(0, 2) });
    // Both keys fit when the plan is made, and both go before its second attempt: another request finds that out meanwhile.
    let inner: ReturnType<Gateway["request"]> | null = null;
    vendor.bad.set(keys[0], failing(401));
    vendor.bad.set(keys[1], failing(401));
    const slow = vendor.does;
    const answers: ProviderRequest[] = [];
    const second = await startPlans({
      providers: {
        openai: {
          apiTokens: keys.slice(0, 2),
          does: (request: ProviderRequest) => {
            answers.push(request);
            return { ...slow(request), after: 50 };
          },
        },
        other: { type: "claude", does: () => claudeAnswer("other") },
      },
      plans: [{ targets: ["openai", "openai", "other"] }, { weight: 0, targets: ["openai", "other"] }, { weight: 0, targets: ["other"] }],
      host: { envoy: gateway.envoy },
    });
    const streams = [second.open(chat()), second.open(chat()), second.open(chat())];
    second.advance(1_000);
    for (const stream of streams) {
      inner = second.answer(stream);
      expect([inner.status, textOf(inner)]).toEqual([200, "other"]);
    }
    const knocks = answers.filter((request) => request.method === "GET");
    expect(knocks.length).toBeGreaterThan(0);
    for (const knock of knocks) {
      expect([knock.path, knock.body.length, knock.headers.get("authorization")]).toEqual(["/", 0, undefined]);
    }
    for (const key of keys.slice(0, 2)) expect(answers.filter((request) => keyOf(request) === key).length).toBeLessThanOrEqual(3);
  });

  test("never begins one whose targets have no key left, where no plan of just the others is listed", async () => {
    const vendor = new Vendor();
    let isBroken = false;
    const gateway = await startPlans({
      providers: {
        a: { apiTokens: [keys[0]], does: vendor.does },
        b: { type: "claude", does: () => (isBroken ? failing(500) : claudeAnswer("b")) },
        c: { apiTokens: [keys[1]], does: vendor.does },
      },
      plans: [{ targets: ["a", "b", "c"] }, { weight: 0, targets: ["b", "c"] }],
    });
    for (const key of keys) vendor.bad.set(key, failing(401));
    gateway.request(chat());
    // c has had its turn elsewhere.
    const direct = await startPlans({
      providers: { c: { apiTokens: [keys[1]], does: vendor.does } },
      host: { envoy: gateway.envoy },
    });
    direct.request(chat());
    isBroken = true;
    const answer = gateway.request(chat());
    expect([answer.status, answer.attempts.map(({ provider }) => provider)]).toEqual([500, ["b"]]);
  });

  test("says when to come back where every key is over its limit, and asks nobody", async () => {
    const vendor = new Vendor();
    const gateway = await start(vendor, {}, { plans: [{ targets: ["openai", "openai", "openai"] }, { weight: 0, targets: ["openai"] }] });
    for (const key of keys) vendor.bad.set(key, failing(429, "rate_limit_exceeded", { "retry-after": "30" }));
    expect(gateway.request(chat()).status).toBe(429);
    const answer = gateway.request(chat());
    expect([answer.status, answer.attempts.length, answer.headers["retry-after"]]).toEqual([429, 0, "30"]);
    expect(errorOf(answer).message).toContain('Every key of provider "openai" is over its limit');
  });
});

describe("workers", () => {
  test("share what is known of keys", async () => {
    const envoy = new Envoy();
    const vendor = new Vendor();
    vendor.bad.set(keys[0], failing(401));
    const first = await start(vendor, {}, { host: { envoy } });
    const second = await start(vendor, {}, { host: { envoy } });
    for (let i = 0; i < 20; i++) first.request(chat());
    expect(vendor.asked.filter((key) => key === keys[0])).toHaveLength(1);
    expect(seen(vendor, second, 30).has(keys[0])).toBe(false);
  });
});

describe("probes", () => {
  const setup = async (vendor: Vendor, script: CalloutScript, fields: object = {}): Promise<Gateway> =>
    start(vendor, { probeCluster: "probe", ...fields }, { host: { callouts: { probe: script } } });

  test("ask for the list of models, and bring a key back that works again", async () => {
    const vendor = new Vendor();
    const probes: string[] = [];
    const gateway = await setup(vendor, (call) => {
      probes.push(`${call.headers.get(":method")} ${call.headers.get(":path")} ${keyOf(call)}`);
      return { status: vendor.bad.has(keyOf(call)) ? 401 : 200, body: "{}" };
    });
    vendor.bad.set(keys[0], failing(401));
    seen(vendor, gateway, 20);
    gateway.advance(16_000);
    expect(probes).toEqual(Array(3).fill(`GET /v1/models ${keys[0]}`));
    expect(seen(vendor, gateway, 20).has(keys[0])).toBe(false);
    vendor.bad.clear();
    gateway.advance(5_100);
    expect(seen(vendor, gateway, 60).has(keys[0])).toBe(true);
    const asked = probes.length;
    gateway.advance(60_000);
    expect(probes).toHaveLength(asked);
  });

  test("are made by one worker at a time", async () => {
    const envoy = new Envoy();
    const vendor = new Vendor();
    let probes = 0;
    const script: CalloutScript = () => ({ status: (probes++, 401), body: "{}" });
    const host = { envoy, callouts: { probe: script } };
    const first = await start(vendor, { probeCluster: "probe" }, { host });
    const second = await start(vendor, { probeCluster: "probe" }, { host });
    vendor.bad.set(keys[0], failing(401));
    for (let i = 0; i < 20; i++) for (const gateway of [first, second]) gateway.request(chat());
    first.advance(15_500);
    expect(probes).toBe(3);
  });
});

describe("failover", () => {
  const failover = { enabled: true, healthCheckModel: "gpt-4o-mini" };

  test("failover.healthCheckModel is asked who it is, in the provider's protocol", async () => {
    const vendor = new Vendor();
    const bodies: unknown[] = [];
    const script: CalloutScript = (call) => {
      bodies.push([call.headers.get(":path"), keyOf(call), JSON.parse(Buffer.from(call.body).toString())]);
      return { status: 200, body: "{}" };
    };
    const gateway = await start(vendor, { probeCluster: "probe", failover }, { host: { callouts: { probe: script } } });
    vendor.bad.set(keys[0], failing(401));
    seen(vendor, gateway, 20);
    vendor.bad.clear();
    gateway.advance(5_100);
    expect(bodies).toEqual([
      ["/v1/chat/completions", keys[0], { model: "gpt-4o-mini", messages: [{ role: "user", content: "who are you?" }] }],
    ]);
    expect(seen(vendor, gateway, 60).has(keys[0])).toBe(true);
  });

  test("failover.failureThreshold: so many failures in a row take a key out, and any success begins anew", async () => {
    const vendor = new Vendor();
    const gateway = await start(
      vendor,
      { apiTokens: [keys[0]], failover: { ...failover, failureThreshold: 2 } },
      { plans: [{ targets: ["openai"] }] },
    );
    const ask = (answer?: ProviderAnswer): number => {
      if (answer === undefined) vendor.bad.clear();
      else vendor.bad.set(keys[0], answer);
      return gateway.request(chat()).attempts.length;
    };
    expect([ask(failing(500)), ask(), ask(failing(500)), ask(), ask(failing(500)), ask(failing(500)), ask()]).toEqual([
      1, 1, 1, 1, 1, 1, 0,
    ]);
  });

  test("failover.failoverOnStatus is for the whole status, and never counts the client's fault", async () => {
    const vendor = new Vendor();
    const only = { ...failover, failureThreshold: 1, failoverOnStatus: ["4.*", "50[0-2]"] };
    const gateway = await start(vendor, { apiTokens: [keys[0]], failover: only }, { plans: [{ targets: ["openai"] }] });
    for (const status of [400, 404, 422, 503, 504]) {
      vendor.bad.set(keys[0], failing(status));
      expect(gateway.request(chat()).attempts).toHaveLength(1);
    }
    vendor.bad.set(keys[0], failing(501));
    expect(gateway.request(chat()).attempts).toHaveLength(1);
    expect(gateway.request(chat()).attempts).toHaveLength(0);
  });

  test("failover.successThreshold and failover.healthCheckInterval: so many probes, so far apart, bring it back", async () => {
    const vendor = new Vendor();
    let probes = 0;
    const script: CalloutScript = () => ({ status: (probes++, 200), body: "{}" });
    const fields = {
      apiTokens: [keys[0]],
      probeCluster: "probe",
      failover: { ...failover, successThreshold: 3, healthCheckInterval: 1000 },
    };
    const gateway = await start(vendor, fields, { plans: [{ targets: ["openai"] }], host: { callouts: { probe: script } } });
    vendor.bad.set(keys[0], failing(401));
    gateway.request(chat());
    vendor.bad.clear();
    gateway.advance(2_500);
    expect([probes, gateway.request(chat()).attempts.length]).toEqual([2, 0]);
    gateway.advance(1_000);
    expect([probes, gateway.request(chat()).attempts.length]).toEqual([3, 1]);
  });

  test("failover.healthCheckTimeout ends a probe", async () => {
    const vendor = new Vendor();
    const timeouts: number[] = [];
    const script: CalloutScript = (call) => {
      timeouts.push(call.timeout);
      return { stall: true };
    };
    const fields = { probeCluster: "probe", failover: { ...failover, healthCheckTimeout: 700 } };
    const gateway = await start(vendor, fields, { host: { callouts: { probe: script } } });
    vendor.bad.set(keys[0], failing(401));
    seen(vendor, gateway, 20);
    gateway.advance(11_000);
    expect(timeouts).toEqual([700, 700]);
    expect(seen(vendor, gateway, 20).has(keys[0])).toBe(false);
  });

  test("failover without a model to ask is refused", async () => {
    await expect(start(new Vendor(), { failover: { enabled: true } })).rejects.toThrow(
      "providers[0].failover.healthCheckModel: found nothing, expected the model that probes ask",
    );
  });

  test("a pattern that can't be read is refused", async () => {
    await expect(start(new Vendor(), { failover: { ...failover, failoverOnStatus: ["5("] } })).rejects.toThrow(
      'providers[0].failover.failoverOnStatus[0]: found "5("',
    );
  });
});

describe("an endpoint", () => {
  const plans = [{ targets: ["a", "b"] }, { weight: 0, targets: ["b"] }];

  test("that fails again and again is asked last, and tried by one request after a while", async () => {
    let broken = true;
    let asked = 0;
    const does = (): ProviderAnswer => (asked++, broken ? failing(500) : openaiAnswer("from a"));
    const gateway = await startPlans({ providers: { a: { does }, b: { does: () => openaiAnswer("from b") } }, plans });
    for (let i = 0; i < 20; i++) expect(textOf(gateway.request(chat()))).toBe("from b");
    expect(asked).toBe(5);
    gateway.advance(1_300);
    for (let i = 0; i < 5; i++) expect(textOf(gateway.request(chat()))).toBe("from b");
    expect(asked).toBe(6);
    broken = false;
    gateway.advance(2_500);
    expect(textOf(gateway.request(chat()))).toBe("from a");
    expect(textOf(gateway.request(chat()))).toBe("from a");
    const text = gateway.logLines.map(({ message }) => message).join("\n");
    expect(text).toContain('provider "a" failed 5 times in a row');
    expect(text).toContain('provider "a" answers again');
  });

  test("is asked all the same where nobody else is left", async () => {
    const gateway = await startPlans({ providers: { a: { does: () => failing(500) } } });
    for (let i = 0; i < 12; i++) expect(gateway.request(chat()).attempts).toHaveLength(1);
  });

  test.each(["refuse", "reset", "stall"] as const)("counts what comes without a word: %s", async (how) => {
    let asked = 0;
    const gateway = await startPlans({
      providers: { a: { does: () => (asked++, how) }, b: { does: () => openaiAnswer("from b") } },
      plans,
      "ai-proxy": { answerTimeout: 100 },
    });
    for (let i = 0; i < 8; i++) expect(textOf(gateway.request(chat()))).toBe("from b");
    expect(asked).toBeLessThanOrEqual(6);
    const first = gateway.request(chat());
    expect(first.attempts).toHaveLength(1);
  });
});

describe("sticky", () => {
  const setup = (sticky: string): Promise<Gateway> =>
    startPlans({
      providers: { a: { does: () => openaiAnswer("a") }, b: { does: () => openaiAnswer("b") } },
      plans: [
        { weight: 1, targets: ["a"] },
        { weight: 1, targets: ["b"] },
      ],
      "ai-proxy": { sticky },
      "key-auth": {
        consumers: Array.from({ length: 20 }, (_, i) => ({ name: `c${i}`, credential: `k-${i}` })),
        keys: ["authorization"],
        global_auth: true,
      },
    });
  const answers = (gateway: Gateway, headers: Record<string, string>): Set<string> =>
    new Set(Array.from({ length: 20 }, () => textOf(gateway.request(chat({}, { authorization: "Bearer k-0", ...headers })))));

  test("by consumer: each always draws the same plan, and all together draw both", async () => {
    const gateway = await setup("consumer");
    const drawn = Array.from({ length: 20 }, (_, i) => answers(gateway, { authorization: `Bearer k-${i}` }));
    for (const each of drawn) expect(each.size).toBe(1);
    expect(new Set(drawn.flatMap((each) => [...each]))).toEqual(new Set(["a", "b"]));
  });

  test("by a header, and without it each request by itself", async () => {
    const gateway = await setup("header:X-Session-Id");
    const drawn = Array.from({ length: 20 }, (_, i) => answers(gateway, { "x-session-id": `s-${i}` }));
    for (const each of drawn) expect(each.size).toBe(1);
    expect(new Set(drawn.flatMap((each) => [...each])).size).toBe(2);
    expect(answers(gateway, {}).size).toBe(2);
  });

  test("in other words is refused", async () => {
    await expect(setup("cookie")).rejects.toThrow('sticky: found "cookie", expected consumer, or header: and the name of a header');
  });
});

test("attemptsHeader: false keeps to itself who was tried", async () => {
  const providers = { a: { does: () => failing(500) }, b: { does: () => openaiAnswer("b") } };
  const told = await startPlans({ providers });
  expect(told.request(chat()).headers["x-sluice-attempts"]).toBe("a;status=500;reason=server_error, b");
  const silent = await startPlans({ providers, "ai-proxy": { attemptsHeader: false } });
  expect(silent.request(chat()).headers).not.toHaveProperty("x-sluice-attempts");
});

test("a conversation that is too long for one model goes to the next", async () => {
  const does = (): ProviderAnswer => failing(400, "context_length_exceeded");
  const gateway = await startPlans({ providers: { a: { does }, b: { does: () => openaiAnswer("b") } } });
  const answer = gateway.request(chat());
  expect([answer.status, textOf(answer), answer.headers["x-sluice-attempts"]]).toEqual([200, "b", "a;status=400;reason=context_length, b"]);
  const alone = await startPlans({ providers: { a: { does } } });
  expect(alone.request(chat()).status).toBe(400);
});

describe("/sluice/health", () => {
  const ask = { method: "GET", path: "/sluice/health", headers: {} };
  const local = { sluice: { local: "true" } };

  test("tells where endpoints and keys stand, without the keys, where the listener is this machine's own", async () => {
    const vendor = new Vendor();
    const gateway = await start(
      vendor,
      { apiTokens: [keys[0]], keys: [{ key: keys[1], name: "team-b" }] },
      { host: { listenerMetadata: local } },
    );
    vendor.bad.set(keys[0], failing(429, "rate_limit_exceeded", { "retry-after": "20" }));
    for (let i = 0; i < 20; i++) gateway.request(chat());
    const answer = gateway.request(ask);
    expect([answer.status, answer.headers["content-type"]]).toEqual([200, "application/json"]);
    expect(JSON.parse(answer.body)).toEqual({
      providers: [
        {
          id: "openai",
          type: "openai",
          endpoint: { state: "up" },
          keys: [
            {
              name: "#1 ...aaaa",
              state: "parked",
              status: 429,
              since: expect.stringMatching(/^\d{4}-.*Z$/),
              next_try: expect.stringMatching(/^\d{4}-.*Z$/),
              one_model_only: true,
            },
            { name: "team-b", state: "usable" },
          ],
        },
        { id: "other", type: "claude", endpoint: { state: "up" }, keys: [{ name: "#1", state: "usable" }] },
      ],
    });
    expect(answer.body).not.toContain("sk-");
  });

  test("is not there at the gateway's own listener", async () => {
    const gateway = await start(new Vendor());
    expect(gateway.request(ask).status).toBe(404);
  });

  test("takes GET alone", async () => {
    const gateway = await start(new Vendor(), {}, { host: { listenerMetadata: local } });
    expect(gateway.request({ ...ask, method: "DELETE" }).status).toBe(404);
    expect(gateway.request({ ...ask, path: "/sluice/other" }).status).toBe(404);
  });
});

test("rememberFailures: false asks whoever is next, whatever was before", async () => {
  const vendor = new Vendor();
  const gateway = await start(vendor, { apiTokens: [keys[0]], rememberFailures: false }, { plans: [{ targets: ["openai"] }] });
  vendor.bad.set(keys[0], failing(401));
  for (let i = 0; i < 8; i++) expect(gateway.request(chat()).attempts).toHaveLength(1);
});
