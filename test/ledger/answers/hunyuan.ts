/** What Hunyuan's `ChatCompletions` answers: https://cloud.tencent.com/document/product/1729/105701, its types https://cloud.tencent.com/document/api/1729/101838 */
import { HERE } from "../fields.ts";
import { AnswerList, type ProviderAnswers } from "./rows.ts";

const usage = { PromptTokens: 90, CompletionTokens: 70, TotalTokens: 160 };
const head = { Id: "answer-1", Created: 1700000000, Note: "made by a machine", Usage: usage };
const answer = (message: object = {}, finish: unknown = "stop", members: object = {}): object => ({
  Response: {
    RequestId: "request-1",
    ...head,
    Choices: [{ Index: 0, Message: { Role: "assistant", Content: "Ok", ...message }, FinishReason: finish }],
    ...members,
  },
});
const chunk = (delta: object, finish: unknown = "", members: object = {}): object => ({
  ...head,
  Choices: [{ Index: 0, Delta: { Role: "assistant", Content: "", ...delta }, FinishReason: finish }],
  ...members,
});
const said = chunk({ Content: "Ok" });
const done = chunk({}, "stop");
const top = (members: object): [object, readonly object[]] => [
  answer({}, "stop", members),
  [said, done].map((event) => ({ ...event, ...members })),
];
const counts = (told: object): [object, readonly object[]] => top({ Usage: { ...usage, ...told } });
const call = (name: string, text: string): object => ({
  Id: "call_7",
  Index: 0,
  Type: "function",
  Function: { Name: name, Arguments: text },
});

const list = new AnswerList()
  .field("Id", "answer-7", ...top({ Id: HERE }), "answer-1")
  .field("Created", 1700000007, ...top({ Created: HERE }), 1700000000)
  .field("Note", "a machine's 7", ...top({ Note: HERE }), "made by a machine")
  .field("ModerationLevel", "7", ...top({ ModerationLevel: HERE }))
  .field("Choices[].Message.Content", "Said 7", answer({ Content: HERE }), [chunk({ Content: HERE }), done], "Ok")
  .field("Choices[].Message.ReasoningContent", "Hm 7", answer({ ReasoningContent: HERE }), [chunk({ ReasoningContent: HERE }), said, done])
  .field(
    "Choices[].Message.ToolCalls[]",
    call("look_7", '{"city":"Ulm 7"}'),
    answer({ ToolCalls: [HERE] }, "tool_calls"),
    [said, chunk({ ToolCalls: [HERE] }), chunk({}, "tool_calls")],
    call("look_up", "{}"),
  )
  .field(
    "SearchInfo.SearchResults[]",
    { Index: 1, Title: "Title 7", Url: "https://x.test/7", Text: "Page 7" },
    ...top({ SearchInfo: { SearchResults: [HERE] } }),
  )
  .field("RecommendedQuestions[]", "Why 7?", ...top({ RecommendedQuestions: [HERE] }))
  .field("Usage.PromptTokens", 97, ...counts({ PromptTokens: HERE }), 90)
  .field("Usage.CompletionTokens", 77, ...counts({ CompletionTokens: HERE }), 70)
  .field(
    "Response.Error.Message",
    "wrong 7",
    { Response: { RequestId: "request-1", Error: { Code: "InvalidParameter", Message: HERE } } },
    null,
    "wrong",
  )
  .field(
    "Response.Error.Code",
    "AuthFailure.SignatureFailure",
    { Response: { RequestId: "request-1", Error: { Code: HERE, Message: "wrong" } } },
    null,
    "InvalidParameter",
  )
  .field("ErrorMsg inside a stream", "broke 7", null, [said, { Id: "answer-1", ErrorMsg: { Msg: HERE, Code: 4001 } }], "broke");
for (const reason of ["tool_calls", "sensitive"])
  list.field(`Choices[].FinishReason ${reason}`, reason, answer({}, HERE), [said, chunk({}, HERE)], "stop");

export const hunyuan: ProviderAnswers = {
  source: "https://cloud.tencent.com/document/api/1729/101838",
  last: "data: [DONE]\n\n",
  rows: list.rows,
};
