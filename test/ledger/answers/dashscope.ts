/** What DashScope's generation answers, with `incremental_output`: https://help.aliyun.com/zh/model-studio/qwen-api-via-dashscope */
import { HERE } from "../fields.ts";
import { AnswerList, type ProviderAnswers } from "./rows.ts";

const usage = { input_tokens: 90, output_tokens: 70, total_tokens: 160 };
const page = (url: unknown, title: unknown): object => ({ site_name: "x", icon: "", index: 1, title, url });
const part = (message: object, finish: unknown, output: object = {}, members: object = {}): object => ({
  output: { choices: [{ message: { role: "assistant", content: "", ...message }, finish_reason: finish }], ...output },
  usage,
  request_id: "answer-1",
  ...members,
});
const answer = (message: object = {}, finish: unknown = "stop", output: object = {}, members: object = {}): object =>
  part({ content: "Ok", ...message }, finish, output, members);
const said = part({ content: "Ok" }, "null");
const done = part({}, "stop");
const counts = (told: object): [object, readonly object[]] => {
  const members = { usage: { ...usage, ...told } };
  return [answer({}, "stop", {}, members), [said, part({}, "stop", {}, members)]];
};
const call = { index: 0, id: "call_7", type: "function", function: { name: "look_7", arguments: '{"city":"Ulm 7"}' } };
const otherCall = { ...call, id: "call_1", function: { name: "look_up", arguments: "{}" } };

const list = new AnswerList()
  .field(
    "request_id",
    "answer-7",
    answer({}, "stop", {}, { request_id: HERE }),
    [said, done].map((event) => ({ ...event, request_id: HERE })),
    "answer-1",
  )
  .field("output.choices[].message.content", "Said 7", answer({ content: HERE }), [part({ content: HERE }, "null"), done], "Ok")
  .field(
    "output.choices[].message.content[].text",
    "Said 7",
    answer({ content: [{ text: HERE }] }),
    [part({ content: [{ text: HERE }] }, "null"), done],
    "Ok",
  )
  .field("output.choices[].message.reasoning_content", "Hm 7", answer({ reasoning_content: HERE }), [
    part({ reasoning_content: HERE }, "null"),
    said,
    done,
  ])
  .field(
    "output.choices[].message.tool_calls[]",
    call,
    answer({ tool_calls: [HERE] }, "tool_calls"),
    [said, part({ tool_calls: [HERE] }, "null"), part({}, "tool_calls")],
    otherCall,
  )
  .field(
    "output.search_info.search_results[]",
    page("https://x.test/7", "Title 7"),
    answer({}, "stop", { search_info: { search_results: [HERE] } }),
    [
      part({ content: "Ok" }, "null", { search_info: { search_results: [HERE] } }),
      part({}, "stop", { search_info: { search_results: [HERE] } }),
    ],
  )
  .field("usage.input_tokens", 97, ...counts({ input_tokens: HERE }), 90)
  .field("usage.output_tokens", 77, ...counts({ output_tokens: HERE }), 70)
  .field("usage.prompt_tokens_details.cached_tokens", 37, ...counts({ prompt_tokens_details: { cached_tokens: HERE } }))
  .field("usage.output_tokens_details.reasoning_tokens", 17, ...counts({ output_tokens_details: { reasoning_tokens: HERE } }))
  .field("usage.image_tokens", 27, ...counts({ image_tokens: HERE }))
  .field("usage.plugins.search.count", 2, ...counts({ plugins: { search: { count: HERE } } }))
  .error("message, 400", 400, "wrong 7", { code: "InvalidParameter", message: HERE, request_id: "answer-1" }, "wrong")
  .error("code, 429", 429, "Arrearage", { code: HERE, message: "wrong", request_id: "answer-1" }, "Throttling")
  .field("message inside a stream", "broke 7", null, [said, { code: "InternalError", message: HERE, request_id: "answer-1" }], "broke");
for (const reason of ["length", "tool_calls"])
  list.field(`output.choices[].finish_reason ${reason}`, reason, answer({}, HERE), [said, part({}, HERE)], "stop");

export const dashscope: ProviderAnswers = {
  source: "https://help.aliyun.com/zh/model-studio/qwen-api-via-dashscope",
  nameOf: (event) => ("output" in event ? "result" : "error"),
  last: "",
  rows: list.rows,
};
