/** Fields of a provider that change what is said: contextCleanupCommands, mergeConsecutiveMessages, hiclawMode, promoteThinkingOnEmpty. */
import { describe, expect, test } from "vitest";
import { claudeAnswer, geminiAnswer, openaiAnswer, openaiStream } from "../../test/modules/answers.ts";
import { forEachPackaging } from "../../test/modules/packagings.ts";
import { chat, errorOf, post, textOf } from "../../test/modules/requests.ts";
import type { ProviderAnswer } from "../../test/host/provider.ts";

const keys = { apiTokens: ["sk-1"] };
const user = (content: unknown) => ({ role: "user", content });
const assistant = (content: unknown) => ({ role: "assistant", content });
const system = (content: unknown) => ({ role: "system", content });

/** An answer with thoughts, and this text beside them. */
function thinking(content: string | null, toolCalls?: unknown): ProviderAnswer {
  const message = {
    role: "assistant",
    content,
    reasoning_content: 'a "b"\n',
    ...(toolCalls === undefined ? {} : { tool_calls: toolCalls }),
  };
  const choices = [{ index: 0, message, finish_reason: toolCalls === undefined ? "stop" : "tool_calls" }];
  return {
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ ...JSON.parse(openaiAnswer("").body as string), choices }),
  };
}

forEachPackaging(["ai-proxy"], (start) => {
  const answers: Record<string, ProviderAnswer> = { claude: claudeAnswer("Hello"), gemini: geminiAnswer("Hello") };

  /** The body that a provider gets. */
  async function sent(fields: Record<string, unknown>, request: ReturnType<typeof post>): Promise<any> {
    const gateway = await start({
      provider: { ...keys, ...fields },
      script: () => answers[fields.type as string] ?? openaiAnswer("Hello"),
    });
    const seen = gateway.request(request);
    expect(seen.status).toBe(200);
    return JSON.parse(seen.attempts[0]!.body);
  }

  describe("contextCleanupCommands", () => {
    const contextCleanupCommands = ["/clear", 'fo"rget'];
    const old = [system("Be short."), user("Hi"), assistant("Hello")];

    test.each([
      [
        "what stands behind the last command is kept, and what systems say",
        [...old, user("/clear"), user("x"), user('fo"rget'), user("New"), assistant("a")],
        [system("Be short."), user("New"), assistant("a")],
      ],
      ["a command at the end stays, since something has to be asked", [...old, user("/clear")], [system("Be short."), user("/clear")]],
      ["a text in a list counts, too", [...old, user([{ type: "text", text: "/clear" }]), user("New")], [system("Be short."), user("New")]],
      ["a message that has more in it is none", [...old, user("/clear all")], [...old, user("/clear all")]],
      ["an assistant's is none", [...old, assistant("/clear"), user("a")], [...old, assistant("/clear"), user("a")]],
    ])("%s", async (_, messages, expected) => {
      const request = chat({ messages });
      expect((await sent({ type: "openai", contextCleanupCommands }, request)).messages).toEqual(expected);
      // The same in another protocol.
      const { system: said, messages: others } = await sent({ type: "claude", contextCleanupCommands }, request);
      const textsOf = (all: { content: any }[]) =>
        all.flatMap(({ content }) => (typeof content === "string" ? [content] : content.map(({ text }: { text: string }) => text)));
      expect([...textsOf([{ content: said }]), ...textsOf(others)]).toEqual(textsOf(expected));
    });

    test("holds for clients of Anthropic's and Gemini's protocols, at their own provider and at another", async () => {
      const messages = [user("Hi"), assistant("Hello"), user("/clear"), user([{ type: "text", text: "New" }])];
      const request = post(JSON.stringify({ model: "m", max_tokens: 9, system: "S", messages }), {}, "/v1/messages");
      const own = await sent({ type: "claude", contextCleanupCommands }, request);
      expect(own).toEqual({ model: "m", max_tokens: 9, system: "S", messages: [messages[3]] });
      expect((await sent({ type: "openai", contextCleanupCommands }, request)).messages).toEqual([system("S"), user("New")]);
      const contents = ["Hi", "/clear", "New"].map((text) => ({ role: "user", parts: [{ text }] }));
      const body = await sent(
        { type: "gemini", contextCleanupCommands },
        post(JSON.stringify({ contents }), {}, "/v1beta/models/m:generateContent"),
      );
      expect(body.contents).toEqual([contents[2]]);
    });

    test("a Responses client is asked for in Chat Completions, in which messages can be left out", async () => {
      const input = [user("Hi"), user("/clear"), user("New")];
      const gateway = await start({ provider: { type: "openai", ...keys, contextCleanupCommands } });
      const seen = gateway.request(post(JSON.stringify({ model: "m", input }), {}, "/v1/responses"));
      expect(seen.attempts[0]).toMatchObject({ path: "/v1/chat/completions" });
      expect(JSON.parse(seen.attempts[0]!.body).messages).toEqual([user("New")]);
    });

    test("what isn't asked isn't refused, and what is, is named by its place", async () => {
      const gateway = await start({ provider: { type: "claude", ...keys, contextCleanupCommands }, script: () => claudeAnswer("Hello") });
      const sound = user([{ type: "input_audio", input_audio: { data: "AAAA", format: "wav" } }]);
      expect(gateway.request(chat({ messages: [sound, user("/clear"), user("New")] })).status).toBe(200);
      const refused = gateway.request(chat({ messages: [user("Hi"), user("/clear"), sound] }));
      expect(refused.status).toBe(400);
      expect(errorOf(refused).param).toContain("messages[2]");
    });

    test.each([
      [[1], "contextCleanupCommands[0]: found number 1, expected a string"],
      ["/clear", "contextCleanupCommands: found"],
      [[""], "contextCleanupCommands[0]: found"],
    ])("%j is refused", async (value, expected) => {
      await expect(start({ provider: { type: "openai", contextCleanupCommands: value } })).rejects.toThrow(expected);
    });

    test("and so it is where bodies go on as they are", async () => {
      await expect(start({ provider: { type: "openai", protocol: "original", contextCleanupCommands } })).rejects.toThrow(
        "contextCleanupCommands: found a value, expected none",
      );
    });
  });

  describe("mergeConsecutiveMessages", () => {
    const mergeConsecutiveMessages = true;
    const call = { id: "call_1", type: "function", function: { name: "f", arguments: "{}" } };
    const picture = { type: "image_url", image_url: { url: "https://a.example/b.png" } };

    test.each([
      ["texts", [user("a"), user("b\u0001"), user("c")], [user("a\n\nb\u0001\n\nc")]],
      [
        "texts and parts",
        [user("a"), user([picture]), user("b")],
        [user([{ type: "text", text: "a" }, picture, { type: "text", text: "b" }])],
      ],
      ["systems' messages", [system("a"), system("b"), user("c")], [system("a\n\nb"), user("c")]],
      [
        "an assistant's calls stay behind its text",
        [user("a"), assistant("b"), { ...assistant(null), tool_calls: [call] }, { role: "tool", tool_call_id: "call_1", content: "1" }],
        [user("a"), { ...assistant("b"), tool_calls: [call] }, { role: "tool", tool_call_id: "call_1", content: "1" }],
      ],
      [
        "but not those of participants with names",
        [
          { ...user("a"), name: "x" },
          { ...user("b"), name: "y" },
        ],
        [
          { ...user("a"), name: "x" },
          { ...user("b"), name: "y" },
        ],
      ],
      [
        "nor results of tools",
        [
          user("a"),
          { ...assistant(null), tool_calls: [call, { ...call, id: "call_2" }] },
          { role: "tool", tool_call_id: "call_1", content: "1" },
          { role: "tool", tool_call_id: "call_2", content: "2" },
        ],
        undefined,
      ],
    ])("%s", async (_, messages, expected) => {
      expect((await sent({ type: "openai", mergeConsecutiveMessages }, chat({ messages }))).messages).toEqual(expected ?? messages);
    });

    test("translated ones as well", async () => {
      const messages = [user("a"), user([{ type: "text", text: "b" }]), assistant("c"), assistant("d"), user("e")];
      const request = post(JSON.stringify({ model: "m", max_tokens: 9, messages }), {}, "/v1/messages");
      expect((await sent({ type: "openai", mergeConsecutiveMessages }, request)).messages).toEqual([
        user("a\n\nb"),
        assistant("c\n\nd"),
        user("e"),
      ]);
    });

    test("in the protocols of Anthropic and Gemini, too", async () => {
      const messages = [user("a"), user([{ type: "text", text: "b" }])];
      const request = post(JSON.stringify({ model: "m", max_tokens: 9, messages }), {}, "/v1/messages");
      expect((await sent({ type: "claude", mergeConsecutiveMessages }, request)).messages).toEqual([
        user([
          { type: "text", text: "a" },
          { type: "text", text: "b" },
        ]),
      ]);
      const contents = [
        { role: "user", parts: [{ text: "a" }] },
        { role: "user", parts: [{ text: "b" }] },
      ];
      const gemini = post(JSON.stringify({ contents }), {}, "/v1beta/models/m:generateContent");
      expect((await sent({ type: "gemini", mergeConsecutiveMessages }, gemini)).contents).toEqual([
        { role: "user", parts: [{ text: "a" }, { text: "b" }] },
      ]);
    });

    test("a request whose neighbours differ goes on byte for byte", async () => {
      const body = '{ "model":"m", "messages":[{"role":"user" ,"content":"\\u0048i"},{"role":"assistant","content":"x"}], "a":1.0 }';
      const gateway = await start({ provider: { type: "openai", ...keys, mergeConsecutiveMessages } });
      expect(gateway.request(post(body)).attempts[0]!.body).toBe(body);
    });

    test("another value is refused", async () => {
      await expect(start({ provider: { type: "openai", mergeConsecutiveMessages: "yes" } })).rejects.toThrow(
        'mergeConsecutiveMessages: found "yes", expected',
      );
    });
  });

  describe("promoteThinkingOnEmpty", () => {
    const provider = { type: "deepseek", ...keys, promoteThinkingOnEmpty: true };
    const message = async (answer: ProviderAnswer, fields: object = {}) =>
      JSON.parse((await start({ provider: { ...provider, ...fields }, script: () => answer })).request(chat()).body).choices[0].message;

    test("thoughts are the text of an answer that has none, and stay thoughts", async () => {
      for (const content of [null, ""]) {
        expect(await message(thinking(content))).toMatchObject({ content: 'a "b"\n', reasoning_content: 'a "b"\n' });
      }
      expect(await message(thinking(""), { promoteThinkingOnEmpty: false })).toMatchObject({ content: "" });
    });

    test("a text, or a call, stays what it is", async () => {
      expect(await message(thinking("Hello"))).toMatchObject({ content: "Hello" });
      const calls = [{ id: "call_1", type: "function", function: { name: "f", arguments: "{}" } }];
      expect((await message(thinking(null, calls))).content).toBeNull();
    });

    test("of a stream at its end", async () => {
      const pieces = openaiStream([]).chunks!;
      const thought = (text: string) =>
        (pieces[0] as string).replace('{"role":"assistant","content":""}', JSON.stringify({ reasoning_content: text }));
      const chunks = [pieces[0]!, thought("a"), thought("b"), ...pieces.slice(1)];
      const gateway = await start({ provider, script: () => ({ ...openaiStream([]), chunks }) });
      const seen = gateway.request(chat({ stream: true }));
      expect(textOf(seen)).toBe("ab");
      expect(seen.body).toContain('"reasoning_content":"a"');
    });

    test("before reasoningContentMode takes them away", async () => {
      const answer = await message(thinking(""), { reasoningContentMode: "ignore" });
      expect(answer).toMatchObject({ content: 'a "b"\n' });
      expect(answer).not.toHaveProperty("reasoning_content");
    });

    test("another value is refused", async () => {
      await expect(start({ provider: { ...provider, promoteThinkingOnEmpty: 1 } })).rejects.toThrow(
        "promoteThinkingOnEmpty: found number 1, expected",
      );
    });
  });

  test("hiclawMode: messages are joined, and thoughts promoted", async () => {
    const gateway = await start({ provider: { type: "deepseek", ...keys, hiclawMode: true }, script: () => thinking("") });
    const seen = gateway.request(chat({ messages: [user("a"), user("b")] }));
    expect(JSON.parse(seen.attempts[0]!.body).messages).toEqual([user("a\n\nb")]);
    expect(textOf(seen)).toBe('a "b"\n');
    await expect(start({ provider: { type: "deepseek", ...keys, hiclawMode: "on" } })).rejects.toThrow('hiclawMode: found "on", expected');
  });
});
