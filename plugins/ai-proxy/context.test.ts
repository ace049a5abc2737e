/** Texts that providers get as system messages: context, and moonshotFileId. */
import { describe, expect, test } from "vitest";
import type { CalloutAnswer, CalloutScript } from "../../test/host/callout.ts";
import { Envoy } from "../../test/host/worker.ts";
import { claudeAnswer, failing, geminiAnswer, openaiAnswer } from "../../test/modules/answers.ts";
import { forEachPackaging } from "../../test/modules/packagings.ts";
import { startPlans } from "../../test/modules/plans.ts";
import { chat, errorOf, post, textOf } from "../../test/modules/requests.ts";

const keys = { apiTokens: ["sk-1"] };
const TEXT = 'You know "A".\nÄ';
const context = { fileUrl: "https://files.example.com/a/context.txt?v=1", serviceName: "files" };
const user = (content: unknown) => ({ role: "user", content });
const system = (content: string) => ({ role: "system", content });

/** The headers of a call that matter. */
function sentIn({ headers }: { headers: { get(name: string): string | undefined } }): Record<string, string | undefined> {
  return Object.fromEntries([":method", ":path", ":authority", "authorization"].map((name) => [name, headers.get(name)]));
}

/** A server that counts, for the host's calls. */
function server(...answers: CalloutAnswer[]): { calls: Parameters<CalloutScript>[0][]; script: CalloutScript } {
  const calls: Parameters<CalloutScript>[0][] = [];
  const all = answers.length > 0 ? answers : [{ body: TEXT }];
  return {
    calls,
    script: (call) => {
      calls.push(call);
      return { after: 30, ...all[Math.min(calls.length, all.length) - 1]! };
    },
  };
}

forEachPackaging(["ai-proxy"], (start) => {
  describe("context", () => {
    const answerOf = (path: string) =>
      path.includes("messages") ? claudeAnswer("Hello") : path.includes("models/") ? geminiAnswer("Hello") : openaiAnswer("Hello");
    const setup = (provider: object, files: CalloutScript, envoy = new Envoy()) => ({
      provider: { ...keys, context, ...provider },
      script: ({ path }: { path: string }) => answerOf(path),
      host: { envoy, callouts: { files } },
    });

    test("the file is a system message behind the client's own, and fetched once", async () => {
      const { calls, script } = server();
      const gateway = await start(setup({ type: "openai" }, script));
      const messages = [system("Be short."), user("Hi")];
      for (let i = 0; i < 3; i++) {
        const seen = gateway.request(chat({ messages }));
        expect(textOf(seen)).toBe("Hello");
        expect(JSON.parse(seen.attempts[0]!.body).messages).toEqual([messages[0], system(TEXT), messages[1]]);
      }
      expect(calls).toHaveLength(1);
      expect(sentIn(calls[0]!)).toMatchObject({
        ":method": "GET",
        ":path": "/a/context.txt?v=1",
        ":authority": "files.example.com",
      });
    });

    const message = { model: "m", max_tokens: 9, system: "S", messages: [user("Hi")] };
    const contents = [{ role: "user", parts: [{ text: "Hi" }] }];
    test.each<[string, object, ReturnType<typeof post>, object]>([
      [
        "Chat Completions to Claude",
        { type: "claude" },
        chat({ messages: [system("S"), user("Hi")] }),
        {
          system: [
            { type: "text", text: "S" },
            { type: "text", text: TEXT },
          ],
        },
      ],
      [
        "Messages to Claude",
        { type: "claude" },
        post(JSON.stringify(message), {}, "/v1/messages"),
        {
          system: [
            { type: "text", text: TEXT },
            { type: "text", text: "S" },
          ],
        },
      ],
      [
        "Messages to OpenAI",
        { type: "openai" },
        post(JSON.stringify(message), {}, "/v1/messages"),
        { messages: [system("S"), system(TEXT), user("Hi")] },
      ],
      [
        "Gemini's to Gemini",
        { type: "gemini" },
        post(JSON.stringify({ contents, system_instruction: { parts: [{ text: "S" }] } }), {}, "/v1beta/models/m:generateContent"),
        { system_instruction: { parts: [{ text: TEXT }, { text: "S" }] } },
      ],
      [
        "Gemini's to Gemini, without its own",
        { type: "gemini" },
        post(JSON.stringify({ contents }), {}, "/v1beta/models/m:generateContent"),
        { systemInstruction: { parts: [{ text: TEXT }] } },
      ],
      ["Chat Completions to Gemini", { type: "gemini" }, chat(), { systemInstruction: { parts: [{ text: TEXT }] } }],
      [
        "Responses to OpenAI",
        { type: "openai" },
        post('{"model":"m","input":"Hi"}', {}, "/v1/responses"),
        { messages: [system(TEXT), user("Hi")] },
      ],
      [
        "with Claude Code's first words",
        { type: "claude", claudeCodeMode: true },
        post(JSON.stringify({ ...message, system: undefined }), {}, "/v1/messages"),
        {
          system: [
            { type: "text", text: expect.stringContaining("Claude Code") },
            { type: "text", text: TEXT },
          ],
        },
      ],
      [
        "with files of Qwen's",
        { type: "qwen", qwenFileIds: ["f-1"] },
        chat(),
        { messages: [system("fileid://f-1"), system(TEXT), user("Hi")] },
      ],
    ])("%s", async (_, provider, request, expected) => {
      const gateway = await start(setup(provider, server().script));
      const seen = gateway.request(request);
      expect(seen.status).toBe(200);
      expect(JSON.parse(seen.attempts[0]!.body)).toMatchObject(expected);
    });

    test("embeddings don't get it", async () => {
      const gateway = await start(setup({ type: "openai" }, server().script));
      const body = '{"model":"e","input":"a"}';
      expect(gateway.request(post(body, {}, "/v1/embeddings")).attempts[0]!.body).toBe(body);
    });

    test("it is read again after five minutes, while the last text serves", async () => {
      const envoy = new Envoy();
      const { calls, script } = server({ body: "one" }, { status: 500 }, { body: "two" });
      const gateway = await start(setup({ type: "openai" }, script, envoy));
      const said = () => JSON.parse(gateway.request(chat()).attempts[0]!.body).messages[0].content;
      expect([said(), said()]).toEqual(["one", "one"]);
      gateway.advance(299_000);
      expect(said()).toBe("one");
      expect(calls).toHaveLength(1);
      gateway.advance(2000);
      expect(said()).toBe("one");
      gateway.advance(1000);
      expect(said()).toBe("one");
      expect(calls).toHaveLength(2);
      gateway.advance(6000);
      said();
      gateway.advance(1000);
      expect(said()).toBe("two");
    });

    test.each<[string, CalloutAnswer, string]>([
      ["an error", { status: 404 }, "the server answered 404"],
      ["a connection that breaks", { reset: "midway" }, "the server broke off"],
      ["too large a file", { body: "x".repeat(65_537) }, "it has 65537 bytes, more than 65536"],
      ["an empty file", { body: "" }, "it is empty"],
    ])("%s: no request goes on without it", async (_, answer, why) => {
      const gateway = await start(setup({ type: "openai" }, server(answer).script));
      const seen = gateway.request(chat());
      expect(seen).toMatchObject({ status: 502, attempts: [] });
      expect(errorOf(seen).message).toContain(`the gateway couldn't read the file of context (${why})`);
    });

    test("serviceName and servicePort: a service as Higress calls it", async () => {
      const { calls, script } = server();
      const own = { ...context, serviceName: "files.dns", servicePort: 8443 };
      const gateway = await start({
        provider: { type: "openai", ...keys, context: own },
        host: { callouts: { "outbound|8443||files.dns": script } },
      });
      expect(gateway.request(chat()).status).toBe(200);
      expect(calls).toHaveLength(1);
      const missing = await start({ provider: { type: "openai", ...keys, context } });
      expect(errorOf(missing.request(chat())).message).toContain('there is no cluster "files"');
    });

    test("timeout: how long it may take", async () => {
      const slow = () => ({ body: TEXT, after: 400 });
      const ask = async (timeout: number) => (await start(setup({ type: "openai", timeout }, slow))).request(chat());
      expect((await ask(500)).status).toBe(200);
      expect(errorOf(await ask(300)).message).toContain("the server answered 504");
    });

    test.each<[unknown, string]>([
      [{ serviceName: "files" }, "context.fileUrl: found nothing, expected"],
      [{ fileUrl: "https://files.example.com/a" }, "context.serviceName: found nothing, expected the name of the cluster"],
      [{ ...context, fileUrl: "files.example.com/a" }, 'context.fileUrl: found "files.example.com/a", expected a URL such as'],
      [{ ...context, fileUrl: "https://user@files.example.com/a" }, "context.fileUrl: found"],
      [{ ...context, servicePort: 65_536 }, "context.servicePort: found number 65536, expected a whole number from 0 to 65535"],
      ["https://files.example.com", "context: found"],
    ])("%j is refused", async (own, message) => {
      await expect(start({ provider: { type: "openai", context: own } })).rejects.toThrow(message);
    });

    test("and so it is where bodies go on as they are", async () => {
      await expect(start({ provider: { type: "openai", protocol: "original", context } })).rejects.toThrow(
        "context: found a value, expected none",
      );
    });
  });

  describe("moonshotFileId", () => {
    const provider = { type: "moonshot", ...keys, moonshotFileId: "file-1" };

    test("the file's content is a system message, fetched with the provider's key through its cluster", async () => {
      const { calls, script } = server({ body: '{"content":"A"}' });
      const gateway = await start({ provider: { ...provider, moonshotFileService: "kimi" }, host: { callouts: { kimi: script } } });
      const seen = gateway.request(chat());
      expect(JSON.parse(seen.attempts[0]!.body).messages).toEqual([system('{"content":"A"}'), user("Hi")]);
      expect(sentIn(calls[0]!)).toMatchObject({
        ":path": "/v1/files/file-1/content",
        ":authority": "api.moonshot.cn",
        authorization: "Bearer sk-1",
      });
    });

    test("moonshotFileService: without it the route's own cluster is called", async () => {
      const { calls, script } = server();
      const gateway = await start({ provider, host: { callouts: { provider: script, plan: script } } });
      expect(gateway.request(chat()).status).toBe(200);
      expect(calls).toHaveLength(1);
    });

    test("what is no id is refused", async () => {
      await expect(start({ provider: { ...provider, moonshotFileId: "a/b" } })).rejects.toThrow('moonshotFileId: found "a/b", expected');
    });
  });
});

describe("context in a plan", () => {
  test("a fallback is waited for, too: none is asked without its text", async () => {
    const { script } = server();
    const gateway = await startPlans({
      providers: { a: { does: () => failing(503) }, b: { context, does: () => openaiAnswer("Hello") } },
      host: { callouts: { files: script } },
    });
    const seen = gateway.request(chat());
    expect(seen.attempts.map(({ body }) => JSON.parse(body).messages.length)).toEqual([1, 2]);
  });

  test("one whose text can't be had is struck", async () => {
    const { script } = server({ status: 404 });
    const gateway = await startPlans({
      providers: { a: { context, does: () => openaiAnswer("a") }, b: { does: () => openaiAnswer("b") } },
      plans: [{ targets: ["a", "b"] }, { weight: 0, targets: ["b"] }],
      host: { callouts: { files: script } },
    });
    expect(textOf(gateway.request(chat()))).toBe("b");
  });
});
