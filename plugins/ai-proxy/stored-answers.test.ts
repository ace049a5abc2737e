/** Answers that a vendor keeps for its key, which all callers share: each is the caller's who asked for it. */
import { afterAll, beforeEach, describe, expect, test } from "vitest";
import type { Gateway } from "../../test/host/gateway.ts";
import type { ProviderAnswer, ProviderRequest } from "../../test/host/provider.ts";
import { openaiAnswer } from "../../test/modules/answers.ts";
import { startPlans, type PlanSetup } from "../../test/modules/plans.ts";
import { FakeRedis, REDIS } from "../../test/modules/redis.ts";
import { errorOf } from "../../test/modules/requests.ts";

const keys = { alice: "key-of-alice-1234", bob: "key-of-bob-12345" };
type Who = keyof typeof keys;
type Json = Record<string, unknown>;

const json = (value: unknown, status = 200): ProviderAnswer => ({
  status,
  headers: { "content-type": "application/json" },
  body: JSON.stringify(value),
});

/** OpenAI, as far as it keeps answers: whoever has the key has them all. */
class Vendor {
  readonly requests: ProviderRequest[] = [];
  readonly kept = new Map<string, Json>();
  #count = 0;

  answer(request: ProviderRequest): ProviderAnswer {
    this.requests.push(request);
    const path = request.path.split("?")[0]!;
    const kind = path.startsWith("/v1/responses") ? "/v1/responses" : "/v1/chat/completions";
    const [id, part] = path.slice(kind.length + 1).split("/");
    if (request.method === "POST" && !id) return this.#make(kind, JSON.parse(Buffer.from(request.body).toString()));
    if (!id) {
      const data = [...this.kept.values()].filter(({ object }) => object === "chat.completion");
      return json({ object: "list", data, first_id: data[0]?.["id"], last_id: data.at(-1)?.["id"], has_more: false });
    }
    if (!this.kept.has(id)) return json({ error: { message: "vendor's 404" } }, 404);
    if (request.method === "DELETE") return (this.kept.delete(id), json({ id, object: "response", deleted: true }));
    return json(part && request.method === "GET" ? { object: "list", data: [{ id: "msg_1" }], has_more: false } : this.kept.get(id));
  }

  #make(kind: string, body: Json): ProviderAnswer {
    const number = ++this.#count;
    if (kind !== "/v1/responses") {
      const made = { ...JSON.parse(openaiAnswer("Hello").body as string), id: `chatcmpl-${number}` };
      if (body["store"] === true) this.kept.set(made.id, made);
      return json(made);
    }
    const output = [
      {
        id: "msg_1",
        type: "message",
        role: "assistant",
        status: "completed",
        content: [{ type: "output_text", text: "Hello", annotations: [] }],
      },
    ];
    const usage = { input_tokens: 1, output_tokens: 1, total_tokens: 2 };
    const made = {
      id: `resp_${number}`,
      object: "response",
      status: "completed",
      model: "gpt-4o",
      output,
      usage,
      store: body["store"] ?? true,
    };
    if (made.store !== false) this.kept.set(made.id, made);
    if (body["stream"] !== true) return json(made);
    const event = (type: string, more: Json): string => `event: ${type}\ndata: ${JSON.stringify({ type, ...more })}\n\n`;
    return {
      headers: { "content-type": "text/event-stream" },
      chunks: [
        event("response.created", { sequence_number: 0, response: { ...made, status: "in_progress", output: [] } }),
        event("response.output_text.delta", { sequence_number: 1, item_id: "msg_1", output_index: 0, content_index: 0, delta: "Hello" }),
        event("response.completed", { sequence_number: 2, response: made }),
      ],
    };
  }
}

let vendor: Vendor;
let gateway: Gateway;
let redis: FakeRedis | null = null;

function setup(more: Json = {}): PlanSetup {
  return {
    providers: {
      a: { statefulEndpoints: true, apiTokens: ["sk-one", "sk-two", "sk-three"], ...more, does: (request) => vendor.answer(request) },
    },
    "key-auth": { consumers: Object.entries(keys).map(([name, credential]) => ({ name, credential })), global_auth: false },
    "model-router": { models: [{ match: "gpt-*", names: ["gpt-4o"] }] },
    "ai-proxy": redis === null ? {} : { redis: { service_name: REDIS } },
    host: {
      ...(redis && { callouts: { [REDIS]: redis.script } }),
      routes: [{ name: "gpt-*", clusterHeader: "x-sluice-cluster", timeout: 0, retry: {} }],
    },
  };
}

function ask(who: Who | null, method: string, path: string, body?: Json) {
  const headers: Record<string, string> = who === null ? {} : { authorization: `Bearer ${keys[who]}` };
  if (body !== undefined) headers["content-type"] = "application/json";
  return gateway.request({ method, path, headers, ...(body && { body: JSON.stringify(body) }) });
}

const respond = (who: Who | null, more: Json = {}) => ask(who, "POST", "/v1/responses", { model: "gpt-4o", input: "Hi", ...more });
const complete = (who: Who | null, more: Json = {}) =>
  ask(who, "POST", "/v1/chat/completions", { model: "gpt-4o", messages: [{ role: "user", content: "Hi" }], ...more });
const idOf = (answer: { status: number; body: string }): string => {
  expect([answer.status, answer.body]).toEqual([200, expect.any(String)]);
  return /"id":"((?:resp_|chatcmpl-)\d+)"/.exec(answer.body)![1]!;
};
const keysUsed = () => new Set(vendor.requests.map(({ headers }) => headers.get("authorization")));

describe.each(["shared data", "Redis"])("owners in %s", (where) => {
  beforeEach(async () => {
    vendor = new Vendor();
    redis = where === "Redis" ? new FakeRedis() : null;
    gateway = await startPlans(setup());
  });
  afterAll(() => {
    redis = null;
  });

  describe.each([false, true])("a response (streamed: %s)", (stream) => {
    test("is its asker's to read, to go on from, to cancel and to delete, with the key that made it", () => {
      const id = idOf(respond("alice", { stream }));
      expect(JSON.parse(ask("alice", "GET", `/v1/responses/${id}`).body)).toMatchObject({ id, object: "response" });
      expect(ask("alice", "GET", `/v1/responses/${id}/input_items?limit=2&after=msg_0`).status).toBe(200);
      expect(vendor.requests.at(-1)!.path).toBe(`/v1/responses/${id}/input_items?limit=2&after=msg_0`);
      const next = idOf(respond("alice", { stream, previous_response_id: id }));
      expect(ask("alice", "POST", `/v1/responses/${next}/cancel`).status).toBe(200);
      for (let i = 0; i < 5; i++) ask("alice", "GET", `/v1/responses/${id}`);
      expect(keysUsed().size).toBe(1);
      expect(ask("alice", "DELETE", `/v1/responses/${id}`).status).toBe(200);
      expect(ask("alice", "GET", `/v1/responses/${id}`).status).toBe(404);
    });

    test("isn't there for anybody else, by whatever way", () => {
      const id = idOf(respond("alice", { stream }));
      const own = idOf(respond("bob", { stream }));
      const before = vendor.requests.length;
      for (const [method, path] of [
        ["GET", `/v1/responses/${id}`],
        ["GET", `/team/v1/responses/${id}`],
        ["GET", `/v1/responses/${id}?include=message.output_text.logprobs`],
        ["GET", `/v1/responses/${id}/input_items`],
        ["GET", `/v1/responses/${id}/input_items?after=${own}`],
        ["POST", `/v1/responses/${id}/cancel`],
        ["DELETE", `/v1/responses/${id}`],
      ] as const) {
        const answer = ask("bob", method, path);
        expect([method, path, answer.status]).toEqual([method, path, 404]);
        expect(errorOf(answer).message).toBe(`Response with id '${id}' not found.`);
      }
      expect(ask(null, "GET", `/v1/responses/${id}`).status).toBe(403);
      for (const body of [
        { previous_response_id: id },
        { PREVIOUS_response_id: id },
        { input: [{ type: "item_reference", id: "msg_1" }] },
        { tools: [{ type: "x", previous_response_id: id }] },
      ])
        expect([400, 404]).toContain(respond("bob", body).status);
      expect(vendor.requests).toHaveLength(before);
      expect(vendor.kept.has(id)).toBe(true);
      expect(respond("bob", { previous_response_id: own }).status).toBe(200);
    });
  });

  test("ids that are no ids, and paths beside them, never reach the vendor", () => {
    const own = idOf(respond("bob"));
    const before = vendor.requests.length;
    for (const path of [
      "/v1/responses/..%2fresp_1",
      `/v1/responses/${own}/../resp_2`,
      `/v1/responses/${own}%2f..%2fresp_2`,
      `/v1/responses/${own}/output_items`,
      "/v1/responses/",
      `/v1/responses/${own}/input_items/msg_1`,
    ])
      expect([path, ask("bob", "GET", path).status]).toEqual([path, 404]);
    expect(vendor.requests).toHaveLength(before);
  });

  test("what isn't stored is nobody's", () => {
    const id = idOf(respond("alice", { store: false }));
    expect(ask("alice", "GET", `/v1/responses/${id}`).status).toBe(404);
  });

  test("a stored response is not streamed", () => {
    const id = idOf(respond("alice"));
    expect(errorOf(ask("alice", "GET", `/v1/responses/${id}?stream=true`)).param).toBe("stream");
  });

  test("what a response shall bring is asked for, and nothing else of the query", () => {
    const id = idOf(respond("alice"));
    ask(
      "alice",
      "GET",
      `/v1/responses/${id}?include[]=message.output_text.logprobs&include[]=reasoning.encrypted_content&key=x&starting_after=1`,
    );
    expect(vendor.requests.at(-1)!.path).toBe(
      `/v1/responses/${id}?include[]=message.output_text.logprobs&include[]=reasoning.encrypted_content`,
    );
  });

  test("a chat completion is kept where it is to be stored, and is listed for its asker alone", () => {
    const own = idOf(complete("alice", { store: true }));
    const others = idOf(complete("bob", { store: true }));
    const unstored = idOf(complete("alice"));
    const listed = (who: Who) => JSON.parse(ask(who, "GET", "/v1/chat/completions").body).data.map(({ id }: { id: string }) => id);
    expect(listed("alice")).toEqual([own]);
    expect(listed("bob")).toEqual([others]);
    expect(JSON.parse(ask("alice", "GET", `/v1/chat/completions/${own}`).body)).toMatchObject({ id: own });
    expect(ask("alice", "GET", `/v1/chat/completions/${own}/messages`).status).toBe(200);
    expect(ask("alice", "POST", `/v1/chat/completions/${own}`, { metadata: { a: "b" } }).status).toBe(200);
    const before = vendor.requests.length;
    for (const [method, path, body] of [
      ["GET", `/v1/chat/completions/${own}`],
      ["GET", `/v1/chat/completions/${own}/messages`],
      ["GET", `/v1/chat/completions?after=${own}`],
      ["POST", `/v1/chat/completions/${own}`, { metadata: {} }],
      ["DELETE", `/v1/chat/completions/${own}`],
    ] as [string, string, Json?][])
      expect([method, path, ask("bob", method, path, body).status]).toEqual([method, path, 404]);
    expect(ask("alice", "GET", `/v1/chat/completions/${unstored}`).status).toBe(404);
    expect(vendor.requests).toHaveLength(before);
    expect(ask("alice", "DELETE", `/v1/chat/completions/${own}`).status).toBe(200);
    expect(listed("alice")).toEqual([]);
  });

  test("another provider's answer, made in its place, is nobody's to keep", async () => {
    const failing = setup();
    gateway = await startPlans({
      ...failing,
      providers: {
        a: { ...failing.providers["a"]!, does: () => ({ status: 500, body: "" }) },
        b: { does: (request) => vendor.answer(request) },
      },
    });
    const id = idOf(respond("alice"));
    expect(ask("alice", "GET", `/v1/responses/${id}`).status).toBe(404);
  });
});

test("many answers push out no file, and another's no answer", async () => {
  vendor = new Vendor();
  gateway = await startPlans(setup());
  const id = idOf(respond("alice"));
  for (let i = 0; i < 3000; i++) respond("bob");
  expect(ask("alice", "GET", `/v1/responses/${id}`).status).toBe(200);
});

test("where Redis is down, nothing is stored that nobody would own", async () => {
  vendor = new Vendor();
  redis = new FakeRedis();
  redis.instead = { reset: "before" };
  gateway = await startPlans(setup());
  redis = null;
  expect(respond("alice").status).toBe(503);
  expect(complete("alice", { store: true }).status).toBe(503);
  expect(vendor.requests).toEqual([]);
  expect(respond("alice", { store: false }).status).toBe(200);
  expect(complete("alice").status).toBe(200);
});

test.each([
  ["GET", "/v1/responses/resp_1"],
  ["GET", "/v1/chat/completions"],
  ["DELETE", "/v1/chat/completions/chatcmpl-1"],
])("without the switch %s %s is refused, and what to set is named", async (method, path) => {
  vendor = new Vendor();
  gateway = await startPlans(setup({ statefulEndpoints: false }));
  const answer = ask("alice", method, path);
  expect([answer.status, errorOf(answer).message]).toEqual([403, expect.stringContaining("`stateful: true`")]);
  expect(vendor.requests).toEqual([]);
});
