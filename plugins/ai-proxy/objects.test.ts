/** Files, batches and fine-tuning jobs behind one vendor key: each consumer has its own. */
import { afterAll, beforeEach, describe, expect, test } from "vitest";
import { Random, caseCount, printedSeed } from "../../test/assembly/random.ts";
import type { CalloutAnswer } from "../../test/host/callout.ts";
import type { Gateway } from "../../test/host/gateway.ts";
import type { ProviderAnswer, ProviderRequest } from "../../test/host/provider.ts";
import { startPlans, type PlanSetup } from "../../test/modules/plans.ts";
import { FakeRedis, REDIS } from "../../test/modules/redis.ts";
import { chat, errorOf, post } from "../../test/modules/requests.ts";

const keys = { alice: "key-of-alice-1234", bob: "key-of-bob-12345" };
type Who = keyof typeof keys;
const BOUNDARY = "XX";
const json = (value: unknown, status = 200): ProviderAnswer => ({
  status,
  headers: { "content-type": "application/json" },
  body: JSON.stringify(value),
});

/** A vendor that knows one owner of its objects: whoever has the key. */
class Vendor {
  readonly requests: ProviderRequest[] = [];
  readonly objects = new Map<string, Record<string, unknown>>();
  #count = 0;

  answer(request: ProviderRequest): ProviderAnswer {
    this.requests.push(request);
    const [path, query] = request.path.split("?") as [string, string | undefined];
    const [, , ...rest] = path.split("/");
    const kind = rest[0] === "fine_tuning" ? rest.splice(0, 2).join("/") : rest.shift()!;
    const [id, part] = rest;
    if (id === undefined && request.method === "POST") {
      const made = `${kind === "files" ? "file-" : kind === "batches" ? "batch_" : "ftjob-"}${++this.#count}`;
      const object = { id: made, object: kind, ...(kind === "batches" ? { output_file_id: `file-out${this.#count}` } : {}) };
      this.objects.set(made, object);
      if (kind === "batches") this.objects.set(`file-out${this.#count}`, { id: `file-out${this.#count}`, object: "files" });
      return json(object);
    }
    if (id === undefined) {
      const limit = Number(new URLSearchParams(query).get("limit"));
      const data = [...this.objects.values()].filter((object) => object["object"] === kind);
      return json({
        object: "list",
        data: data.slice(0, limit),
        first_id: data[0]?.["id"],
        last_id: data.at(-1)?.["id"],
        has_more: data.length > limit,
      });
    }
    if (part === "content") return { headers: { "content-type": "application/octet-stream" }, body: `content of ${id}` };
    if (request.method === "DELETE") return (this.objects.delete(id), json({ id, object: "file", deleted: true }));
    return this.objects.has(id) ? json(this.objects.get(id)) : json({ error: { message: "vendor's 404" } }, 404);
  }
}

let vendor: Vendor;
let gateway: Gateway;
/** Where owners are: in the gateway's own memory, or in a Redis. */
let redis: FakeRedis | null = null;

function setup(more: Record<string, unknown> = {}): PlanSetup {
  return {
    providers: {
      a: { statefulEndpoints: true, apiTokens: ["sk-one", "sk-two", "sk-three"], ...more, does: (request) => vendor.answer(request) },
    },
    "key-auth": { consumers: Object.entries(keys).map(([name, credential]) => ({ name, credential })), global_auth: false },
    "model-router": { models: [{ match: "gpt-*", names: ["gpt-4o"] }, { match: "ok-model" }] },
    "ai-proxy": redis === null ? {} : { redis: { service_name: REDIS } },
    host: {
      ...(redis && { callouts: { [REDIS]: redis.script } }),
      routes: [{ name: "gpt-*", clusterHeader: "x-sluice-cluster", timeout: 0, retry: {} }],
    },
  };
}

beforeEach(async () => {
  vendor = new Vendor();
  gateway = await startPlans(setup());
});

function ask(who: Who | null, method: string, path: string, body?: unknown) {
  const headers: Record<string, string> = who === null ? {} : { authorization: `Bearer ${keys[who]}` };
  if (body instanceof Uint8Array) headers["content-type"] = `multipart/form-data; boundary=${BOUNDARY}`;
  else if (body !== undefined) headers["content-type"] = "application/json";
  const bytes = body === undefined ? {} : { body: body instanceof Uint8Array ? body : JSON.stringify(body) };
  return gateway.request({ method, path, headers, ...bytes });
}

function upload(content: string, purpose = "batch"): Uint8Array {
  const head = (name: string, more = ""): string => `--${BOUNDARY}\r\ncontent-disposition: form-data; name="${name}"${more}\r\n\r\n`;
  return Buffer.from(`${head("purpose")}${purpose}\r\n${head("file", '; filename="a.jsonl"')}${content}\r\n--${BOUNDARY}--\r\n`);
}

const line = (body: Record<string, unknown> = {}, more: Record<string, unknown> = {}): string =>
  JSON.stringify({
    custom_id: "1",
    method: "POST",
    url: "/v1/chat/completions",
    body: { model: "gpt-4o", messages: [], ...body },
    ...more,
  });
const made = (answer: { status: number; body: string }): string => {
  expect([answer.status, answer.body]).toEqual([200, expect.any(String)]);
  return JSON.parse(answer.body).id;
};
const newFile = (who: Who, purpose = "batch"): string => made(ask(who, "POST", "/v1/files", upload(`${line()}\n`, purpose)));

const places = ["shared data", "Redis"] as const;
/** Owners are kept here for the tests of a describe. */
function keepIn(where: (typeof places)[number]): void {
  beforeEach(async () => {
    redis = where === "Redis" ? new FakeRedis() : null;
    gateway = await startPlans(setup());
  });
  afterAll(() => {
    redis = null;
  });
}

describe.each(places)("an object is its maker's (%s)", (where) => {
  keepIn(where);

  test("who may read, use and delete it; for everybody else it isn't there", () => {
    const file = newFile("alice");
    const before = vendor.requests.length;
    for (const who of ["bob", null] as const) {
      for (const [method, path] of [
        ["GET", `/v1/files/${file}`],
        ["GET", `/v1/files/${file}/content`],
        ["DELETE", `/v1/files/${file}`],
      ] as const) {
        const answer = ask(who, method, path);
        expect(answer.status).toBe(who === null ? 403 : 404);
        if (who !== null)
          expect(errorOf(answer)).toMatchObject({ message: `No such File object: ${file}`, type: "invalid_request_error", param: "id" });
      }
    }
    expect(vendor.requests).toHaveLength(before);
    expect(made(ask("alice", "GET", `/v1/files/${file}`))).toBe(file);
    expect(ask("alice", "GET", `/v1/files/${file}/content`)).toMatchObject({ status: 200, body: `content of ${file}` });
    expect(ask("alice", "DELETE", `/v1/files/${file}`).status).toBe(200);
    expect(ask("alice", "GET", `/v1/files/${file}`).status).toBe(404);
  });

  test("the answer is the same whether an object never was, or is another's", () => {
    const file = newFile("alice");
    const words = (id: string) => errorOf(ask("bob", "GET", `/v1/files/${id}`)).message.replace(id, "ID");
    expect(words(file)).toBe(words("file-never"));
  });

  test("it stays with the key that made it", () => {
    const file = newFile("alice");
    for (let i = 0; i < 6; i++) ask("alice", "GET", `/v1/files/${file}`);
    const used = new Set(vendor.requests.map(({ headers }) => headers.get("authorization")));
    expect(used.size).toBe(1);
  });

  test("what a batch makes is whose the batch is", () => {
    const batch = made(ask("alice", "POST", "/v1/batches", { input_file_id: newFile("alice"), endpoint: "/v1/chat/completions" }));
    const { output_file_id } = JSON.parse(ask("alice", "GET", `/v1/batches/${batch}`).body);
    expect(ask("alice", "GET", `/v1/files/${output_file_id}/content`).status).toBe(200);
    expect(ask("bob", "GET", `/v1/files/${output_file_id}/content`).status).toBe(404);
    expect(errorOf(ask("bob", "POST", `/v1/batches/${batch}/cancel`)).message).toBe(`No batch found with id '${batch}'.`);
    expect(ask("alice", "POST", `/v1/batches/${batch}/cancel`).status).toBe(200);
  });

  test("it is found among thousands of another consumer's", async () => {
    const file = newFile("alice");
    for (let i = 0; i < 3000; i++) newFile("bob", "assistants");
    expect(ask("alice", "GET", `/v1/files/${file}`).status).toBe(200);
  });
});

describe.each(places)("a list has the caller's own (%s)", (where) => {
  keepIn(where);

  const idsOf = (answer: { body: string }): string[] => JSON.parse(answer.body).data.map(({ id }: { id: string }) => id);

  test("in their bytes, with the first and last id of these", () => {
    const own = [newFile("alice"), newFile("bob"), newFile("alice")];
    const answer = ask("alice", "GET", "/v1/files");
    expect(answer.body).toBe(
      `{"object":"list","data":[{"id":"${own[0]}","object":"files"},{"id":"${own[2]}","object":"files"}],"first_id":"${own[0]}","last_id":"${own[2]}","has_more":false}`,
    );
    expect(answer.headers["content-length"]).toBe(String(answer.body.length));
    expect(idsOf(ask("bob", "GET", "/v1/files"))).toEqual([own[1]]);
    expect(ask(null, "GET", "/v1/files").status).toBe(403);
  });

  test("as many as asked for, and whether there are more", () => {
    const own = [newFile("alice"), newFile("bob"), newFile("alice"), newFile("alice")];
    const answer = ask("alice", "GET", "/v1/files?limit=2&order=asc&key=secret&purpose=a%26limit=1");
    expect(JSON.parse(answer.body)).toMatchObject({ first_id: own[0], last_id: own[2], has_more: true });
    expect(vendor.requests.at(-1)!.path).toBe("/v1/files?order=asc&limit=10000");
  });

  test("nobody pages on from what is another's", () => {
    const file = newFile("alice");
    expect(ask("bob", "GET", `/v1/files?after=${file}`).status).toBe(404);
    expect(JSON.parse(ask("bob", "GET", "/v1/files").body)).toEqual({
      object: "list",
      data: [],
      first_id: null,
      last_id: null,
      has_more: false,
    });
  });

  test("nor behind a page of their own", () => {
    const own = newFile("bob");
    ask("bob", "GET", `/v1/files?after=${own}&after=${newFile("alice")}`);
    expect(vendor.requests.at(-1)!.path).toBe(`/v1/files?after=${own}&limit=10000`);
  });

  test.each(["[]", "{}", '{"data":1}', "no", '{"data":[{"id":"file-1"}]'])(
    "an answer that is none (%s) is the provider's failure",
    async (body) => {
      gateway = await startPlans({
        ...setup(),
        providers: { a: { statefulEndpoints: true, does: () => ({ headers: { "content-type": "application/json" }, body }) } },
      });
      expect(ask("alice", "GET", "/v1/files").status).toBe(502);
    },
  );
});

test("whatever becomes of a list's bytes, nobody reads of what is another's", async () => {
  const random = new Random(printedSeed("spoilt lists"));
  let body: Uint8Array = Buffer.from("");
  const headers = { "content-type": "application/json" };
  gateway = await startPlans({
    ...setup(),
    providers: {
      a: { statefulEndpoints: true, does: (request) => (request.method === "POST" ? vendor.answer(request) : { headers, body }) },
    },
  });
  const own = newFile("alice");
  const others = newFile("bob");
  const whole = JSON.stringify({
    object: "list",
    data: [
      { id: others, filename: "bobs-secret" },
      { id: own, x: { id: others } },
      { filename: "bobs-secret", id: others },
    ],
    note: "bobs-secret",
    has_more: true,
  });
  for (let i = 0; i < caseCount(3000); i++) {
    const bytes = Buffer.from(whole);
    for (let n = random.below(4); n > 0; n--) bytes[random.below(bytes.length)] = '"{}[],:\\ 0dai'.charCodeAt(random.below(13));
    body = bytes.subarray(0, random.once(4) ? random.below(bytes.length) : bytes.length);
    const answer = ask("alice", "GET", "/v1/files");
    expect(answer.body, body.toString()).not.toContain("bobs-secret");
    if (answer.status === 200) for (const { id } of JSON.parse(answer.body).data) expect(id).toBe(own);
    else expect(answer.status).toBe(502);
  }
});

describe.each(places)("what a request names has to be the caller's (%s)", (where) => {
  keepIn(where);

  test("a batch's input", () => {
    const file = newFile("alice");
    const create = (who: Who, input_file_id: string) =>
      ask(who, "POST", "/v1/batches", { input_file_id, endpoint: "/v1/chat/completions" });
    expect(create("bob", file).status).toBe(404);
    expect(create("alice", file).status).toBe(200);
    expect(errorOf(create("alice", newFile("alice", "user_data"))).message).toContain("lines have not been checked");
  });

  test("a job's files, however their names are written", () => {
    const file = newFile("alice", "fine-tune");
    const own = newFile("bob", "fine-tune");
    for (const body of [{ training_file: file }, { training_file: own, validation_file: file }])
      expect(ask("bob", "POST", "/v1/fine_tuning/jobs", { model: "gpt-4o", ...body }).status).toBe(404);
    const escaped = Buffer.from(`{"model":"gpt-4o","training\\u005ffile":"${file}"}`);
    const headers = { authorization: `Bearer ${keys.bob}`, "content-type": "application/json" };
    expect(gateway.request({ method: "POST", path: "/v1/fine_tuning/jobs", headers, body: escaped }).status).toBe(404);
    const job = made(ask("alice", "POST", "/v1/fine_tuning/jobs", { model: "gpt-4o", training_file: file }));
    expect(ask("bob", "GET", `/v1/fine_tuning/jobs/${job}/events`).status).toBe(404);
    expect(errorOf(ask("bob", "GET", `/v1/fine_tuning/jobs/${job}`)).code).toBe("fine_tune_not_found");
  });

  test("a file in a conversation, which goes with the key that has it", () => {
    const file = newFile("alice");
    const content = [{ type: "file", file: { file_id: file } }];
    const say = (who: Who) =>
      gateway.request(
        chat({ messages: [{ role: "user", content }], metadata: { file_id: "mine" } }, { authorization: `Bearer ${keys[who]}` }),
      );
    const before = vendor.requests.length;
    expect(say("bob").status).toBe(404);
    expect(vendor.requests).toHaveLength(before);
    for (let i = 0; i < 5; i++) say("alice");
    expect(new Set(vendor.requests.map(({ headers }) => headers.get("authorization"))).size).toBe(1);
  });
});

describe.each(places)("nobody goes on from another's answer (%s)", (where) => {
  keepIn(where);

  const bodies: [string, Record<string, unknown>][] = [
    ["previous_response_id", { previous_response_id: "resp_1" }],
    ["conversation, by its id", { conversation: "conv_1" }],
    ["conversation, as an object", { conversation: { id: "conv_1" } }],
    ["an item by reference", { input: [{ type: "item_reference", id: "msg_1" }] }],
    ["an item by its id alone", { input: [{ id: "msg_1" }] }],
    ["a container", { tools: [{ type: "code_interpreter", container: "cntr_1" }] }],
  ];
  const respond = (body: Record<string, unknown>, headers: Record<string, string>) =>
    gateway.request(post(JSON.stringify({ model: "gpt-4o", input: "Hi", ...body }), headers, "/v1/responses"));
  const asBob = { authorization: `Bearer ${keys.bob}` };

  test.each(bodies)("%s: not found, where objects are kept", (_, body) => {
    expect(respond(body, asBob).status).toBe(404);
    expect(vendor.requests).toEqual([]);
  });

  test.each(bodies)("%s: refused, where none are", async (_, body) => {
    gateway = await startPlans(setup({ statefulEndpoints: false }));
    const answer = respond(body, asBob);
    expect([answer.status, errorOf(answer).message]).toEqual([403, expect.stringContaining("Send the whole conversation")]);
    expect(vendor.requests).toEqual([]);
  });

  test.each(bodies)("%s: passes where callers aren't told apart", async (_, body) => {
    gateway = await startPlans(setup({ statefulEndpoints: false }));
    respond(body, {});
    expect(vendor.requests).toHaveLength(1);
  });

  test.each<Record<string, unknown>>([
    { previous_response_id: null },
    { input: [{ role: "user", content: "Hi" }], tools: [{ type: "code_interpreter", container: { type: "auto" } }] },
    { input: [{ type: "reasoning", id: "rs_1", summary: [] }] },
  ])("%j names nothing", async (body) => {
    gateway = await startPlans(setup({ statefulEndpoints: false }));
    respond(body, asBob);
    expect(vendor.requests).toHaveLength(1);
  });
});

describe("what a vendor keeps for its key may be named by nobody, where nothing is kept for callers", () => {
  const say = (content: unknown) => ({ messages: [{ role: "user", content }] });
  const cases: [string, string, Record<string, unknown>, string?][] = [
    ["a file in a chat completion", "file_id", say([{ type: "file", file: { file_id: "file-1" } }])],
    [
      "sound that was answered",
      "audio",
      {
        messages: [
          { role: "user", content: "Hi" },
          { role: "assistant", audio: { id: "audio_1" } },
        ],
      },
    ],
    [
      "a file in a response",
      "file_id",
      { input: [{ role: "user", content: [{ type: "input_file", file_id: "file-1" }] }] },
      "/v1/responses",
    ],
    [
      "a picture in a response",
      "file_id",
      { input: [{ role: "user", content: [{ type: "input_image", file_id: "file-1" }] }] },
      "/v1/responses",
    ],
    [
      "a store in a response",
      "vector_store_ids",
      { input: "Hi", tools: [{ type: "file_search", vector_store_ids: ["vs_1"] }] },
      "/v1/responses",
    ],
    [
      "files of a container",
      "file_ids",
      { input: "Hi", tools: [{ type: "code_interpreter", container: { type: "auto", file_ids: ["file-1"] } }] },
      "/v1/responses",
    ],
    ["an answer", "previous_response_id", { input: "Hi", previous_response_id: "resp_1" }, "/v1/responses"],
    ["a picture to be edited", "file_id", { prompt: "Hi", images: [{ file_id: "file-1" }] }, "/v1/images/edits"],
    [
      "a document in a message",
      "file_id",
      { max_tokens: 9, ...say([{ type: "document", source: { type: "file", file_id: "file_1" } }]) },
      "/v1/messages",
    ],
    [
      "a file for a container",
      "file_id",
      {
        max_tokens: 9,
        ...say([
          { type: "text", text: "Hi" },
          { type: "container_upload", file_id: "file_1" },
        ]),
      },
      "/v1/messages",
    ],
    [
      "a document that is counted",
      "file_id",
      say([{ type: "document", source: { type: "file", file_id: "file_1" } }]),
      "/v1/messages/count_tokens",
    ],
  ];
  const send = (who: Who | null, body: Record<string, unknown>, path = "/v1/chat/completions") =>
    gateway.request(post(JSON.stringify({ model: "gpt-4o", ...body }), who === null ? {} : { authorization: `Bearer ${keys[who]}` }, path));

  test.each(cases)("%s", async (_, field, body, path) => {
    gateway = await startPlans(setup({ statefulEndpoints: false }));
    const answer = send("bob", body, path);
    const { message } = JSON.parse(answer.body).error;
    expect([answer.status, message]).toEqual([403, expect.stringContaining(`\`${field}\` names "`)]);
    expect(message).toContain("`stateful: true`");
    expect(message).toContain("`shared_objects`");
    expect(vendor.requests).toEqual([]);
  });

  test.each(cases)("%s: not found where it is kept for callers, and not theirs", (_, __, body, path) => {
    expect(send("bob", body, path).status).toBe(404);
    expect(vendor.requests).toEqual([]);
  });

  test.each([false, true])("but by everybody, if it is shared (stateful: %s)", async (statefulEndpoints) => {
    const start = setup({ statefulEndpoints });
    gateway = await startPlans({ ...start, "ai-proxy": { ...start["ai-proxy"], sharedObjects: ["file-handbook", "vs_*"] } });
    const file = (file_id: string) => say([{ type: "file", file: { file_id } }]);
    expect(send("bob", file("file-handbook")).status).not.toBe(403);
    expect(vendor.requests).toHaveLength(1);
    send("bob", { input: "Hi", tools: [{ type: "file_search", vector_store_ids: ["vs_1"] }] }, "/v1/responses");
    expect(vendor.requests).toHaveLength(2);
    for (const id of ["file-handbook2", "file-hand", "FILE-HANDBOOK", "vs"]) expect([403, 404]).toContain(send("bob", file(id)).status);
    const both = { tools: [{ type: "file_search", vector_store_ids: ["vs_1", "other"] }] };
    expect([403, 404]).toContain(send("bob", { input: "Hi", ...both }, "/v1/responses").status);
    expect(vendor.requests).toHaveLength(2);
  });

  test("what only looks like it passes", async () => {
    gateway = await startPlans(setup({ statefulEndpoints: false }));
    send("bob", { ...say("Hi"), audio: { voice: "alloy", format: "wav" }, modalities: ["text", "audio"] });
    send("bob", { ...say([{ type: "input_audio", input_audio: { data: "AAAA", format: "wav" } }]) });
    send("bob", { input: "file_id" }, "/v1/moderations");
    const call = { id: "call_1", type: "custom", custom: { name: "f", input: "x" } };
    const round = [
      { role: "user", content: "Hi" },
      { role: "assistant", tool_calls: [call] },
      { role: "tool", tool_call_id: "call_1", content: "y" },
    ];
    send("bob", { messages: round });
    expect(vendor.requests).toHaveLength(4);
  });
});

test("what a tool is called with, and what its parameters are called, are no ids", () => {
  const file = { file_id: "mine", container: "nginx" };
  const messages = [
    { role: "user", content: "Hi" },
    { role: "assistant", content: [{ type: "tool_use", id: "toolu_1", name: "f", input: file }] },
    { role: "user", content: [{ type: "tool_result", tool_use_id: "toolu_1", content: "ok" }] },
  ];
  const tools = [{ name: "f", input_schema: { type: "object", properties: {}, default: file } }];
  const body = JSON.stringify({ model: "gpt-4o", max_tokens: 10, messages, tools });
  gateway.request(post(body, { "x-api-key": keys.bob }, "/v1/messages"));
  expect(vendor.requests).toHaveLength(1);
});

describe.each(places)("the lines of a batch are read (%s)", (where) => {
  keepIn(where);

  test.each<[what: string, lines: string, words: string]>([
    [
      "a model that isn't served",
      `${line()}\n${line({ model: "secret-model" })}`,
      'Line 2 of the file: The model "secret-model" is not served here',
    ],
    ["no model", line({ model: undefined }), "Line 1 of the file: has no `body.model`"],
    ["two models", '{"method":"POST","url":"/v1/embeddings","body":{"model":"gpt-4o","model":"x"}}', "names `body.model` twice"],
    ["a model in another spelling", line({ Model: "secret-model" }), "spells `body.model` in another way"],
    ["a body in another spelling", line({}, { Body: { model: "secret-model" } }), "spells `method`, `url` or `body` in another way"],
    ["a file in another spelling", line({ File_ID: "file-of-bob" }), "No such File object: file-of-bob"],
    ["two bodies", '{"method":"POST","url":"/v1/embeddings","body":{"model":"gpt-4o"},"body":{"model":"x"}}', "names `body` twice"],
    ["another path", line({}, { url: "/v1/files" }), "a `url` that is not served"],
    ["another method", line({}, { method: "DELETE" }), "another `method` than POST"],
    ["no JSON", `${line()}\n\n{"a"`, "Line 3 of the file: is not valid JSON"],
    ["two requests in a line", `${line()}${line()}`, "is not valid JSON"],
    [
      "another's file",
      line({ messages: [{ role: "user", content: [{ type: "file", file: { file_id: "file-of-bob" } }] }] }),
      "No such File object: file-of-bob",
    ],
  ])("%s is refused by its number", (_, lines, words) => {
    const answer = ask("alice", "POST", "/v1/files", upload(lines));
    expect([400, 404]).toContain(answer.status);
    expect(errorOf(answer)).toMatchObject({ message: expect.stringContaining(words), param: "file" });
    expect(vendor.requests).toEqual([]);
  });

  test("but not those of other files", () => {
    expect(made(ask("alice", "POST", "/v1/files", upload("anything", "user_data")))).toBe("file-1");
  });

  test("a purpose that some may read as batch is refused", () => {
    for (const purpose of ["Batch", " batch", "batch\0"]) expect(ask("alice", "POST", "/v1/files", upload("x", purpose)).status).toBe(400);
  });
});

describe("paths", () => {
  test.each([
    ["GET", "/v1/files/../files/x"],
    ["GET", "/v1/files//x"],
    ["GET", "/v1/files/x%2Fcontent"],
    ["GET", "/v1/files/x/content/"],
    ["GET", "/v1/files/x/secret"],
    ["GET", "/v1/files/"],
    ["GET", "/v1/files/.."],
    ["POST", "/v1/files/x"],
    ["PUT", "/v1/files"],
    ["HEAD", "/v1/files/x"],
    ["OPTIONS", "/v1/files"],
    ["DELETE", "/v1/batches/x"],
    ["DELETE", "/v1/files/x/content"],
    ["GET", "/v1/batches/x/cancel"],
    ["POST", "/v1/fine_tuning/jobs/x/events"],
  ])("%s %s is nothing", (method, path) => {
    expect(ask("alice", method, path).status).toBe(404);
    expect(vendor.requests).toEqual([]);
  });

  test("any prefix may stand in front, and the provider gets its own path", () => {
    expect(ask("alice", "GET", "/team/v1/files?limit=1").status).toBe(200);
    expect(vendor.requests[0]!.path).toBe("/v1/files?limit=10000");
  });
});

test("without the switch nothing of it is served, and what to set is named", async () => {
  gateway = await startPlans(setup({ statefulEndpoints: false }));
  const answer = ask("alice", "GET", "/v1/files");
  expect([answer.status, errorOf(answer).message]).toEqual([403, expect.stringContaining("`stateful: true`")]);
  expect(ask("alice", "GET", "/v1/responses/resp_1").status).toBe(403);
});

describe("owners in Redis", () => {
  keepIn("Redis");

  test("outlive the gateway, and are another's too", async () => {
    const file = newFile("alice");
    gateway.advance(5);
    gateway = await startPlans(setup());
    expect(made(ask("alice", "GET", `/v1/files/${file}`))).toBe(file);
    expect(ask("bob", "GET", `/v1/files/${file}`).status).toBe(404);
    expect(JSON.parse(ask("alice", "GET", "/v1/files").body).data).toHaveLength(1);
  });

  test("no id of one consumer's is read as another's", () => {
    newFile("alice");
    const [key] = [...redis!.values.keys()];
    expect(key).toMatch(/^sluice:owner:5:alice:file-/);
    for (const id of ["x:5:alice:file-1", "file-1\u0000", ":alice:file-1", "*", "", "file-1\r\nGET"])
      expect(ask("bob", "POST", "/v1/batches", { input_file_id: id, endpoint: "/v1/chat/completions" }).status).not.toBe(200);
    expect(vendor.requests).toHaveLength(1);
  });

  test("are not asked about by a conversation that names nothing", () => {
    gateway.request(chat({}, { authorization: `Bearer ${keys.alice}` }));
    expect(vendor.requests).toHaveLength(1);
    expect(redis!.pipelines).toEqual([]);
  });

  const down: [string, CalloutAnswer][] = [
    ["is down", { reset: "before" }],
    ["breaks off", { reset: "midway" }],
    ["says nothing", { stall: true }],
    ["speaks another protocol", { body: "HTTP/1.1 400 Bad Request\r\n\r\n" }],
    ["refuses", { body: "-NOAUTH Authentication required.\r\n-NOAUTH Authentication required.\r\n" }],
    ["closes", { body: "" }],
  ];
  test.each(down)("where it %s, requests about objects are a 503, and the vendor isn't asked", async (_, instead) => {
    const file = newFile("alice");
    gateway.advance(5);
    const before = vendor.requests.length;
    redis!.instead = instead;
    const content = [{ type: "file", file: { file_id: file } }];
    const asked = [
      () => ask("alice", "GET", `/v1/files/${file}`),
      () => ask("alice", "DELETE", `/v1/files/${file}`),
      () => ask("alice", "GET", "/v1/files"),
      () => ask("alice", "POST", "/v1/files", upload(`${line()}\n`)),
      () => ask("alice", "POST", "/v1/batches", { input_file_id: file, endpoint: "/v1/chat/completions" }),
      () => gateway.request(chat({ messages: [{ role: "user", content }] }, { authorization: `Bearer ${keys.alice}` })),
    ];
    for (const one of asked) {
      const answer = one();
      expect([answer.status, errorOf(answer).message]).toEqual([503, expect.stringContaining("store can't be reached")]);
    }
    expect(vendor.requests).toHaveLength(before);
    gateway.request(chat({}, { authorization: `Bearer ${keys.alice}` }));
    expect(vendor.requests).toHaveLength(before + 1);
  });

  test.each<[string, string]>([
    ["another type of value", "*1\r\n:1\r\n"],
    ["a record that is none", "*1\r\n$3\r\nabc\r\n"],
    ["fewer values than keys", "*0\r\n"],
    ["values within values", "*1\r\n*1\r\n$20\r\n00000000000000000000\r\n"],
  ])("%s is nobody's object", (_, body) => {
    const file = newFile("alice");
    gateway.advance(5);
    redis!.instead = { body };
    expect(ask("alice", "GET", `/v1/files/${file}`).status).toBe(404);
  });

  test("whatever Redis says, nobody reads what is another's", () => {
    const random = new Random(printedSeed("replies about owners"));
    const file = newFile("alice");
    for (let i = 0; i < caseCount(500); i++) {
      const letters = [..."*$:+-0123456789\r\nabc\0"];
      const body = Array.from({ length: random.below(40) }, () => random.pick(letters)).join("");
      redis!.instead = { body };
      const answer = ask("bob", "GET", `/v1/files/${file}`);
      expect([404, 503]).toContain(answer.status);
      gateway.advance(1000);
    }
  });
});
