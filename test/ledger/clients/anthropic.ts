/** Every field of Anthropic's Messages: https://docs.anthropic.com/en/api/messages */
import { FieldList, HERE, type ClientFields } from "../fields.ts";

const PIXEL = "iVBORw0KGgoAAAANSUhEUg==";
const SCHEMA = { type: "object", properties: { city: { type: "string" } }, required: ["city"], additionalProperties: false };
const TOOL = { name: "look_up", input_schema: SCHEMA };
const CALL = { type: "tool_use", id: "toolu_a1", name: "look_up", input: { city: "Ulm" } };
const RESULT = { type: "tool_result", tool_use_id: "toolu_a1", content: "Sun" };
const CACHE = { type: "ephemeral" };
const hi = { role: "user", content: "Hi" };

const said = (...messages: unknown[]): unknown => ({ messages });
const block = (...blocks: unknown[]): unknown => said({ role: "user", content: [{ type: "text", text: "Hi" }, ...blocks] });
const replied = (...blocks: unknown[]): unknown =>
  said(hi, { role: "assistant", content: [...blocks, { type: "text", text: "Ok" }] }, { role: "user", content: "Go on" });
const round = (call: unknown[], result: unknown[]): unknown => ({
  tools: [TOOL],
  ...(said(hi, { role: "assistant", content: call }, { role: "user", content: result }) as object),
});
const tool = (members: object): unknown => ({ tools: [{ ...TOOL, ...members }] });
const image = (source: unknown): unknown => block({ type: "image", source });
const document = (members: object): unknown =>
  block({ type: "document", source: { type: "text", media_type: "text/plain", data: "Page" }, ...members });

const list = new FieldList()
  .instead("model", { model: HERE }, "some-model", "other-model")
  .instead("max_tokens", { max_tokens: HERE }, 999, 4321)
  .top("temperature", 0.437)
  .top("top_p", 0.613)
  .top("top_k", 41)
  .top("stop_sequences", ["END", "FIN"], ["a1", "b2", "c3", "d4", "e5", "f6"])
  .top("stream", true)
  .within("metadata.user_id", { metadata: { user_id: HERE } }, "user-7")
  .top("service_tier", "auto", "standard_only")
  .top("container", "container_7")
  .top("context_management", { edits: [{ type: "clear_tool_uses_20250919" }] })
  .top("mcp_servers", [{ type: "url", url: "https://x.test/mcp7", name: "m" }])
  .top("inference_geo", "eu")
  .top("speed", "fast")
  .top("cache_control", CACHE)
  .top("some_new_field", "new-7")
  .top("thinking", { type: "enabled", budget_tokens: 2345 }, { type: "disabled" }, { type: "adaptive" })
  .within("thinking.display", { thinking: { type: "adaptive", display: HERE } }, "omitted")
  .within("output_config.effort", { output_config: { effort: HERE } }, "low", "medium", "high", "max")
  .within("output_config.format", { output_config: { format: HERE } }, { type: "json_schema", schema: SCHEMA })
  .within("output_config.task_budget", { output_config: { task_budget: HERE } }, { type: "tokens", total: 50007 })
  .top("output_format", { type: "json_schema", schema: SCHEMA })
  .top("system", "Be 7", [{ type: "text", text: "Be 8" }])
  .within("system[].cache_control", { system: [{ type: "text", text: "Be", cache_control: HERE }] }, CACHE)
  .within("tools[]", { tools: [TOOL, HERE] }, { name: "look_7", description: "looks 7", input_schema: SCHEMA })
  .within("tools[].description", tool({ description: HERE }), "looks 8")
  .within("tools[].strict", tool({ strict: HERE }), true)
  .within("tools[].cache_control", tool({ cache_control: HERE }), CACHE)
  .within("tools[].defer_loading", tool({ defer_loading: HERE }), true)
  .within("tools[].input_examples", tool({ input_examples: HERE }), [{ city: "Ulm-7" }])
  .within("tools[].eager_input_streaming", tool({ eager_input_streaming: HERE }), true)
  .within("tools[].allowed_callers", tool({ allowed_callers: HERE }), ["code_execution_20250825"])
  .within("tools[] of type web_search", { tools: [TOOL, HERE] }, { type: "web_search_20250305", name: "web_search" })
  .within("tools[] of type bash", { tools: [TOOL, HERE] }, { type: "bash_20250124", name: "bash" })
  .within("tool_choice", { tools: [TOOL], tool_choice: HERE }, { type: "auto" }, { type: "any" }, { type: "none" })
  .within("tool_choice {tool}", { tools: [TOOL], tool_choice: HERE }, { type: "tool", name: "look_up" })
  .within(
    "tool_choice.disable_parallel_tool_use",
    { tools: [TOOL], tool_choice: { type: "auto", disable_parallel_tool_use: HERE } },
    false,
    true,
  )
  .instead("messages[].content", said({ role: "user", content: HERE }), "other", 'Say 7 "so" \n ü 😀')
  .within("messages[] of role assistant", said(hi, HERE, { role: "user", content: "Go on" }), { role: "assistant", content: "Yes 7" })
  .within("messages[].content[] of type text", block(HERE), { type: "text", text: "More 7" })
  .within("messages[].content[].cache_control", block({ type: "text", text: "There", cache_control: HERE }), CACHE)
  .within("messages[].content[].citations of a text", replied({ type: "text", text: "As said", citations: HERE }), [
    { type: "char_location", cited_text: "Page-7", document_index: 0, document_title: null, start_char_index: 0, end_char_index: 4 },
  ])
  .within("messages[].content[].source, an image in base64", block(HERE), {
    type: "image",
    source: { type: "base64", media_type: "image/png", data: PIXEL },
  })
  .instead(
    "messages[].content[].source, an image by URL",
    image({ type: "url", url: HERE }),
    "https://x.test/a.png",
    "https://x.test/7.png",
  )
  .instead(
    "messages[].content[].source, an uploaded image",
    image(HERE),
    { type: "url", url: "https://x.test/a.png" },
    { type: "file", file_id: "file_7" },
  )
  .within("messages[].content[] of type document, a text", block(HERE), {
    type: "document",
    source: { type: "text", media_type: "text/plain", data: "A whole page" },
  })
  .within("messages[].content[] of type document, a PDF", block(HERE), {
    type: "document",
    source: { type: "base64", media_type: "application/pdf", data: "JVBERi0=" },
  })
  .within("messages[].content[] of type document, by URL", block(HERE), {
    type: "document",
    source: { type: "url", url: "https://x.test/7.pdf" },
  })
  .within("messages[].content[] of type document, of blocks", block(HERE), {
    type: "document",
    source: { type: "content", content: [{ type: "text", text: "Page 8" }] },
  })
  .within("messages[].content[] of type document, uploaded", block(HERE), { type: "document", source: { type: "file", file_id: "file_8" } })
  .within("messages[].content[].title of a document", document({ title: HERE }), "Title 7")
  .within("messages[].content[].context of a document", document({ context: HERE }), "Context 7")
  .within("messages[].content[].citations of a document", document({ citations: HERE }), { enabled: true })
  .within("messages[].content[].cache_control of a document", document({ cache_control: HERE }), CACHE)
  .within("messages[].content[] of type search_result", block(HERE), {
    type: "search_result",
    source: "https://x.test/7",
    title: "T",
    content: [{ type: "text", text: "Found 7" }],
  })
  .within("messages[].content[] of another type", block(HERE), { type: "hologram", data: "7" })
  .instead(
    "messages[].content[] of type tool_use",
    {
      tools: [TOOL],
      ...(said(
        hi,
        { role: "assistant", content: [CALL, HERE] },
        { role: "user", content: [RESULT, { ...RESULT, tool_use_id: "toolu_b2" }] },
      ) as object),
    },
    { type: "tool_use", id: "toolu_b2", name: "look_out", input: {} },
    { type: "tool_use", id: "toolu_b2", name: "look_up", input: { city: "Köln", days: [1, 2.5] } },
  )
  .within("messages[].content[].cache_control of a tool_use", round([{ ...CALL, cache_control: HERE }], [RESULT]), CACHE)
  .instead("messages[].content[].content of a tool_result", round([CALL], [{ ...RESULT, content: HERE }]), "Other", "Sun 7")
  .within(
    "messages[].content[].content[] of a tool_result, a text",
    round([CALL], [{ ...RESULT, content: [{ type: "text", text: "See" }, HERE] }]),
    { type: "text", text: "Rain 7" },
  )
  .within(
    "messages[].content[].content[] of a tool_result, an image",
    round([CALL], [{ ...RESULT, content: [{ type: "text", text: "See" }, HERE] }]),
    { type: "image", source: { type: "base64", media_type: "image/png", data: PIXEL } },
  )
  .within("messages[].content[].is_error", round([CALL], [{ ...RESULT, is_error: HERE }]), true)
  .within("messages[].content[].cache_control of a tool_result", round([CALL], [{ ...RESULT, cache_control: HERE }]), CACHE)
  .within("messages[].content[] of type thinking", replied(HERE), { type: "thinking", thinking: "Hm 7", signature: "c2lnNw==" })
  .within("messages[].content[] of type thinking, Gemini's", replied(HERE), {
    type: "thinking",
    thinking: "Hm 8",
    signature: "gemini:c2lnOA==",
  })
  .within("messages[].content[] of type redacted_thinking", replied(HERE), { type: "redacted_thinking", data: "cmVkNw==" })
  .within("messages[].content[] of type server_tool_use", replied(HERE), {
    type: "server_tool_use",
    id: "srvtoolu_7",
    name: "web_search",
    input: { query: "q7" },
  });

export const anthropic: ClientFields = {
  title: "Anthropic Messages",
  source: "https://docs.anthropic.com/en/api/messages",
  turns: "messages",
  smallest: { model: "some-model", max_tokens: 1000, messages: [hi] },
  rows: list.rows,
};
