/** Every field of OpenAI's chat completions: https://platform.openai.com/docs/api-reference/chat/create. And those of compatible vendors that are read. */
import { FieldList, HERE, type ClientFields } from "../fields.ts";

const PIXEL = "iVBORw0KGgoAAAANSUhEUg==";
const SCHEMA = { type: "object", properties: { city: { type: "string" } }, required: ["city"], additionalProperties: false };
const TOOL = { type: "function", function: { name: "look_up", parameters: SCHEMA } };
const CALL = { id: "call_a1", type: "function", function: { name: "look_up", arguments: '{"city":"Ulm"}' } };
const hi = { role: "user", content: "Hi" };

const said = (...messages: unknown[]): unknown => ({ messages });
const part = (...parts: unknown[]): unknown => said({ role: "user", content: [{ type: "text", text: "Hi" }, ...parts] });
/** A round of one call, with whatever is under test in place of a message's member. */
const round = (call: unknown, result: unknown): unknown =>
  said(hi, { role: "assistant", ...(call as object) }, { role: "tool", ...(result as object) });
const called = (call: unknown): unknown => ({
  tools: [TOOL],
  ...(round({ content: null, tool_calls: [call] }, { tool_call_id: "call_a1", content: "Sun" }) as object),
});
const answered = (result: unknown): unknown => ({
  tools: [TOOL],
  ...(round({ content: null, tool_calls: [CALL] }, { tool_call_id: "call_a1", ...(result as object) }) as object),
});
const tool = (members: object): unknown => ({
  tools: [{ type: "function", function: { name: "look_up", parameters: SCHEMA, ...members } }],
});
const format = (members: object): unknown => ({
  response_format: { type: "json_schema", json_schema: { name: "place", schema: SCHEMA, ...members } },
});
const thought = (members: object): unknown =>
  said(hi, { role: "assistant", content: "Ok", ...members }, { role: "user", content: "Go on" });

const list = new FieldList()
  .instead("model", { model: HERE }, "some-model", "other-model")
  .top("temperature", 0.437, 1.437)
  .top("top_p", 0.613)
  .top("top_k", 41)
  .top("max_completion_tokens", 4321)
  .top("max_tokens", 4322)
  .top("n", 1, 2)
  .top("stop", "END", ["END", "FIN"], ["a1", "b2", "c3", "d4", "e5", "f6"])
  .top("seed", 4711)
  .top("presence_penalty", 0, 0.31)
  .top("frequency_penalty", 0, 0.32)
  .top("logit_bias", {}, { "1734": -100 })
  .top("logprobs", true)
  .within("top_logprobs", { logprobs: true, top_logprobs: HERE }, 3)
  .top("user", "user-7")
  .top("safety_identifier", "safe-7")
  .top("metadata", { topic: "t-7" })
  .top("store", true)
  .top("prompt_cache_key", "cache-7")
  .top("prompt_cache_retention", "24h")
  .top("service_tier", "auto", "flex", "priority")
  .top("verbosity", "medium", "low")
  .top("prediction", { type: "content", content: "expected-7" })
  .top("modalities", ["text"], ["text", "audio"])
  .top("audio", { voice: "alloy", format: "wav" })
  .top("web_search_options", { search_context_size: "low" })
  .top("some_new_field", "new-7")
  .top("stream", true)
  .within("stream_options.include_usage", { stream: true, stream_options: { include_usage: HERE } }, true)
  .within("stream_options.include_obfuscation", { stream: true, stream_options: { include_obfuscation: HERE } }, false)
  .top("reasoning_effort", "none", "minimal", "low", "medium", "high", "xhigh")
  .top("thinking", { type: "enabled", budget_tokens: 2345 }, { type: "disabled" })
  .within("reasoning.effort", { reasoning: { effort: HERE } }, "low")
  .within("reasoning.max_tokens", { reasoning: { max_tokens: HERE } }, 2346)
  .within("reasoning.enabled", { reasoning: { enabled: HERE } }, true)
  .top("enable_thinking", true)
  .top("thinking_budget", 2347)
  .instead("response_format.type", { response_format: { type: HERE } }, "text", "json_object")
  .instead(
    "response_format.json_schema.schema",
    { response_format: { type: "json_schema", json_schema: { name: "place", schema: HERE } } },
    { type: "object" },
    SCHEMA,
  )
  .instead("response_format.json_schema.name", format({ name: HERE }), "other", "place-7")
  .within("response_format.json_schema.description", format({ description: HERE }), "a place 7")
  .within("response_format.json_schema.strict", format({ strict: HERE }), true)
  .instead("tools[].function.name", tool({ name: HERE }), "other", "look_7")
  .within("tools[].function.description", tool({ description: HERE }), "looks 7")
  .within("tools[].function.parameters", { tools: [{ type: "function", function: { name: "look_up", parameters: HERE } }] }, SCHEMA)
  .within("tools[].function.strict", tool({ strict: HERE }), true)
  .within("tools[].cache_control", { tools: [{ ...TOOL, cache_control: HERE }] }, { type: "ephemeral" })
  .within("tools[] of type custom", { tools: [TOOL, HERE] }, { type: "custom", custom: { name: "grep_7" } })
  .within("tool_choice", { tools: [TOOL], tool_choice: HERE }, "auto", "none", "required")
  .within("tool_choice {function}", { tools: [TOOL], tool_choice: HERE }, { type: "function", function: { name: "look_up" } })
  .within(
    "tool_choice {allowed_tools}",
    { tools: [TOOL], tool_choice: HERE },
    { type: "allowed_tools", allowed_tools: { mode: "auto", tools: [{ type: "function", function: { name: "look_up" } }] } },
  )
  .within("parallel_tool_calls", { tools: [TOOL], parallel_tool_calls: HERE }, true, false)
  .within("functions[]", { functions: [HERE] }, { name: "look_8", description: "looks 8", parameters: SCHEMA })
  .within("function_call", { functions: [{ name: "look_up", parameters: SCHEMA }], function_call: HERE }, "none", { name: "look_up" })
  .within("messages[] of role system", said(HERE, hi), { role: "system", content: "Be 7" })
  .within("messages[] of role developer", said(HERE, hi), { role: "developer", content: "Be 8" })
  .within("messages[] of role system, further on", said({ role: "system", content: "Be 1" }, hi, HERE, hi), {
    role: "system",
    content: "Be 9",
  })
  .instead("messages[].content", said({ role: "user", content: HERE }), "other", 'Say 7 "so" \n ü 😀')
  .within("messages[].name", said({ role: "user", content: "Hi", name: HERE }), "ann-7")
  .within("messages[].cache_control", said({ role: "user", content: "Hi", cache_control: HERE }), { type: "ephemeral" })
  .within("messages[] of role assistant", said(hi, HERE, { role: "user", content: "Go on" }), { role: "assistant", content: "Yes 7" })
  .within("messages[].refusal", said(hi, { role: "assistant", content: null, refusal: HERE }, hi), "No 7")
  .within("messages[].audio", said(hi, { role: "assistant", content: "Ok", audio: HERE }, hi), { id: "audio_7" })
  .within("messages[].content[].text", part({ type: "text", text: "There" }, HERE), { type: "text", text: "More 7" })
  .within("messages[].content[].cache_control", part({ type: "text", text: "There", cache_control: HERE }), { type: "ephemeral" })
  .instead(
    "messages[].content[].image_url.url",
    part({ type: "image_url", image_url: { url: HERE } }),
    "https://x.test/a.png",
    "https://x.test/7.png",
  )
  .within("messages[].content[].image_url.url, a data URL", part(HERE), {
    type: "image_url",
    image_url: { url: `data:image/png;base64,${PIXEL}` },
  })
  .within("messages[].content[].image_url.url, a data URL of BMP", part(HERE), {
    type: "image_url",
    image_url: { url: "data:image/bmp;base64,Qk02" },
  })
  .within(
    "messages[].content[].image_url.detail",
    part({ type: "image_url", image_url: { url: "https://x.test/a.png", detail: HERE } }),
    "low",
  )
  .within("messages[].content[].input_audio", part(HERE), { type: "input_audio", input_audio: { data: "UklGRg==", format: "wav" } })
  .within("messages[].content[].file.file_data, a PDF", part(HERE), {
    type: "file",
    file: { filename: "a.pdf", file_data: "data:application/pdf;base64,JVBERi0=" },
  })
  .instead(
    "messages[].content[].file.filename",
    part({ type: "file", file: { filename: HERE, file_data: "data:application/pdf;base64,JVBERi0=" } }),
    "other.pdf",
    "seven.pdf",
  )
  .within("messages[].content[].file.file_id", part(HERE), { type: "file", file: { file_id: "file-7" } })
  .within("messages[].content[] of another type", part(HERE), { type: "hologram", hologram: { data: "7" } })
  .instead(
    "messages[].tool_calls[]",
    {
      tools: [TOOL],
      ...(said(
        hi,
        { role: "assistant", content: "Ok", tool_calls: [CALL, HERE] },
        { role: "tool", tool_call_id: "call_a1", content: "Sun" },
        { role: "tool", tool_call_id: "call_b2", content: "Rain" },
      ) as object),
    },
    { id: "call_b2", type: "function", function: { name: "look_out", arguments: "{}" } },
    { id: "call_b2", type: "function", function: { name: "look_up", arguments: '{"city":"Köln"}' } },
  )
  .instead(
    "messages[].tool_calls[].function.arguments",
    called({ ...CALL, function: { name: "look_up", arguments: HERE } }),
    '{"city":"Bonn"}',
    '{"city":"Rom","days":[1,2.50]}',
  )
  .within(
    "messages[].tool_calls[].extra_content.google.thought_signature",
    called({ ...CALL, extra_content: { google: { thought_signature: HERE } } }),
    "c2lnNw==",
  )
  .within("messages[].tool_calls[] of type custom", said(hi, { role: "assistant", content: "Ok", tool_calls: [HERE] }, hi), {
    id: "call_c3",
    type: "custom",
    custom: { name: "grep_7", input: "x" },
  })
  .instead(
    "messages[].function_call",
    said(hi, { role: "assistant", content: null, function_call: HERE }, { role: "function", name: "look_up", content: "Sun" }),
    { name: "look_up", arguments: "{}" },
    { name: "look_up", arguments: '{"city":"Ulm"}' },
  )
  .instead("messages[].content of role tool", answered({ content: HERE }), "Other", "Sun 7")
  .within("messages[].content[] of role tool, an image", answered({ content: [{ type: "text", text: "See" }, HERE] }), {
    type: "image_url",
    image_url: { url: `data:image/png;base64,${PIXEL}` },
  })
  .within("messages[].reasoning_content", thought({ reasoning_content: HERE }), "Hm 7")
  .within("messages[].reasoning", thought({ reasoning: HERE }), "Hm 8")
  .within("messages[].thinking_blocks[] of anthropic", thought({ thinking_blocks: [HERE] }), {
    type: "thinking",
    thinking: "Hm 9",
    signature: "c2lnOQ==",
    format: "anthropic",
  })
  .within("messages[].thinking_blocks[] of gemini", thought({ thinking_blocks: [HERE] }), {
    type: "thinking",
    thinking: "Hm 10",
    signature: "c2lnMTA=",
    format: "gemini",
  })
  .within("messages[].thinking_blocks[], redacted", thought({ thinking_blocks: [HERE] }), { type: "redacted_thinking", data: "cmVkMTE=" });

export const openai: ClientFields = {
  title: "OpenAI Chat Completions",
  source: "https://platform.openai.com/docs/api-reference/chat/create",
  turns: "messages",
  smallest: { model: "some-model", messages: [hi] },
  rows: list.rows,
};
