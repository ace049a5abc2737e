/** Each field of a provider's configuration does what its description says. */
import { describe, expect, test } from "vitest";
import { claudeAnswer, openaiAnswer } from "../../test/modules/answers.ts";
import { forEachPackaging } from "../../test/modules/packagings.ts";
import { chat, errorOf, post } from "../../test/modules/requests.ts";

const keys = { apiTokens: ["sk-1"] };

forEachPackaging(["ai-proxy"], (start) => {
  describe("capabilities:", () => {
    const embed = () => post('{"model":"e","input":"a"}', {}, "/v1/embeddings");
    const message = () => post('{"model":"m","max_tokens":9,"messages":[{"role":"user","content":"Hello"}]}', {}, "/v1/messages");

    test("a path of the configuration's own wins", async () => {
      const capabilities = { "openai/v1/chatcompletions": "/chat", "openai/v1/embeddings": "/embed" };
      const gateway = await start({ provider: { type: "groq", ...keys, capabilities } });
      expect(gateway.request(chat()).attempts[0]).toMatchObject({ path: "/chat" });
      expect(gateway.request(embed()).attempts[0]).toMatchObject({ path: "/embed" });
    });

    test("an empty path switches an API off", async () => {
      const gateway = await start({ provider: { type: "openai", ...keys, capabilities: { "openai/v1/embeddings": "" } } });
      const seen = gateway.request(embed());
      expect(seen).toMatchObject({ status: 400, attempts: [] });
      expect(errorOf(seen).message).toContain("does not serve embeddings");
    });

    test("Anthropic's protocol may be spoken at another path, or not at all", async () => {
      const speaks = async (path: string, answer = claudeAnswer("Hello")) => {
        const gateway = await start({
          provider: { type: "deepseek", ...keys, capabilities: { "anthropic/v1/messages": path } },
          script: () => answer,
        });
        return gateway.request(message()).attempts[0]!.path;
      };
      expect(await speaks("/here")).toBe("/here");
      expect(await speaks("", openaiAnswer("Hello"))).toBe("/v1/chat/completions");
    });

    test.each([
      [{ "openai/v1/chatcompletion": "/a" }, 'found the API "openai/v1/chatcompletion"'],
      [{ "openai/v1/chatcompletions": "a" }, "found a text that is no path"],
    ])("%j is refused", async (capabilities, message) => {
      await expect(start({ provider: { type: "openai", capabilities } })).rejects.toThrow(message);
    });
  });

  describe("modelMapping:", () => {
    const modelMapping = {
      "gpt-4o": "exact",
      "gpt-4*": "beginning",
      "~^gpt-(.*)-mini$": "small/$1",
      "~^keep-": "",
      "~o(\\d)": `$\{1}o`,
      "*": "rest",
    };
    test.each([
      ["gpt-4o", "exact"],
      ["gpt-4-mini", "beginning"],
      ["gpt-5-mini", "small/5"],
      ["o3-and-o4", "3o-and-4o"],
      ["keep-o", "o"],
      ["other", "rest"],
      ['gpt-"é-mini', 'small/"é'],
    ])("%s is asked for as %s", async (model, expected) => {
      const gateway = await start({ provider: { type: "openai", ...keys, modelMapping } });
      expect(JSON.parse(gateway.request(chat({ model })).attempts[0]!.body).model).toBe(expected);
    });

    test.each([
      [{ "~gpt{2}": "a" }, 'modelMapping: found in the pattern "~gpt{2}" `{`, a counted repetition'],
      [{ "~gpt": "$1" }, 'found in "$1", for the pattern "~gpt", `$1`: the pattern has 0 groups'],
    ])("%j is refused", async (mapping, message) => {
      await expect(start({ provider: { type: "openai", modelMapping: mapping } })).rejects.toThrow(message);
    });
  });

  /** Where a provider of a type is asked, and with which headers. */
  async function asked(fields: Record<string, unknown>, request = chat()) {
    const gateway = await start({ provider: { ...keys, ...fields } });
    const { path, headers } = gateway.request(request).attempts[0]!;
    return { path, host: headers[":authority"], authorization: headers["authorization"], headers };
  }

  describe("openaiCustomUrl:", () => {
    test("a prefix takes the place of /v1", async () => {
      const openaiCustomUrl = "https://llm.example.com:8443/team-a/v1/";
      expect(await asked({ type: "openai", openaiCustomUrl })).toMatchObject({
        host: "llm.example.com:8443",
        path: "/team-a/v1/chat/completions",
      });
      expect((await asked({ type: "openai", openaiCustomUrl }, post('{"model":"e","input":"a"}', {}, "/v1/embeddings"))).path).toBe(
        "/team-a/v1/embeddings",
      );
      expect(await asked({ type: "openai", openaiCustomUrl: "http://a.example" })).toMatchObject({
        host: "a.example",
        path: "/chat/completions",
      });
    });

    test("a whole path serves its own API only", async () => {
      const provider = { type: "openai", ...keys, openaiCustomUrl: "https://a.example/x/chat/completions" };
      expect(await asked(provider)).toMatchObject({ host: "a.example", path: "/x/chat/completions" });
      const seen = (await start({ provider })).request(post('{"model":"e","input":"a"}', {}, "/v1/embeddings"));
      expect(seen).toMatchObject({ status: 400, attempts: [] });
    });

    test.each(["https:///v1", "https://a.example/v1?x=1", "https://a b/v1"])("%s is refused", async (openaiCustomUrl) => {
      await expect(start({ provider: { type: "openai", openaiCustomUrl } })).rejects.toThrow("expected a URL without a query");
    });
  });

  test("vllmCustomUrl: host and path in one", async () => {
    const fields = { type: "vllm", vllmCustomUrl: "http://vllm.example:8000/serve" };
    expect(await asked(fields)).toMatchObject({ host: "vllm.example:8000", path: "/serve/chat/completions" });
  });

  test("zhipuCodePlanMode: conversations go to the coding plan's path", async () => {
    expect((await asked({ type: "zhipuai", zhipuCodePlanMode: true })).path).toBe("/api/coding/paas/v4/chat/completions");
  });

  test("basePath: prepend puts it in front, removePrefix finds the API behind it", async () => {
    const fields = { type: "groq", basePath: "/team-a" };
    expect((await asked({ ...fields, basePathHandling: "prepend" })).path).toBe("/team-a/openai/v1/chat/completions");
    expect((await asked(fields, { ...chat(), path: "/team-a/v1/chat/completions" })).path).toBe("/openai/v1/chat/completions");
  });

  test("authHeaderKey: the caller's own key goes on from that header", async () => {
    const fields = { type: "openai", apiTokens: [], authHeaderKey: "X-Caller-Key" };
    const { authorization, headers } = await asked(fields, chat({}, { "x-caller-key": "sk-own", authorization: "Bearer other" }));
    expect(authorization).toBe("Bearer sk-own");
    expect(headers).not.toHaveProperty("x-caller-key");
    expect((await asked(fields, chat({}, { "x-caller-key": "Bearer sk-own" }))).authorization).toBe("Bearer sk-own");
    expect((await asked(fields, chat({}, { authorization: "Bearer other" }))).authorization).toBeUndefined();
  });

  describe("where a provider is:", () => {
    test.each<[field: string, fields: Record<string, unknown>, host: string, path: string]>([
      ["providerDomain", { type: "groq", providerDomain: "eu.example.com" }, "eu.example.com", "/openai/v1/chat/completions"],
      ["providerBasePath", { type: "groq", providerBasePath: "/base" }, "api.groq.com", "/base/openai/v1/chat/completions"],
      [
        "basePathHandling",
        { type: "groq", basePath: "/a", basePathHandling: "prepend", providerBasePath: "/b" },
        "api.groq.com",
        "/a/b/openai/v1/chat/completions",
      ],
      ["ollamaServerHost", { type: "ollama", ollamaServerHost: "ollama.test" }, "ollama.test:11434", "/v1/chat/completions"],
      [
        "ollamaServerPort",
        { type: "ollama", ollamaServerHost: "ollama.test", ollamaServerPort: 80 },
        "ollama.test:80",
        "/v1/chat/completions",
      ],
      ["vllmServerHost", { type: "vllm", vllmServerHost: "vllm.test:8000" }, "vllm.test:8000", "/v1/chat/completions"],
      ["vllmServerHost, by default", { type: "vllm" }, "vllm-service.cluster.local", "/v1/chat/completions"],
      ["qwenDomain", { type: "qwen", qwenDomain: "qwen.test" }, "qwen.test", "/compatible-mode/v1/chat/completions"],
      ["zhipuDomain", { type: "zhipuai", zhipuDomain: "api.z.ai" }, "api.z.ai", "/api/paas/v4/chat/completions"],
      ["doubaoDomain", { type: "doubao", doubaoDomain: "ark.test" }, "ark.test", "/api/v3/chat/completions"],
      [
        "cloudflareAccountId",
        { type: "cloudflare", cloudflareAccountId: "acc-1" },
        "api.cloudflare.com",
        "/client/v4/accounts/acc-1/ai/v1/chat/completions",
      ],
      ["tritonDomain", { type: "triton", tritonDomain: "triton.test:8000" }, "triton.test:8000", "/v2/models/gpt-4o/generate"],
      ["apiVersion", { type: "gemini", apiVersion: "v1" }, "generativelanguage.googleapis.com", "/v1/models/gpt-4o:generateContent"],
    ])("%s", async (_, fields, host, path) => {
      expect(await asked(fields)).toMatchObject({ host, path });
    });
  });

  test("claudeVersion: the header that says it", async () => {
    expect((await asked({ type: "claude", claudeVersion: "2024-01-01" })).headers["anthropic-version"]).toBe("2024-01-01");
    expect((await asked({ type: "claude" })).headers["anthropic-version"]).toBe("2023-06-01");
  });
});
