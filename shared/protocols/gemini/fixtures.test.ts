import { describe, expect, test } from "vitest";
import { assembly } from "../../../test/assembly/compile.ts";
import { compareRequest, readFixtures } from "../../../test/fixtures/read.ts";

const gemini = await assembly(new URL("./gemini.testing.ts", import.meta.url));
const CHAT = 1;
const ALL_AT_ONCE = 1 << 30;
const fixtures = readFixtures("openai-to-gemini/").filter(({ clientRequest }) => clientRequest.path === "/v1/chat/completions");
const named = fixtures.map((fixture) => [fixture.name, fixture] as const);

const events = (body: Uint8Array, isStream: boolean, first = 0, size = ALL_AT_ONCE): string =>
  gemini.text("readAnswer", body, isStream ? 1 : 0, first, size);

test("there are fixtures", () => {
  expect(fixtures.length).toBeGreaterThan(20);
});

describe("what reaches the provider", () => {
  // At Vertex AI paths are ai-proxy's to write, and calls have no ids.
  const own = named.filter(([, { providerRequest, setup }]) => providerRequest !== undefined && setup.type === "gemini");
  test.each(own)("%s", (_, { clientRequest, providerRequest }) => {
    const { model, stream } = JSON.parse(clientRequest.body.toString()) as { model: string; stream?: boolean };
    const body = gemini.bytes("readAndWrite", [clientRequest.body, model], CHAT);
    const path = gemini.text("path", model, stream === true ? 1 : 0);
    expect(compareRequest(providerRequest!, { method: "POST", path, body })).toEqual([]);
  });
});

describe("what the provider answers", () => {
  test.each(named.filter(([, fixture]) => fixture.providerAnswer?.status === 200))("%s", (_, { providerAnswer, clientAnswer }) => {
    const { body, isStream } = providerAnswer!;
    const found = events(body, isStream);
    // What the client is to get says how the answer ends: an error, or finish reasons and usage.
    const words = clientAnswer.body.toString();
    expect(/^Failure /m.test(found)).toBe(words.includes('"error":'));
    const tokens = /"prompt_tokens":(\d+),"completion_tokens":(\d+)/.exec(words);
    if (tokens !== null) expect(found).toMatch(new RegExp(`^Usage 0 ${tokens[1]} \\d+ ${tokens[2]} `, "m"));
    if (!isStream) return;
    for (let cut = 1; cut < body.length; cut++) expect(events(body, true, cut)).toBe(found);
    expect(events(body, true, 0, 1)).toBe(found);
  });

  test.each(named.filter(([, fixture]) => fixture.providerAnswer !== undefined && fixture.providerAnswer.status !== 200))(
    "%s",
    (_, { providerAnswer, clientAnswer }) => {
      const { message, code } = (JSON.parse(clientAnswer.body.toString()) as { error: { message: string; code: string } }).error;
      const [, status, word, , ...words] = gemini.text("readFailure", providerAnswer!.body, providerAnswer!.status).split(" ");
      expect([Number(status), word]).toEqual([clientAnswer.status, code]);
      expect(words.join(" ")).toBe(message);
    },
  );
});
