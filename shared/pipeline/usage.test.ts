import { describe, expect, test } from "vitest";
import type { ProviderAnswer } from "../../test/host/provider.ts";
import { readEvents } from "../../test/fixtures/read.ts";
import { claudePieces, geminiAnswer, openaiAnswer, openaiPieces } from "../../test/modules/answers.ts";
import { forEachPackaging } from "../../test/modules/packagings.ts";
import { chat, factsOf, post } from "../../test/modules/requests.ts";

const events = { "content-type": "text/event-stream" };
const question = "How many words has this question, about?";
const messages = [{ role: "user", content: question }];
const text = "About as many as you think there are.";
/** Four bytes a token, and three for the turn. */
const counted = { input_tokens: 3 + Math.ceil(question.length / 4), output_tokens: Math.ceil(text.length / 4), usage_estimated: true };

const without = (answer: ProviderAnswer, member: string): ProviderAnswer => {
  const body = JSON.parse(answer.body as string);
  delete body[member];
  return { ...answer, body: JSON.stringify(body) };
};
const anthropicRequest = (stream: boolean): ReturnType<typeof post> =>
  post(JSON.stringify({ model: "m", max_tokens: 9, stream, messages }), {}, "/v1/messages");

forEachPackaging(["ai-proxy"], (start) => {
  describe("usage that the provider doesn't tell", () => {
    test.each([
      ["a whole answer", without(openaiAnswer(text), "usage"), false],
      ["a stream", { headers: events, chunks: openaiPieces([text]) }, true],
    ])("is estimated for %s, and said to be", async (_, answer, stream) => {
      const gateway = await start({ script: () => answer });
      const same = gateway.request(chat({ messages, stream }));
      expect(factsOf(same)).toMatchObject(counted);
      expect(same.body, "the provider's own words are the client's").not.toContain("estimated");
      const other = gateway.request(anthropicRequest(stream));
      expect(factsOf(other)).toMatchObject(counted);
      const { usage } = stream
        ? JSON.parse(readEvents(other.body).find(({ data }) => JSON.parse(data).type === "message_delta")!.data)
        : JSON.parse(other.body);
      expect(usage).toMatchObject({ input_tokens: counted.input_tokens, output_tokens: counted.output_tokens, estimated: true });
    });

    test("is estimated in OpenAI's form, too", async () => {
      const gateway = await start({
        provider: { type: "gemini", apiTokens: ["k"] },
        script: () => without(geminiAnswer(text), "usageMetadata"),
      });
      expect(JSON.parse(gateway.request(chat({ messages })).body).usage).toMatchObject({
        prompt_tokens: counted.input_tokens,
        completion_tokens: counted.output_tokens,
        total_tokens: counted.input_tokens + counted.output_tokens,
        estimated: true,
      });
    });
  });

  test("usage that the provider tells is no estimate", async () => {
    const gateway = await start({});
    const answer = gateway.request(chat({ messages }));
    expect(factsOf(answer)).toMatchObject({ input_tokens: 3, output_tokens: 2 });
    expect(factsOf(answer)).not.toHaveProperty("usage_estimated");
  });

  test("of a stream that is cut, what had come is estimated, and what the provider had counted holds", async () => {
    const begun = claudePieces([text]).slice(0, 4);
    const gateway = await start({
      provider: { type: "claude", apiTokens: ["k"] },
      script: () => ({ headers: events, chunks: begun, then: "reset" }),
    });
    expect(factsOf(gateway.request(chat({ messages, stream: true })))).toMatchObject({ ...counted, input_tokens: 3 });
  });
});
