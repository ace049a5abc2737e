/** Every field of OpenAI's Responses: https://platform.openai.com/docs/api-reference/responses/create */
import { FieldList, HERE, type ClientFields } from "../fields.ts";

const PIXEL = "iVBORw0KGgoAAAANSUhEUg==";
const SCHEMA = { type: "object", properties: { city: { type: "string" } }, required: ["city"], additionalProperties: false };
const TOOL = { type: "function", name: "look_up", parameters: SCHEMA };
const CALL = { type: "function_call", call_id: "call_a1", name: "look_up", arguments: '{"city":"Ulm"}' };
const RESULT = { type: "function_call_output", call_id: "call_a1", output: "Sun" };
const hi = { role: "user", content: "Hi" };
const on = { role: "user", content: "Go on" };

const said = (...input: unknown[]): unknown => ({ input });
const part = (...parts: unknown[]): unknown => said({ role: "user", content: [{ type: "input_text", text: "Hi" }, ...parts] });
const item = (...items: unknown[]): unknown => said(hi, ...items, on);
const round = (call: unknown, result: unknown): unknown => ({ tools: [TOOL], ...(said(hi, call, result) as object) });
const tool = (members: object): unknown => ({ tools: [{ ...TOOL, ...members }] });
const format = (members: object): unknown => ({ text: { format: { type: "json_schema", name: "place", schema: SCHEMA, ...members } } });
const message = (...content: unknown[]): unknown => item({ type: "message", role: "assistant", id: "msg_7", status: "completed", content });
const reasoning = (members: object): unknown =>
  item({ type: "reasoning", id: "rs_7", summary: [], ...members }, { role: "assistant", content: "Ok" });

const list = new FieldList()
  .instead("model", { model: HERE }, "some-model", "other-model")
  .instead("input", { input: HERE }, "other", 'Say 7 "so" \n ü 😀')
  .top("instructions", "Be 7")
  .top("temperature", 0.437, 1.437)
  .top("top_p", 0.613)
  .top("max_output_tokens", 4321)
  .top("top_logprobs", 0, 3)
  .top("include", ["message.output_text.logprobs"], ["reasoning.encrypted_content"], ["file_search_call.results"])
  .top("user", "user-7")
  .top("safety_identifier", "safe-7")
  .top("metadata", { topic: "t-7" })
  .top("store", true, false)
  .top("prompt_cache_key", "cache-7")
  .top("prompt_cache_retention", "24h")
  .top("service_tier", "auto", "flex", "priority")
  .top("truncation", "disabled", "auto")
  .top("max_tool_calls", 7)
  .top("previous_response_id", "resp_7")
  .top("conversation", "conv_7")
  .top("prompt", { id: "pmpt_7" })
  .top("background", false, true)
  .top("context_management", [{ type: "compaction", compact_threshold: 7007 }])
  .top("some_new_field", "new-7")
  .top("stream", true)
  .within("stream_options.include_obfuscation", { stream: true, stream_options: { include_obfuscation: HERE } }, false)
  .within("reasoning.effort", { reasoning: { effort: HERE } }, "none", "minimal", "low", "medium", "high", "xhigh")
  .within("reasoning.summary", { reasoning: { effort: "low", summary: HERE } }, "auto", "detailed")
  .within("text.verbosity", { text: { verbosity: HERE } }, "medium", "low")
  .instead("text.format.type", { text: { format: { type: HERE } } }, "text", "json_object")
  .instead("text.format.schema", { text: { format: { type: "json_schema", name: "place", schema: HERE } } }, { type: "object" }, SCHEMA)
  .instead("text.format.name", format({ name: HERE }), "other", "place-7")
  .within("text.format.description", format({ description: HERE }), "a place 7")
  .within("text.format.strict", format({ strict: HERE }), true)
  .within("tools[]", { tools: [TOOL, HERE] }, { type: "function", name: "look_7", description: "looks 7", parameters: SCHEMA })
  .within("tools[].description", tool({ description: HERE }), "looks 8")
  .within("tools[].strict", tool({ strict: HERE }), true)
  .within("tools[] of type web_search", { tools: [TOOL, HERE] }, { type: "web_search" })
  .within("tools[] of type file_search", { tools: [TOOL, HERE] }, { type: "file_search", vector_store_ids: ["vs_7"] })
  .within("tools[] of type code_interpreter", { tools: [TOOL, HERE] }, { type: "code_interpreter", container: { type: "auto" } })
  .within("tools[] of type mcp", { tools: [TOOL, HERE] }, { type: "mcp", server_label: "m", server_url: "https://x.test/mcp7" })
  .within("tools[] of type image_generation", { tools: [TOOL, HERE] }, { type: "image_generation" })
  .within("tools[] of type custom", { tools: [TOOL, HERE] }, { type: "custom", name: "grep_7" })
  .within("tool_choice", { tools: [TOOL], tool_choice: HERE }, "auto", "none", "required")
  .within("tool_choice {function}", { tools: [TOOL], tool_choice: HERE }, { type: "function", name: "look_up" })
  .within(
    "tool_choice {allowed_tools}",
    { tools: [TOOL, { ...TOOL, name: "look_out" }], tool_choice: HERE },
    { type: "allowed_tools", mode: "auto", tools: [{ type: "function", name: "look_up" }] },
  )
  .within("tool_choice {hosted}", { tools: [TOOL], tool_choice: HERE }, { type: "web_search" })
  .within("parallel_tool_calls", { tools: [TOOL], parallel_tool_calls: HERE }, true, false)
  .within("input[] of role system", said(HERE, hi), { role: "system", content: "Be 8" })
  .within("input[] of role developer", said(HERE, hi), { role: "developer", content: "Be 9" })
  .within("input[] of role assistant", said(hi, HERE, on), { role: "assistant", content: "Yes 7" })
  .within("input[].content[].text of an input_text", part(HERE), { type: "input_text", text: "More 7" })
  .within("input[].content[].text of an output_text", message({ type: "output_text", text: "Ok", annotations: [] }, HERE), {
    type: "output_text",
    text: "Said 7",
    annotations: [],
  })
  .within("input[].content[].annotations", message({ type: "output_text", text: "Ok", annotations: HERE }), [
    { type: "url_citation", url: "https://x.test/7", title: "T", start_index: 0, end_index: 2 },
  ])
  .within("input[].content[].logprobs", message({ type: "output_text", text: "Ok", annotations: [], logprobs: HERE }), [
    { token: "Ok", logprob: -0.7, bytes: [79, 107], top_logprobs: [] },
  ])
  .within("input[].content[].refusal", message(HERE), { type: "refusal", refusal: "No 7" })
  .within("input[].status", said(hi, { type: "message", role: "assistant", content: "Yes", status: HERE }, on), "incomplete")
  .instead("input[].content[].image_url", part({ type: "input_image", image_url: HERE }), "https://x.test/a.png", "https://x.test/7.png")
  .within("input[].content[].image_url, a data URL", part(HERE), { type: "input_image", image_url: `data:image/png;base64,${PIXEL}` })
  .within("input[].content[].detail", part({ type: "input_image", image_url: "https://x.test/a.png", detail: HERE }), "low")
  .within("input[].content[].file_id of an input_image", part(HERE), { type: "input_image", file_id: "file-8" })
  .within("input[].content[].file_data", part(HERE), {
    type: "input_file",
    filename: "a.pdf",
    file_data: "data:application/pdf;base64,JVBERi0=",
  })
  .instead(
    "input[].content[].filename",
    part({ type: "input_file", filename: HERE, file_data: "data:application/pdf;base64,JVBERi0=" }),
    "other.pdf",
    "seven.pdf",
  )
  .within("input[].content[].file_url", part(HERE), { type: "input_file", file_url: "https://x.test/7.pdf" })
  .within("input[].content[].file_id", part(HERE), { type: "input_file", file_id: "file-7" })
  .within("input[].content[].input_audio", part(HERE), { type: "input_audio", input_audio: { data: "UklGRg==", format: "wav" } })
  .within("input[].content[] of another type", part(HERE), { type: "hologram", data: "7" })
  .instead(
    "input[] of type function_call",
    {
      tools: [TOOL],
      ...(said(hi, CALL, HERE, RESULT, { ...RESULT, call_id: "call_b2" }) as object),
    },
    { ...CALL, call_id: "call_b2", name: "look_out", arguments: "{}" },
    { ...CALL, call_id: "call_b2", arguments: '{"city":"Köln"}' },
  )
  .instead("input[].arguments", round({ ...CALL, arguments: HERE }, RESULT), '{"city":"Bonn"}', '{"city":"Rom","days":[1,2.50]}')
  .instead("input[].output", round(CALL, { ...RESULT, output: HERE }), "Other", "Sun 7")
  .within("input[].output[], a text", round(CALL, { ...RESULT, output: [{ type: "input_text", text: "See" }, HERE] }), {
    type: "input_text",
    text: "Rain 7",
  })
  .within("input[].output[], an image", round(CALL, { ...RESULT, output: [{ type: "input_text", text: "See" }, HERE] }), {
    type: "input_image",
    image_url: `data:image/png;base64,${PIXEL}`,
  })
  .within("input[].summary of a reasoning", reasoning({ summary: HERE }), [{ type: "summary_text", text: "Hm 7" }])
  .within("input[].content of a reasoning", reasoning({ content: HERE }), [{ type: "reasoning_text", text: "Hm 8" }])
  .within("input[].encrypted_content, OpenAI's", reasoning({ encrypted_content: HERE }), "gAAAAB7-7")
  .within(
    "input[].encrypted_content, Anthropic's",
    reasoning({ summary: [{ type: "summary_text", text: "Hm" }], encrypted_content: HERE }),
    "anthropic:c2lnNw==",
  )
  .within("input[].encrypted_content, Anthropic's redacted", item(HERE, { role: "assistant", content: "Ok" }), {
    type: "reasoning",
    id: "rs_a_1",
    summary: [],
    encrypted_content: "anthropic-redacted:cmVkNw==",
  })
  .within(
    "input[].encrypted_content, Gemini's",
    reasoning({ summary: [{ type: "summary_text", text: "Hm" }], encrypted_content: HERE }),
    "gemini:c2lnOA==",
  )
  .within("input[] of type item_reference", item(HERE), { type: "item_reference", id: "msg_9" })
  .within("input[] of type web_search_call", item(HERE), { type: "web_search_call", id: "ws_7", status: "completed" })
  .within("input[] of type custom_tool_call", item(HERE), { type: "custom_tool_call", call_id: "call_c3", name: "grep_7", input: "x" })
  .within("input[] of type mcp_call", item(HERE), { type: "mcp_call", id: "mcp_7", name: "m", server_label: "m", arguments: "{}" })
  .within("input[] of type compaction", item(HERE), { type: "compaction", encrypted_content: "gAAAAB8" });

export const responses: ClientFields = {
  title: "OpenAI Responses",
  source: "https://platform.openai.com/docs/api-reference/responses/create",
  turns: "input",
  smallest: { model: "some-model", input: [hi] },
  rows: list.rows,
};
