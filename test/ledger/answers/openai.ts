/** What OpenAI's chat completions answer: https://platform.openai.com/docs/api-reference/chat/object, streamed https://platform.openai.com/docs/api-reference/chat-streaming */
import { HERE } from "../fields.ts";
import { AnswerList, type ProviderAnswers } from "./rows.ts";

const usage = { prompt_tokens: 90, completion_tokens: 70, total_tokens: 160 };
const head = { id: "chatcmpl-1", created: 1700000000, model: "some-model" };
const answer = (message: object, choice: object = {}, members: object = {}): object => ({
  ...head,
  object: "chat.completion",
  choices: [{ index: 0, message: { role: "assistant", content: "Ok", ...message }, finish_reason: "stop", ...choice }],
  usage,
  ...members,
});
const chunk = (choice: object | null, members: object = {}): object => ({
  ...head,
  object: "chat.completion.chunk",
  choices: choice === null ? [] : [{ index: 0, delta: {}, finish_reason: null, ...choice }],
  ...members,
});
const said = chunk({ delta: { role: "assistant", content: "Ok" } });
const done = chunk({ finish_reason: "stop" });
const counted = chunk(null, { usage });
const call = { id: "call_7", type: "function", function: { name: "look_7", arguments: '{"city":"Ulm 7"}' } };
const delta = (members: object): readonly object[] => [said, chunk({ delta: members }), done, counted];
const counts = (members: object): [object, readonly object[]] => {
  const told = { ...usage, ...members };
  return [answer({}, {}, { usage: told }), [said, done, chunk(null, { usage: told })]];
};
const top = (members: object): [object, readonly object[]] => [
  answer({}, {}, members),
  [said, done, counted].map((event) => ({ ...event, ...members })),
];
const citation = { type: "url_citation", url_citation: { url: "https://x.test/7", title: "Title 7", start_index: 0, end_index: 2 } };
const probability = {
  content: [{ token: "Ok", logprob: -0.7, bytes: [79, 107], top_logprobs: [{ token: "No", logprob: -1.7, bytes: null }] }],
};

const list = new AnswerList()
  .field("id", "chatcmpl-7", ...top({ id: HERE }), "chatcmpl-1")
  .field("model", "model-7", ...top({ model: HERE }), "some-model")
  .field("created", 1700000007, ...top({ created: HERE }), 1700000000)
  .field("service_tier", "flex", ...top({ service_tier: HERE }))
  .field("system_fingerprint", "fp_7", ...top({ system_fingerprint: HERE }))
  .field(
    "choices[].message.content",
    "Said 7",
    answer({ content: HERE }),
    [chunk({ delta: { role: "assistant", content: HERE } }), done, counted],
    "Ok",
  )
  .field(
    "choices[].message.refusal",
    "No 7",
    answer({ content: null, refusal: HERE }),
    [chunk({ delta: { role: "assistant", refusal: HERE } }), done, counted],
    "No",
  )
  .field("choices[].message.reasoning_content", "Hm 7", answer({ reasoning_content: HERE }), [
    chunk({ delta: { role: "assistant", reasoning_content: HERE } }),
    said,
    done,
    counted,
  ])
  .field(
    "choices[].message.tool_calls[]",
    call,
    answer({ tool_calls: [HERE] }, { finish_reason: "tool_calls" }),
    [said, chunk({ delta: { tool_calls: [HERE] } }), chunk({ finish_reason: "tool_calls" }), counted],
    { ...call, index: 0, id: "call_1", function: { name: "look_up", arguments: "{}" } },
  )
  .field("choices[].message.annotations[]", citation, answer({ annotations: [HERE] }), delta({ annotations: [HERE] }))
  .field(
    "choices[].message.audio",
    { id: "audio_7", data: "UklGRg==", expires_at: 1700000007, transcript: "Heard 7" },
    answer({ audio: HERE }),
    delta({ audio: HERE }),
  )
  .field("choices[].logprobs", probability, answer({}, { logprobs: HERE }), [
    chunk({ delta: { role: "assistant", content: "Ok" }, logprobs: HERE }),
    done,
    counted,
  ])
  .field(
    "choices[] more than one",
    { index: 1, message: { role: "assistant", content: "Or 7" }, delta: { content: "Or 7" }, finish_reason: "stop" },
    { ...answer({}), choices: [{ index: 0, message: { role: "assistant", content: "Ok" }, finish_reason: "stop" }, HERE] },
    [said, done, { ...head, object: "chat.completion.chunk", choices: [HERE] }, counted],
  )
  .field("usage.prompt_tokens", 97, ...counts({ prompt_tokens: HERE }), 90)
  .field("usage.completion_tokens", 77, ...counts({ completion_tokens: HERE }), 70)
  .field("usage.prompt_tokens_details.cached_tokens", 37, ...counts({ prompt_tokens_details: { cached_tokens: HERE } }))
  .field("usage.prompt_tokens_details.audio_tokens", 27, ...counts({ prompt_tokens_details: { audio_tokens: HERE } }))
  .field("usage.completion_tokens_details.reasoning_tokens", 17, ...counts({ completion_tokens_details: { reasoning_tokens: HERE } }))
  .field("usage.completion_tokens_details.audio_tokens", 7, ...counts({ completion_tokens_details: { audio_tokens: HERE } }))
  .field(
    "usage.completion_tokens_details.accepted_prediction_tokens",
    6,
    ...counts({ completion_tokens_details: { accepted_prediction_tokens: HERE } }),
  )
  .error(
    "error.message, 400",
    400,
    "wrong 7",
    { error: { message: HERE, type: "invalid_request_error", param: null, code: null } },
    "wrong",
  )
  .error("error.param, 400", 400, "messages", { error: { message: "wrong", type: "invalid_request_error", param: HERE, code: null } }, null)
  .error(
    "error.code, 429",
    429,
    "insufficient_quota",
    { error: { message: "none left", type: "insufficient_quota", param: null, code: HERE } },
    "rate_limit_exceeded",
  )
  .field("error inside a stream", { message: "broke 7", type: "server_error" }, null, [said, { error: HERE }], {
    message: "broke",
    type: "server_error",
  });
for (const reason of ["length", "tool_calls", "content_filter", "function_call"])
  list.field(
    `choices[].finish_reason ${reason}`,
    reason,
    answer({}, { finish_reason: HERE }),
    [said, chunk({ finish_reason: HERE }), counted],
    "stop",
  );

export const openai: ProviderAnswers = {
  source: "https://platform.openai.com/docs/api-reference/chat/object",
  last: "data: [DONE]\n\n",
  rows: list.rows,
};
