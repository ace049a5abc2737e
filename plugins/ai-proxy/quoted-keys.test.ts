/** A provider that quotes the key that it was asked with: wherever it does, the client doesn't see it. */
import { expect, test } from "vitest";
import { forEachPackaging } from "../../test/modules/packagings.ts";
import { chat, post } from "../../test/modules/requests.ts";

const KEY = "sk-one-two-three-1234";
const json = { "content-type": "application/json" };
const completion = (model: string, content: string): string =>
  JSON.stringify({
    id: "x",
    object: "chat.completion",
    created: 1,
    model,
    choices: [{ index: 0, finish_reason: "stop", message: { role: "assistant", content } }],
    usage: { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 },
  });
const claude = post(
  JSON.stringify({ model: "m", max_tokens: 5, messages: [{ role: "user", content: "Hi" }] }),
  { "anthropic-version": "2023-06-01" },
  "/v1/messages",
);

forEachPackaging(["ai-proxy"], (start) => {
  test.each([
    ["in the text of a whole answer", completion("m", `your key is ${KEY}`), chat(), json],
    ["in a whole answer's model", completion(KEY, "Hi"), chat(), json],
    ["in a whole answer that is translated", completion("m", `your key is ${KEY}`), claude, json],
    ["in a content type", "x", chat(), { "content-type": `text/${KEY}` }],
  ])("%s", async (_, body, request, headers) => {
    const gateway = await start({ provider: { type: "openai", apiTokens: [KEY] }, script: () => ({ headers, body }) });
    const answer = gateway.request(request);
    expect(answer.body).toContain("*");
    expect(JSON.stringify([answer.body, answer.headers, answer.facts, gateway.logLines])).not.toContain(KEY);
    if (answer.status === 200 && request !== claude) expect(answer.body).toBe(body.replace(KEY, "*".repeat(KEY.length)));
  });

  const pieces = (text: string, ...cuts: number[]): string[] => [0, ...cuts].map((from, i) => text.slice(from, cuts[i]));
  const picture = JSON.stringify({
    created: 1,
    data: [{ b64_json: "AAAA", revised_prompt: `${KEY} and ${KEY}, sk-one` }],
    usage: { total_tokens: 3 },
  });
  const at = picture.indexOf(KEY);
  test.each([
    ["whole", [picture]],
    ["cut within it", pieces(picture, at + 12)],
    ["cut at every byte", [...picture]],
    ["cut within the beginning of one", pieces(picture, picture.length - 30)],
  ])("in an answer that passes as it is, %s", async (_, chunks) => {
    for (const path of ["/v1/images/generations", "/v1/moderations"]) {
      const gateway = await start({ provider: { type: "openai", apiTokens: [KEY] }, script: () => ({ headers: json, chunks }) });
      const answer = gateway.request(post(JSON.stringify({ model: "m", prompt: "Hi", input: "Hi" }), {}, path));
      expect([answer.status, answer.ended]).toEqual([200, "complete"]);
      expect(answer.body).toBe(picture.replaceAll(KEY, "*".repeat(KEY.length)));
    }
  });

  test("in an answer that passes and ends with trailers", async () => {
    const body = `{"revised_prompt":"${KEY.slice(0, 12)}`;
    const gateway = await start({
      provider: { type: "openai", apiTokens: [KEY] },
      script: () => ({ headers: json, chunks: [body], trailers: { a: "b" } }),
    });
    expect(gateway.request(post('{"model":"m","prompt":"Hi"}', {}, "/v1/images/generations")).body).toBe(body);
  });

  test("in the name of a conversation that Dify keeps", async () => {
    const body = JSON.stringify({ event: "message", message_id: "m", conversation_id: KEY, answer: "Hello", metadata: {} });
    const gateway = await start({ provider: { type: "dify", apiTokens: [KEY] }, script: () => ({ headers: json, body }) });
    const answer = gateway.request(chat());
    expect(answer.status).toBe(200);
    expect(JSON.stringify([answer.body, answer.headers])).not.toContain(KEY);
  });
});
