/** Every field of OpenAI's Completions: https://platform.openai.com/docs/api-reference/completions/create */
import { FieldList, HERE, type ClientFields } from "../fields.ts";

const list = new FieldList()
  .instead("model", { model: HERE }, "some-model", "other-model")
  .instead("prompt", { prompt: HERE }, "other", 'Say 7 "so" \n ü 😀', ["Say 8"], ["Say", "more"], [1, 2], [[1, 2]])
  .top("suffix", "and so on 7")
  .top("echo", false, true)
  .top("best_of", 1, 3)
  .top("n", 1, 2)
  .top("max_tokens", 4321)
  .top("temperature", 0.437, 1.437)
  .top("top_p", 0.613)
  .top("stop", "END", ["END", "FIN"], ["a1", "b2", "c3", "d4", "e5", "f6"])
  .top("seed", 4711)
  .top("presence_penalty", 0, 0.31)
  .top("frequency_penalty", 0, 0.32)
  .top("logit_bias", {}, { "1734": -100 })
  .top("logprobs", 0, 3)
  .top("user", "user-7")
  .top("stream", true)
  .within("stream_options.include_usage", { stream: true, stream_options: { include_usage: HERE } }, true)
  .within("stream_options.include_obfuscation", { stream: true, stream_options: { include_obfuscation: HERE } }, false)
  .top("some_new_field", "new-7");

export const completions: ClientFields = {
  title: "OpenAI Completions",
  source: "https://platform.openai.com/docs/api-reference/completions/create",
  turns: "",
  smallest: { model: "some-model", prompt: "Hi" },
  rows: list.rows,
};
