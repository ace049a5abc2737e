/** What DashScope's generation takes: https://help.aliyun.com/zh/model-studio/qwen-api-via-dashscope */
import { any, array, boolean, either, fields, object, oneOf, required, string, tagged, type Shape } from "../shape.ts";

const text = fields({ type: string, text: required(string) });
const texts = either(string, array(text, 1));
const call = fields({
  id: required(string),
  type: required(oneOf("function")),
  index: any,
  function: required(fields({ name: required(string), arguments: required(string) })),
});
const messageOf = (content: Shape): Shape =>
  tagged("role", {
    system: fields({ role: required(string), content: required(content) }),
    user: fields({ role: required(string), content: required(content) }),
    assistant: fields({ role: required(string), content: required(content), tool_calls: array(call, 1), partial: boolean }),
    tool: fields({ role: required(string), content: required(content), tool_call_id: required(string) }),
  });

const parameters = fields({
  result_format: oneOf("text", "message"),
  incremental_output: boolean,
  max_tokens: { is: "integer", min: 1 },
  temperature: { is: "number", min: 0, max: 1.99999 },
  top_p: { is: "number", min: 0.0000001, max: 1 },
  top_k: { is: "integer", min: 0 },
  seed: { is: "integer", min: 0 },
  n: { is: "integer", min: 1, max: 4 },
  presence_penalty: { is: "number", min: -2, max: 2 },
  repetition_penalty: { is: "number", min: 0 },
  stop: either(string, array(string)),
  response_format: object,
  tools: array(
    fields({
      type: required(oneOf("function")),
      function: required(fields({ name: required(string), description: string, parameters: object })),
    }),
  ),
  tool_choice: either(
    oneOf("auto", "none"),
    fields({ type: required(oneOf("function")), function: required(fields({ name: required(string) })) }),
  ),
  parallel_tool_calls: boolean,
  enable_thinking: boolean,
  thinking_budget: { is: "integer", min: 0 },
  enable_search: boolean,
  search_options: object,
});

export const textFields: Record<string, Shape> = {
  model: required(string),
  input: required(fields({ messages: required(array(messageOf(texts), 1)) })),
  parameters,
};

/** The service for images has nothing but parts, without types. */
export const multimodalFields: Record<string, Shape> = {
  model: required(string),
  input: required(
    fields({
      messages: required(array(messageOf(array(fields({ text: string, image: string }), 1)), 1)),
    }),
  ),
  parameters,
};

export const embeddingFields: Record<string, Shape> = {
  model: required(string),
  input: required(fields({ texts: required(array(string, 1, 25)) })),
  parameters: fields({
    dimension: { is: "integer", min: 1 },
    text_type: oneOf("query", "document"),
    output_type: string,
    instruct: string,
  }),
};
