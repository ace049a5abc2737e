import { beforeAll, describe, expect, test } from "vitest";
import type { Assembly } from "../../../test/assembly/compile.ts";
import { ASKED, STREAM, apart, compiled, fixture } from "../../../test/protocols/openai.ts";

let openai: Assembly;
beforeAll(async () => {
  openai = await compiled();
}, 60_000);

describe("a relayed stream", () => {
  const relayed = (answer: string): string => apart(openai, answer, STREAM).relayed;
  const begin = 'data: {"id":"x","choices":[{"index":0,"delta":{"content":"a"},"finish_reason":"stop"}]';
  const usageOnly = 'data: {"id":"x","choices":[],"usage":{"prompt_tokens":1,"completion_tokens":1}}\n\n';

  test.each([
    ["last", `${begin},"usage":null}\n\n`, `${begin}}\n\n`],
    ["last, with white space", `${begin} , "usage" : null }\n\n`, `${begin}  }\n\n`],
    ["first", `data: {"usage":null,${begin.slice(7)}}\n\n`, `data: {${begin.slice(7)}}\n\n`],
    ["in the middle", `${begin},"usage":null,"obfuscation":"x"}\n\n`, `${begin},"obfuscation":"x"}\n\n`],
    ["in the middle, with white space", `${begin}, "usage": null, "obfuscation": "x"}\n\n`, `${begin}, "obfuscation": "x"}\n\n`],
    ["in text, which stays", `${begin},"x":"\\"usage\\":null"}\n\n`, `${begin},"x":"\\"usage\\":null"}\n\n`],
    ["with an escape in its name", `${begin},"us\\u0061ge":null}\n\n`, `${begin}}\n\n`],
  ])("loses a null usage that stands %s", (_, answer, expected) =>
    expect(relayed(`${answer}data: [DONE]\n\n`)).toBe(`${expected}data: [DONE]\n\n`),
  );

  test("loses the chunk with nothing but usage", () =>
    expect(relayed(`${begin}}\n\n${usageOnly}data: [DONE]\n\n`)).toBe(`${begin}}\n\ndata: [DONE]\n\n`));
  test("keeps usage that comes with a choice, which nobody asked for", () => {
    const answer = `${begin},"usage":{"prompt_tokens":1,"completion_tokens":1}}\n\ndata: [DONE]\n\n`;
    expect(relayed(answer)).toBe(answer);
  });
  test.each(["openai-refusal.sse", "moonshot-usage-in-choice.sse", "openrouter-reasoning-details.sse", "spark-code-0.sse"])(
    "%s is relayed byte for byte",
    async (name) => {
      const answer = (await fixture(name)).toString();
      expect(relayed(answer)).toBe(answer);
    },
  );
  test("with usage that the client asked for is relayed byte for byte", () => {
    const answer = `${begin},"usage":null}\n\n: a comment\n\n${usageOnly}data: [DONE]\n\n`;
    expect(apart(openai, answer, STREAM | ASKED).relayed).toBe(answer);
  });
  test("gets the blank line that the last event lacks, so that the client sees it", async () => {
    const answer = (await fixture("no-last-blank-line.sse")).toString();
    expect(relayed(answer)).toBe(`${answer}\n\n`);
  });
  test("that is complete gets the end that the provider didn't say", async () => {
    const answer = (await fixture("no-done-crlf.sse")).toString();
    expect(relayed(answer)).toBe(`${answer}data: [DONE]\n\n`);
    expect(relayed(`${begin}}\n\ndata: [DO`)).toBe(`${begin}}\n\ndata: [DONE]\n\n`);
    expect(relayed(`${begin}}`)).toBe(`${begin}}\n\ndata: [DONE]\n\n`);
  });
  test("a last event that was cut isn't relayed", async () => {
    const answer = (await fixture("cut.sse")).toString();
    expect(relayed(answer)).toBe(answer.slice(0, answer.lastIndexOf("data: ")));
  });
  test("an error isn't relayed: it is written anew", async () => {
    const answer = (await fixture("error-in-stream.sse")).toString();
    expect(relayed(answer)).toBe(answer.slice(0, answer.indexOf('data: {"error"')));
  });
});
