/** The provider's half of the fixtures from OpenAI clients to Anthropic. */
import { expect, test } from "vitest";
import { assembly } from "../../../test/assembly/compile.ts";
import { compareRequest, readFixtures } from "../../../test/fixtures/read.ts";

const anthropic = await assembly(new URL("./anthropic.testing.ts", import.meta.url));

test.each(readFixtures("openai-to-anthropic/").map((fixture) => [fixture.name, fixture] as const))("%s", (_name, fixture) => {
  const request = JSON.parse(fixture.clientRequest.body.toString()) as { model: string };
  const mapping: Readonly<Record<string, string>> = fixture.setup.modelMapping ?? {};
  const status = anthropic.call("translate", [fixture.clientRequest.body, mapping[request.model] ?? mapping["*"] ?? request.model]);
  const expected = fixture.providerRequest;
  if (expected === undefined) {
    const param = (JSON.parse(fixture.clientAnswer.body.toString()) as { error: { param: string } }).error.param;
    expect([status, anthropic.output.toString().split(":")[0]]).toEqual([2, param]);
    return;
  }
  expect(status, anthropic.output.toString()).toBe(0);
  expect(compareRequest(expected, { body: anthropic.output })).toEqual([]);
});
