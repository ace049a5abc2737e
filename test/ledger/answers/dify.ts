/** What Dify's apps answer, of workflows only whole answers, since the app of this ledger is a chat: https://docs.dify.ai/api-reference/chat/send-chat-message, https://docs.dify.ai/api-reference/workflow-execution/execute-workflow */
import { HERE } from "../fields.ts";
import { AnswerList, type ProviderAnswers } from "./rows.ts";

const usage = { prompt_tokens: 90, completion_tokens: 70, total_tokens: 160 };
const head = { task_id: "t", message_id: "answer-1", conversation_id: "45701982" };
const answer = (members: object = {}): object => ({
  event: "message",
  ...head,
  mode: "chat",
  answer: "Ok",
  metadata: { usage },
  created_at: 1700000000,
  ...members,
});
const said = { event: "message", ...head, answer: "Ok", created_at: 1700000000 };
const end = (members: object = {}): object => ({ event: "message_end", ...head, metadata: { usage }, ...members });
const top = (members: object): [object, readonly object[]] => [
  answer(members),
  [
    { ...said, ...members },
    { ...end(), ...members },
  ],
];
const meta = (members: object): [object, readonly object[]] => {
  const metadata = { usage, ...members };
  return [answer({ metadata }), [said, end({ metadata })]];
};
const counts = (told: object): [object, readonly object[]] => meta({ usage: { ...usage, ...told } });
const run = (data: object): object => ({ workflow_run_id: "answer-1", task_id: "t", data: { id: "d", status: "succeeded", ...data } });
const finished = (data: object): object => ({ event: "workflow_finished", ...run(data) });
const thought = (members: object): object => ({
  event: "agent_thought",
  ...head,
  id: "a",
  position: 1,
  thought: "Hm",
  observation: "",
  tool: "",
  tool_input: "",
  ...members,
});
const agent = { event: "agent_message", ...head, answer: "Ok" };

const list = new AnswerList()
  .field("message_id", "answer-7", ...top({ message_id: HERE }), "answer-1")
  .field("conversation_id", "45701987", ...top({ conversation_id: HERE }), "45701982")
  .field("created_at", 1700000007, ...top({ created_at: HERE }), 1700000000)
  .field("answer", "Said 7", answer({ answer: HERE }), [{ ...said, answer: HERE }, end()], "Ok")
  .field("answer of an agent_message", "Said 7", null, [{ ...agent, answer: HERE }, end()], "Ok")
  .field("thought of an agent_thought", "Hm 7", null, [thought({ thought: HERE }), agent, end()], "Hm")
  .field("tool of an agent_thought", "search_7", null, [thought({ tool: HERE }), agent, end()], "")
  .field("observation of an agent_thought", "found 7", null, [thought({ observation: HERE }), agent, end()], "")
  .field("message_file", "https://x.test/7.png", null, [{ event: "message_file", id: "f", type: "image", url: HERE }, said, end()], "")
  .field("tts_message", "UklGRg==", null, [said, { event: "tts_message", ...head, audio: HERE }, end()], "")
  .field("metadata.usage.prompt_tokens", 97, ...counts({ prompt_tokens: HERE }), 90)
  .field("metadata.usage.completion_tokens", 77, ...counts({ completion_tokens: HERE }), 70)
  .field("metadata.usage.total_price", "0.07", ...counts({ total_price: HERE }))
  .field(
    "metadata.retriever_resources[]",
    { position: 1, dataset_name: "pages", document_id: "doc_7", document_name: "Title 7", score: 0.7, content: "Page 7" },
    ...meta({ retriever_resources: [HERE] }),
  )
  .field("data.outputs, a text", "Said 7", run({ outputs: { text: HERE } }), null, "Ok")
  .field("data.outputs, an object", { a: "Said 7" }, run({ outputs: { text: HERE } }), null, { a: "Ok" })
  .field(
    "data.text of a text_chunk",
    "Said 7",
    null,
    [{ event: "text_chunk", workflow_run_id: "answer-1", data: { text: HERE } }, end()],
    "Ok",
  )
  .field("data.total_tokens", 167, run({ outputs: { text: "Ok" }, total_tokens: HERE }), null)
  .field(
    "data.error",
    "broke 7",
    run({ status: "failed", outputs: null, error: HERE }),
    [finished({ status: "failed", outputs: null, error: HERE })],
    "broke",
  )
  .error("message, 400", 400, "wrong 7", { code: "invalid_param", message: HERE, status: 400 }, "wrong")
  .error("code, 400", 400, "provider_quota_exceeded", { code: HERE, message: "wrong", status: 400 }, "invalid_param")
  .field(
    "message inside a stream",
    "broke 7",
    null,
    [said, { event: "error", ...head, status: 400, code: "invalid_param", message: HERE }],
    "broke",
  );

export const dify: ProviderAnswers = {
  source: "https://docs.dify.ai/api-reference/chat/send-chat-message",
  last: "",
  rows: list.rows,
};
