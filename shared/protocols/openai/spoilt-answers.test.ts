import { readdir } from "node:fs/promises";
import { beforeAll, expect, test } from "vitest";
import type { Assembly } from "../../../test/assembly/compile.ts";
import { spoil } from "../../../test/assembly/json.ts";
import { Random, caseCount, printedSeed } from "../../../test/assembly/random.ts";
import { EMBEDDING_ANSWER, FIXTURES, PATIENCE, STREAM, TRANSLATED, compiled, fixture } from "../../../test/protocols/openai.ts";

let openai: Assembly;
beforeAll(async () => {
  openai = await compiled();
}, 60_000);

test("spoilt answers end, with a failure or without, and never trap", PATIENCE, async () => {
  const random = new Random(printedSeed("openai answers"));
  const answers = await Promise.all((await readdir(FIXTURES)).map(fixture));
  const wholes = [
    '{"id":"c","choices":[{"index":0,"message":{"content":"Hi","tool_calls":[{"id":"a","function":{"name":"f","arguments":"{}"}}]},"finish_reason":"stop"}],"usage":{"prompt_tokens":3,"completion_tokens":1}}',
    '{"error":{"message":"m","type":"t","param":"p","code":429}}',
  ].map((text) => Buffer.from(text));
  for (let i = 0; i < caseCount(3000); i++) {
    const isStream = random.below(3) > 0;
    const answer = spoil(random, random.pick(isStream ? answers : wholes));
    const flags = isStream ? STREAM | (random.once(2) ? TRANSLATED : 0) : random.once(4) ? EMBEDDING_ANSWER : 0;
    const lines = openai
      .text("readAnswer", [answer, random.bytes(random.below(20))], flags)
      .split("\n")
      .map((line) => line.split("\t")[0]);
    expect(lines.at(-2)).toBe("end");
    expect(lines.filter((kind) => kind === "end").length).toBe(1);
    const failure = lines.indexOf("failure");
    if (failure >= 0 && !isStream) expect(failure).toBe(0);
    openai.call("readFailure", answer, 400 + random.below(200));
  }
});
