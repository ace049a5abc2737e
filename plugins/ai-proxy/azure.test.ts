/** Azure OpenAI: where each URL leads, its key, and what it says of filters. */
import { describe, expect, test } from "vitest";
import { openaiAnswer } from "../../test/modules/answers.ts";
import { forEachPackaging } from "../../test/modules/packagings.ts";
import { chat, errorOf, post } from "../../test/modules/requests.ts";

const resource = "https://res.openai.azure.com";
const deployment = `${resource}/openai/deployments/mine`;
const version = "?api-version=2024-10-21";

forEachPackaging(["ai-proxy"], (start) => {
  const azure = (azureServiceUrl: string, more: object = {}) => ({ type: "azure", apiTokens: ["az-1"], azureServiceUrl, ...more });

  describe("azureServiceUrl:", () => {
    test.each([
      ["of the resource", resource + version, `/openai/deployments/gpt-4o/chat/completions${version}`],
      ["of the resource, with a slash", `${resource}/${version}`, `/openai/deployments/gpt-4o/chat/completions${version}`],
      ["of a deployment", deployment + version, `/openai/deployments/mine/chat/completions${version}`],
      ["of a deployment's chat", `${deployment}/chat/completions${version}`, `/openai/deployments/mine/chat/completions${version}`],
      ["of the v1 API", `${resource}/openai/v1`, "/openai/v1/chat/completions"],
      [
        "of the v1 API's chat",
        `${resource}/openai/v1/chat/completions?api-version=preview`,
        "/openai/v1/chat/completions?api-version=preview",
      ],
    ])("%s", async (_, url, path) => {
      const gateway = await start({ provider: azure(url) });
      const [attempt] = gateway.request(chat({}, { authorization: "Bearer mine", "api-key": "mine" })).attempts;
      expect(attempt).toMatchObject({ path, headers: { ":authority": "res.openai.azure.com", "api-key": "az-1" } });
      expect(attempt!.headers).not.toHaveProperty("authorization");
    });

    test("names the deployment by the mapped model, which can't leave its place", async () => {
      const gateway = await start({ provider: azure(resource + version, { modelMapping: { "gpt-4o": "a/b?c" } }) });
      expect(gateway.request(chat()).attempts[0]).toMatchObject({ path: `/openai/deployments/a%2Fb%3Fc/chat/completions${version}` });
    });

    test("leads to other operations, too", async () => {
      const gateway = await start({ provider: azure(`${deployment}/chat/completions${version}`) });
      const embed = gateway.request(post('{"model":"e","input":"a"}', {}, "/v1/embeddings"));
      expect(embed.attempts[0]).toMatchObject({ path: `/openai/deployments/mine/embeddings${version}` });
    });

    test.each([
      ["res.openai.azure.com", "found something that is no URL"],
      [`${resource}/a b${version}`, "found something that is no URL"],
      [resource, "found a URL without api-version"],
      [deployment, "found a URL without api-version"],
    ])("%s is refused", async (url, message) => {
      await expect(start({ provider: azure(url) })).rejects.toThrow(message);
    });

    test("must be given", async () => {
      await expect(start({ provider: { type: "azure" } })).rejects.toThrow("azureServiceUrl: found nothing, expected a string");
    });
  });

  test("clients of Azure's own form are served at its path", async () => {
    const gateway = await start({ provider: azure(resource + version) });
    const { body, headers } = chat();
    const seen = gateway.request({ method: "POST", path: `/openai/deployments/gpt-4o/chat/completions${version}`, headers, body });
    expect(seen.attempts[0]).toMatchObject({ path: `/openai/deployments/gpt-4o/chat/completions${version}` });
  });

  test("annotations of its filters reach the client, in streams too", async () => {
    const whole = openaiAnswer("Hello");
    const filtered = { ...whole, body: String(whole.body).replace('{"id"', '{"prompt_filter_results":[{"prompt_index":0}],"id"') };
    const gateway = await start({ provider: azure(resource + version), script: () => filtered });
    expect(gateway.request(chat()).body).toBe(filtered.body);

    const events = [
      '{"choices":[],"created":0,"id":"","model":"","object":"","prompt_filter_results":[{"prompt_index":0,"content_filter_results":{"hate":{"filtered":false,"severity":"safe"}}}]}',
      '{"choices":[{"index":0,"delta":{"role":"assistant","content":"Hello"},"finish_reason":null,"content_filter_results":{}}],"created":1,"id":"chatcmpl-1","model":"gpt-4o","object":"chat.completion.chunk"}',
      '{"choices":[{"index":0,"delta":{},"finish_reason":"stop"}],"created":1,"id":"chatcmpl-1","model":"gpt-4o","object":"chat.completion.chunk"}',
      "[DONE]",
    ];
    const stream = await start({
      provider: azure(resource + version),
      script: () => ({ headers: { "content-type": "text/event-stream" }, body: events.map((event) => `data: ${event}\n\n`).join("") }),
    });
    const seen = stream.request(chat({ stream: true }));
    expect(seen.body).toBe(events.map((event) => `data: ${event}\n\n`).join(""));
  });

  test("what its filter refuses is said so", async () => {
    const body = JSON.stringify({
      error: {
        message: "The response was filtered due to the prompt triggering Azure OpenAI's content management policy.",
        type: null,
        param: "prompt",
        code: "content_filter",
        status: 400,
        innererror: { code: "ResponsibleAIPolicyViolation", content_filter_result: { hate: { filtered: true, severity: "high" } } },
      },
    });
    const gateway = await start({
      provider: azure(resource + version),
      script: () => ({ status: 400, headers: { "content-type": "application/json" }, body }),
    });
    const seen = gateway.request(chat());
    expect(seen.status).toBe(400);
    expect(errorOf(seen)).toMatchObject({
      code: "content_filter",
      message: expect.stringContaining("content management policy") as string,
    });
  });
});
