/** What MiniMax's `chatcompletion_pro` answers: https://platform.minimaxi.com/document/guides/chat-model/pro */
import { HERE } from "../fields.ts";
import { AnswerList, type ProviderAnswers } from "./rows.ts";

const usage = { prompt_tokens: 90, completion_tokens: 70, total_tokens: 160 };
const ok = { status_code: 0, status_msg: "" };
const bot = (text: unknown): object => ({ sender_type: "BOT", sender_name: "assistant", text });
const head = { created: 1700000000, model: "some-model" };
const answer = (messages: unknown[] = [bot("Ok")], finish: unknown = "stop", members: object = {}): object => ({
  ...head,
  reply: "Ok",
  choices: [{ finish_reason: finish, index: 0, messages }],
  usage,
  id: "answer-1",
  base_resp: ok,
  ...members,
});
const chunk = (text: unknown): object => ({ ...head, reply: "", choices: [{ messages: [bot(text)] }], request_id: "answer-1" });
const last = answer();
const top = (members: object): [object, readonly object[]] => [
  answer([bot("Ok")], "stop", members),
  [chunk("Ok"), last].map((event) => ({ ...event, ...members })),
];
const counts = (told: object): [object, readonly object[]] => {
  const counted = answer([bot("Ok")], "stop", { usage: { ...usage, ...told } });
  return [counted, [chunk("Ok"), counted]];
};

const list = new AnswerList()
  .field(
    "id",
    "answer-7",
    answer([bot("Ok")], "stop", { id: HERE }),
    [
      { ...chunk("Ok"), request_id: HERE },
      { ...last, id: HERE },
    ],
    "answer-1",
  )
  .field("model", "model-7", ...top({ model: HERE }), "some-model")
  .field("created", 1700000007, ...top({ created: HERE }), 1700000000)
  .field("choices[].messages[].text", "Said 7", answer([bot(HERE)]), [chunk(HERE), answer([bot(HERE)])], "Ok")
  .field("reply", "Said 7", answer([bot("Ok")], "stop", { reply: HERE }), [chunk("Ok"), { ...last, reply: HERE }], "Ok")
  .field("choices[].finish_reason length", "length", answer([bot("Ok")], HERE), [chunk("Ok"), answer([bot("Ok")], HERE)], "stop")
  .field("choices[].finish_reason max_output", "max_output", answer([bot("Ok")], HERE), [chunk("Ok"), answer([bot("Ok")], HERE)], "stop")
  .field("input_sensitive", true, ...top({ input_sensitive: HERE }))
  .field("output_sensitive", true, ...top({ output_sensitive: HERE }))
  .field("usage.prompt_tokens", 97, ...counts({ prompt_tokens: HERE }), 90)
  .field("usage.completion_tokens", 77, ...counts({ completion_tokens: HERE }), 70)
  .field(
    "base_resp.status_msg",
    "wrong 7",
    { ...head, reply: "", choices: null, base_resp: { status_code: 2013, status_msg: HERE } },
    [chunk("Ok"), { ...head, reply: "", choices: null, base_resp: { status_code: 2013, status_msg: HERE } }],
    "wrong",
  )
  .field(
    "base_resp.status_code",
    1008,
    { ...head, reply: "", choices: null, base_resp: { status_code: HERE, status_msg: "wrong" } },
    [chunk("Ok"), { ...head, reply: "", choices: null, base_resp: { status_code: HERE, status_msg: "wrong" } }],
    2013,
  );

export const minimax: ProviderAnswers = {
  source: "https://platform.minimaxi.com/document/guides/chat-model/pro",
  last: "",
  rows: list.rows,
};
