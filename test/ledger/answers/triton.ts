/** What the generate extension of Triton and other KServe servers answers: https://docs.nvidia.com/deeplearning/triton-inference-server/user-guide/docs/protocol/extension_generate.html */
import { HERE } from "../fields.ts";
import { AnswerList, type ProviderAnswers } from "./rows.ts";

const said = { id: "answer-1", model_name: "some-model", model_version: "1", text_output: "Ok" };
const both = (members: object): [object, readonly object[]] => [{ ...said, ...members }, [{ ...said, ...members }]];

const list = new AnswerList()
  .field("id", "answer-7", ...both({ id: HERE }), "answer-1")
  .field("model_name", "model-7", ...both({ model_name: HERE }), "some-model")
  .field("model_version", "7", ...both({ model_version: HERE }), "1")
  .field("text_output", "Said 7", ...both({ text_output: HERE }), "Ok")
  .field("text_output, a list", "Said 7", ...both({ text_output: [HERE] }), "Ok")
  .field("another output of the model", "odd 7", ...both({ cum_log_probs: HERE }))
  .error("error, 400", 400, "wrong 7", { error: HERE }, "wrong")
  .field("error inside a stream", "broke 7", null, [said, { error: HERE }], "broke");

export const triton: ProviderAnswers = {
  source: "https://docs.nvidia.com/deeplearning/triton-inference-server/user-guide/docs/protocol/extension_generate.html",
  last: "",
  rows: list.rows,
};
