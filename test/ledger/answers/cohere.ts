/** What Cohere's chat answers: https://docs.cohere.com/reference/chat, streamed https://docs.cohere.com/reference/chat-stream */
import { HERE } from "../fields.ts";
import { AnswerList, type ProviderAnswers } from "./rows.ts";

const usage = { billed_units: { input_tokens: 80, output_tokens: 60 }, tokens: { input_tokens: 90, output_tokens: 70 } };
const ok = { type: "text", text: "Ok" };
const answer = (content: unknown[], message: object = {}, members: object = {}): object => ({
  id: "answer-1",
  finish_reason: "COMPLETE",
  message: { role: "assistant", content, ...message },
  usage,
  ...members,
});
const start = (id: unknown = "answer-1"): object => ({
  id,
  type: "message-start",
  delta: { message: { role: "assistant", content: [], tool_plan: "", tool_calls: [], citations: [] } },
});
const block = (index: number, type: string, value: unknown): readonly object[] => [
  { type: "content-start", index, delta: { message: { content: { type, [type]: "" } } } },
  { type: "content-delta", index, delta: { message: { content: { [type]: value } } } },
  { type: "content-end", index },
];
const said = (index = 0): readonly object[] => block(index, "text", "Ok");
const end = (delta: object = {}): object => ({ type: "message-end", delta: { finish_reason: "COMPLETE", usage, ...delta } });
const counts = (told: object): [object, readonly object[]] => [
  answer([ok], {}, { usage: { ...usage, ...told } }),
  [start(), ...said(), end({ usage: { ...usage, ...told } })],
];
const call = (name: unknown, text: unknown): object => ({ id: "call_7", type: "function", function: { name, arguments: text } });
const citation = {
  start: 0,
  end: 2,
  text: "Ok",
  sources: [{ type: "document", id: "doc_7", document: { id: "doc_7", snippet: "Page 7" } }],
};

const list = new AnswerList()
  .field("id", "answer-7", answer([ok], {}, { id: HERE }), [start(HERE), ...said(), end()], "answer-1")
  .field("message.content[].text", "Said 7", answer([{ type: "text", text: HERE }]), [start(), ...block(0, "text", HERE), end()], "Ok")
  .field(
    "message.content[].thinking",
    "Hm 7",
    answer([{ type: "thinking", thinking: HERE }, ok]),
    [start(), ...block(0, "thinking", HERE), ...said(1), end()],
    "Hm",
  )
  .field(
    "message.tool_plan",
    "Plan 7",
    answer([ok], { tool_plan: HERE }),
    [start(), { type: "tool-plan-delta", delta: { message: { tool_plan: HERE } } }, ...said(), end()],
    "Plan",
  )
  .field(
    "message.tool_calls[].function.name",
    "look_7",
    answer([], { tool_calls: [call(HERE, "{}")] }, { finish_reason: "TOOL_CALL" }),
    [
      start(),
      { type: "tool-call-start", index: 0, delta: { message: { tool_calls: call(HERE, "") } } },
      { type: "tool-call-delta", index: 0, delta: { message: { tool_calls: { function: { arguments: "{}" } } } } },
      { type: "tool-call-end", index: 0 },
      end({ finish_reason: "TOOL_CALL" }),
    ],
    "look_up",
  )
  .field(
    "message.citations[]",
    citation,
    answer([ok], { citations: [HERE] }),
    [
      start(),
      ...said(),
      { type: "citation-start", index: 0, delta: { message: { citations: HERE } } },
      { type: "citation-end", index: 0 },
      end(),
    ],
    { ...citation, sources: [] },
  )
  .field("logprobs", [{ text: "Ok", token_ids: [7], logprobs: [-0.7] }], answer([ok], {}, { logprobs: HERE }), null)
  .field("usage.tokens", { input_tokens: 97, output_tokens: 77 }, ...counts({ tokens: HERE }), usage.tokens)
  .field("usage.billed_units", { input_tokens: 87, output_tokens: 67 }, ...counts({ billed_units: HERE }), usage.billed_units)
  .field("usage.cached_tokens", 37, ...counts({ cached_tokens: HERE }))
  .error("message, 400", 400, "wrong 7", { message: HERE }, "wrong")
  .field(
    "error inside a stream",
    "broke 7",
    null,
    [start(), ...said(), { type: "message-end", delta: { error: HERE, finish_reason: "ERROR" } }],
    "broke",
  );
for (const reason of ["MAX_TOKENS", "STOP_SEQUENCE", "TOOL_CALL", "TIMEOUT"])
  list.field(
    `finish_reason ${reason}`,
    reason,
    answer([ok], {}, { finish_reason: HERE }),
    [start(), ...said(), end({ finish_reason: HERE })],
    "COMPLETE",
  );

export const cohere: ProviderAnswers = {
  source: "https://docs.cohere.com/reference/chat",
  nameOf: ({ type }) => String(type),
  last: "",
  rows: list.rows,
};
