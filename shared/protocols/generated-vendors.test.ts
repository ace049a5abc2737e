/** Whatever a client sends: what is written for vendors with protocols of their own is what they take, has every text of the conversation, and a fault in it traps nothing. */
import { beforeAll, describe, expect, test } from "vitest";
import { type Assembly, assembly } from "../../test/assembly/compile.ts";
import { spoil } from "../../test/assembly/json.ts";
import { caseCount, printedSeed, Random } from "../../test/assembly/random.ts";
import { ChatClient } from "../../test/protocols/chat-client.ts";
import { cohere } from "../../test/providers/cohere/index.ts";
import { dashscope } from "../../test/providers/dashscope/index.ts";
import type { Protocol } from "../../test/providers/protocol.ts";
import type { ReceivedRequest } from "../../test/providers/recording.ts";

const decoder = new TextDecoder("utf-8", { fatal: true });

let protocols: Assembly;
beforeAll(async () => {
  protocols = await assembly(new URL("./fixtures.testing.ts", import.meta.url));
}, 300_000);

interface Vendor {
  /** As `Dialect` numbers it. */
  dialect: number;
  server: Protocol;
  path: string;
  model: string;
  /** At least one in so many requests fits. */
  fits: number;
}

const vendors: Record<string, Vendor> = {
  dashscope: {
    dialect: 7,
    server: dashscope,
    path: "/api/v1/services/aigc/text-generation/generation",
    model: "qwen-plus",
    fits: 8,
  },
  cohere: { dialect: 6, server: cohere, path: "/v2/chat", model: "command-a-03-2025", fits: 8 },
};

/** Why the vendor would refuse what was written. */
function complaint({ server, path }: Vendor, written: string): string | undefined {
  const json: unknown = JSON.parse(written);
  // A conversation with images goes to the service for them.
  const isMultimodal = path.startsWith("/api/") && written.includes('"image":');
  const request = {
    method: "POST",
    path: isMultimodal ? path.replace("text-", "multimodal-") : path,
    headers: { "x-dashscope-sse": "enable" },
    json,
  } as unknown as ReceivedRequest;
  const setup = { keys: [], models: ["*"], vendor: "openai" };
  const endpoint = server.endpointOf(request, setup);
  return endpoint === undefined ? "no such path" : server.checkRequest(endpoint, request, setup)?.message;
}

/** The texts of a request's messages, but for what its README lists as dropped: thinking, names, empty ones. */
function textsOf(body: any): string[] {
  return body.messages.flatMap((message: any): string[] => [
    ...(typeof message.content === "string" ? [message.content] : (message.content ?? []).map((part: any) => part.text ?? "")),
    ...(message.tool_calls ?? []).flatMap((call: any) => [call.id, call.function.name]),
    message.tool_call_id ?? "",
  ]);
}

describe.each(Object.entries(vendors))("%s", (name, vendor) => {
  const write = (body: Uint8Array | string): number => protocols.call("request", [body, vendor.model], 0, vendor.dialect, 0, 0);

  test("takes what fits, and all that was said is in it", () => {
    const random = new Random(printedSeed(`${name} requests`));
    const client = new ChatClient(random, { images: random.once(2), files: random.once(3) });
    const cases = caseCount(2000);
    let fitting = 0;
    for (let i = 0; i < cases; i++) {
      const body = client.request();
      if (write(JSON.stringify(body)) !== 0) continue;
      fitting++;
      const written = decoder.decode(protocols.output);
      expect(complaint(vendor, written), `${JSON.stringify(body)}\n${written}`).toBeUndefined();
      for (const text of textsOf(body)) {
        const escaped = JSON.stringify(text).slice(1, -1);
        if (!written.includes(escaped)) expect.fail(`${JSON.stringify(text)} is lost:\n${JSON.stringify(body)}\n${written}`);
      }
    }
    expect(fitting).toBeGreaterThan(cases / (vendor.fits * 4));
  });

  test("a request with any fault is refused or becomes JSON", () => {
    const random = new Random(printedSeed(`${name}, spoilt requests`));
    const client = new ChatClient(random);
    for (let i = caseCount(2000); i > 0; i--) {
      const status = write(spoil(random, Buffer.from(JSON.stringify(client.request()))));
      const output = decoder.decode(protocols.output);
      expect(() => JSON.parse(output) as unknown, output).not.toThrow();
      if (status !== 0) expect(output).toContain('"error"');
    }
  });
});
