/** What Anthropic's Messages answer: https://docs.anthropic.com/en/api/messages, streamed https://docs.anthropic.com/en/docs/build-with-claude/streaming */
import { HERE } from "../fields.ts";
import { AnswerList, type ProviderAnswers } from "./rows.ts";

const usage = { input_tokens: 90, output_tokens: 70 };
const message = { id: "msg_1", type: "message", role: "assistant", model: "some-model" };
const text = { type: "text", text: "Ok" };
const answer = (content: unknown[], members: object = {}): object => ({
  ...message,
  content,
  stop_reason: "end_turn",
  stop_sequence: null,
  usage,
  ...members,
});
const start = (members: object = {}): object => ({
  type: "message_start",
  message: { ...message, content: [], stop_reason: null, stop_sequence: null, usage: { ...usage, output_tokens: 1 }, ...members },
});
const block = (index: number, content_block: unknown, ...deltas: unknown[]): readonly object[] => [
  { type: "content_block_start", index, content_block },
  ...deltas.map((delta) => ({ type: "content_block_delta", index, delta })),
  { type: "content_block_stop", index },
];
const said = (index = 0): readonly object[] => block(index, { type: "text", text: "" }, { type: "text_delta", text: "Ok" });
const end = (delta: object = {}, counts: object = {}): readonly object[] => [
  { type: "message_delta", delta: { stop_reason: "end_turn", stop_sequence: null, ...delta }, usage: { output_tokens: 70, ...counts } },
  { type: "message_stop" },
];
const counts = (members: object): [object, readonly object[]] => [
  answer([text], { usage: { ...usage, ...members } }),
  [start({ usage: { ...usage, output_tokens: 1, ...members } }), ...said(), ...end()],
];
const stops = (delta: object): [object, readonly object[]] => [answer([text], delta), [start(), ...said(), ...end(delta)]];
const citation = {
  type: "web_search_result_location",
  url: "https://x.test/7",
  title: "Title 7",
  encrypted_index: "e7",
  cited_text: "Cited 7",
};
const page = {
  type: "char_location",
  cited_text: "Page 7",
  document_index: 0,
  document_title: "T",
  start_char_index: 0,
  end_char_index: 6,
};
const cited = (of: unknown): [object, readonly object[]] => [
  answer([{ ...text, citations: of === HERE ? [HERE] : of }]),
  [
    start(),
    ...block(0, { type: "text", text: "" }, { type: "text_delta", text: "Ok" }, { type: "citations_delta", citation: HERE }),
    ...end(),
  ],
];
const tool = (name: string, input: object): object => ({ type: "tool_use", id: "toolu_7", name, input });

const list = new AnswerList()
  .field("id", "msg_7", answer([text], { id: HERE }), [start({ id: HERE }), ...said(), ...end()], "msg_1")
  .field("model", "model-7", answer([text], { model: HERE }), [start({ model: HERE }), ...said(), ...end()], "some-model")
  .field(
    "content[] of type text",
    "Said 7",
    answer([{ type: "text", text: HERE }]),
    [start(), ...block(0, { type: "text", text: "" }, { type: "text_delta", text: HERE }), ...end()],
    "Ok",
  )
  .field(
    "content[].thinking",
    "Hm 7",
    answer([{ type: "thinking", thinking: HERE, signature: "c2ln" }, text]),
    [
      start(),
      ...block(
        0,
        { type: "thinking", thinking: "", signature: "" },
        { type: "thinking_delta", thinking: HERE },
        { type: "signature_delta", signature: "c2ln" },
      ),
      ...said(1),
      ...end(),
    ],
    "Hm",
  )
  .field(
    "content[].signature",
    "c2lnNw==",
    answer([{ type: "thinking", thinking: "Hm", signature: HERE }, text]),
    [
      start(),
      ...block(
        0,
        { type: "thinking", thinking: "", signature: "" },
        { type: "thinking_delta", thinking: "Hm" },
        { type: "signature_delta", signature: HERE },
      ),
      ...said(1),
      ...end(),
    ],
    "c2ln",
  )
  .field(
    "content[] of type redacted_thinking",
    { type: "redacted_thinking", data: "cmVkNw==" },
    answer([HERE, text]),
    [
      start(),
      { type: "content_block_start", index: 0, content_block: HERE },
      { type: "content_block_stop", index: 0 },
      ...said(1),
      ...end(),
    ],
    { type: "redacted_thinking", data: "cmVk" },
  )
  .field(
    "content[] of type tool_use",
    "look_7",
    answer([tool(HERE, { city: "Ulm" })], { stop_reason: "tool_use" }),
    [
      start(),
      ...block(0, tool(HERE, {}), { type: "input_json_delta", partial_json: '{"city":"Ulm"}' }),
      ...end({ stop_reason: "tool_use" }),
    ],
    "look_up",
  )
  .field("content[].input", "Ulm 7", answer([tool("look_up", { city: HERE })], { stop_reason: "tool_use" }), null, "Ulm")
  .field("content[].citations[] of a web search", citation, ...cited(HERE))
  .field("content[].citations[] of a document", page, ...cited(HERE))
  .field(
    "content[] of type server_tool_use",
    { type: "server_tool_use", id: "srvtoolu_7", name: "web_search", input: { query: "q7" } },
    answer([HERE, text]),
    null,
  )
  .field(
    "content[] of type web_search_tool_result",
    {
      type: "web_search_tool_result",
      tool_use_id: "srvtoolu_7",
      content: [{ type: "web_search_result", url: "https://x.test/7", title: "T", encrypted_content: "e" }],
    },
    answer([HERE, text]),
    null,
  )
  .field("stop_sequence", "END7", ...stops({ stop_reason: "stop_sequence", stop_sequence: HERE }), "END")
  .field("usage.input_tokens", 97, ...counts({ input_tokens: HERE }), 90)
  .field(
    "usage.output_tokens",
    77,
    answer([text], { usage: { ...usage, output_tokens: HERE } }),
    [start(), ...said(), ...end({}, { output_tokens: HERE })],
    70,
  )
  .field("usage.cache_read_input_tokens", 37, ...counts({ cache_read_input_tokens: HERE }))
  .field("usage.cache_creation_input_tokens", 27, ...counts({ cache_creation_input_tokens: HERE }))
  .field(
    "usage.cache_creation.ephemeral_1h_input_tokens",
    7,
    ...counts({ cache_creation_input_tokens: 7, cache_creation: { ephemeral_1h_input_tokens: HERE, ephemeral_5m_input_tokens: 0 } }),
    0,
  )
  .field("usage.server_tool_use", { web_search_requests: 7 }, ...counts({ server_tool_use: HERE }))
  .field("usage.service_tier", "priority", ...counts({ service_tier: HERE }))
  .error("error.message, 400", 400, "wrong 7", { type: "error", error: { type: "invalid_request_error", message: HERE } }, "wrong")
  .error("error.type, 529", 529, "overloaded_error", { type: "error", error: { type: HERE, message: "busy" } }, "api_error")
  .error(
    "request_id",
    400,
    "req_7",
    { type: "error", error: { type: "invalid_request_error", message: "wrong" }, request_id: HERE },
    undefined,
  )
  .field(
    "error inside a stream",
    { type: "overloaded_error", message: "busy 7" },
    null,
    [start(), ...said(), { type: "error", error: HERE }],
    { type: "overloaded_error", message: "busy" },
  );
for (const reason of ["max_tokens", "stop_sequence", "tool_use", "pause_turn", "refusal", "model_context_window_exceeded"])
  list.field(`stop_reason ${reason}`, reason, ...stops({ stop_reason: HERE }), "end_turn");

export const anthropic: ProviderAnswers = {
  source: "https://docs.anthropic.com/en/api/messages",
  nameOf: ({ type }) => String(type),
  last: "",
  rows: list.rows,
};
