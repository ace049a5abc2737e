import { expect, test } from "vitest";
import { assembly } from "../../../test/assembly/compile.ts";

const anthropic = await assembly(new URL("./anthropic.testing.ts", import.meta.url));

test("smoke", () => {
  const stream = [
    `event: message_start\ndata: {"type":"message_start","message":{"id":"msg_1","type":"message","role":"assistant","model":"claude-sonnet-4-5","content":[],"stop_reason":null,"stop_sequence":null,"usage":{"input_tokens":25,"output_tokens":1}}}\n\n`,
    `event: content_block_start\ndata: {"type":"content_block_start","index":0,"content_block":{"type":"text","text":""}}\n\n`,
    `event: content_block_delta\ndata: {"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"Hello"}}\n\n`,
    `event: content_block_stop\ndata: {"type":"content_block_stop","index":0}\n\n`,
    `event: message_delta\ndata: {"type":"message_delta","delta":{"stop_reason":"end_turn","stop_sequence":null},"usage":{"output_tokens":15}}\n\n`,
    `event: message_stop\ndata: {"type":"message_stop"}\n\n`,
  ].join("");
  console.log(anthropic.text("readStream", stream, 0, 0));
  expect(anthropic.text("readStream", stream, 1, 0)).toBe(anthropic.text("readStream", stream, 0, 0));
});
