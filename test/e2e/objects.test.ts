/** Two consumers with OpenAI's SDK behind one vendor key, through a real Envoy: each has its own files and batches. */

import type OpenAI from "openai";
import { toFile } from "openai";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Behaviour } from "../providers/behaviour.ts";
import { startProvider, type Provider, type ReceivedRequest } from "../providers/provider.ts";
import { providerKeys, startGateway, type TestGateway } from "./gateway.ts";

let openai: Provider;
let other: Provider;
let gateway: TestGateway;
let alice: OpenAI;
let bob: OpenAI;

/** What a vendor keeps for its one key. */
function vendor(name: string): (request: ReceivedRequest) => Behaviour {
  const objects: Record<string, unknown>[] = [];
  const json = (value: unknown, status = 200): Behaviour => ({ raw: { status, body: JSON.stringify(value) } });
  return ({ method, path }) => {
    const [, , kind, id, part] = path.split("/");
    if (part === "content") return { raw: { headers: { "content-type": "application/octet-stream" }, body: `content of ${id}` } };
    if (method === "DELETE") return json({ id, object: "file", deleted: true });
    if (method === "POST" && id === undefined) {
      const object = {
        id: `${kind === "files" ? "file-" : "batch_"}${name}${objects.length}`,
        object: kind === "files" ? "file" : "batch",
      };
      objects.push(object);
      return json(object);
    }
    if (id === undefined) {
      const data = objects.filter(({ object }) => object === (kind === "files" ? "file" : "batch"));
      return json({ object: "list", data, has_more: false });
    }
    return json(objects.find((object) => object["id"] === id) ?? { error: { message: "none" } }, 200);
  };
}

beforeAll(async () => {
  openai = await startProvider({ protocol: "openai", keys: [providerKeys.OPENAI_KEY] });
  other = await startProvider({ protocol: "openai", keys: [providerKeys.OPENAI_KEY] });
  openai.always(vendor("a"));
  other.always(vendor("b"));
  gateway = await startGateway(
    `providers:
  openai: { type: openai, url: ${openai.url}, keys: [env:OPENAI_KEY], stateful: true }
  other: { type: openai, url: ${other.url}, keys: [env:OPENAI_KEY], stateful: true }
models:
  - { match: gpt-*, names: [gpt-4o], to: openai }
consumers:
  - { name: alice, keys: [env:ALICE_KEY] }
  - { name: bob, keys: [env:BOB_KEY] }
`,
    { environment: { ALICE_KEY: "sk-alice-77aa", BOB_KEY: "sk-bob-88bb" } },
  );
  alice = gateway.client({ apiKey: "sk-alice-77aa" });
  bob = gateway.client({ apiKey: "sk-bob-88bb" });
});
afterAll(async () => {
  await gateway?.stop();
  await openai.stop();
  await other.stop();
});

const line = (model: string): string =>
  JSON.stringify({ custom_id: "1", method: "POST", url: "/v1/chat/completions", body: { model, messages: [] } });
const upload = async (client: OpenAI, model = "gpt-4o") =>
  client.files.create({ purpose: "batch", file: await toFile(Buffer.from(line(model)), "a.jsonl") });
const idsOf = async (page: AsyncIterable<{ id: string }>): Promise<string[]> => {
  const ids: string[] = [];
  for await (const { id } of page) ids.push(id);
  return ids;
};

test("each consumer has its own files and batches", async () => {
  const file = await upload(alice);
  const hers = await upload(bob);
  expect(await idsOf(await alice.files.list())).toEqual([file.id]);
  expect(await idsOf(await bob.files.list())).toEqual([hers.id]);
  expect((await alice.files.retrieve(file.id)).id).toBe(file.id);
  expect(await (await alice.files.content(file.id)).text()).toBe(`content of ${file.id}`);

  const asked = openai.requests.length;
  await expect(bob.files.retrieve(file.id)).rejects.toMatchObject({ status: 404, message: `404 No such File object: ${file.id}` });
  await expect(bob.files.content(file.id)).rejects.toMatchObject({ status: 404 });
  await expect(bob.files.delete(file.id)).rejects.toMatchObject({ status: 404 });
  const batch = { endpoint: "/v1/chat/completions", completion_window: "24h" } as const;
  await expect(bob.batches.create({ input_file_id: file.id, ...batch })).rejects.toMatchObject({ status: 404 });
  const chat = { model: "gpt-4o", messages: [{ role: "user" as const, content: [{ type: "file" as const, file: { file_id: file.id } }] }] };
  await expect(bob.chat.completions.create(chat)).rejects.toMatchObject({ status: 404 });
  expect(openai.requests).toHaveLength(asked);

  const made = await alice.batches.create({ input_file_id: file.id, ...batch });
  expect(await idsOf(await alice.batches.list())).toEqual([made.id]);
  expect(await idsOf(await bob.batches.list())).toEqual([]);
  expect((await alice.files.delete(file.id)).deleted).toBe(true);
  await expect(alice.files.retrieve(file.id)).rejects.toMatchObject({ status: 404 });
});

test("an object stays with its provider, which the path may name for a new one", async () => {
  const there = gateway.client({ apiKey: "sk-alice-77aa", baseURL: `${gateway.url}/other/v1` });
  const file = await upload(there);
  expect(file.id).toMatch(/^file-b/);
  expect((await alice.files.retrieve(file.id)).id).toBe(file.id);
  expect(other.requests.at(-1)!.path).toBe(`/v1/files/${file.id}`);
});

test("a model that isn't served isn't served in a batch either", async () => {
  await expect(upload(alice, "o1-pro")).rejects.toMatchObject({ status: 404, message: expect.stringContaining("Line 1 of the file") });
});

test("no trick of a path reaches the vendor", async () => {
  const file = await upload(alice);
  const asked = openai.requests.length;
  const headers = { authorization: "Bearer sk-bob-88bb" };
  for (const path of [
    `/v1/files/../files/${file.id}`,
    `/v1//files//${file.id}`,
    `/v1/files%2F${file.id}`,
    `/v1/files/${file.id}%2Fcontent`,
    `/v1/files/${file.id}/`,
  ]) {
    for (const method of ["GET", "HEAD", "DELETE", "OPTIONS"]) {
      const { status } = await fetch(gateway.url + path, { method, headers });
      expect([404, 405], `${method} ${path}`).toContain(status);
    }
  }
  expect(openai.requests).toHaveLength(asked);
});
