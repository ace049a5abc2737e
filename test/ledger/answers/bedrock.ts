/** What Bedrock's Converse answers: https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html. Whole answers only: its streams are frames, whose events have the same fields and the same reader. */
import { HERE } from "../fields.ts";
import { AnswerList, type ProviderAnswers } from "./rows.ts";

const usage = { inputTokens: 90, outputTokens: 70, totalTokens: 160 };
const ok = { text: "Ok" };
const answer = (content: unknown[], members: object = {}): object => ({
  output: { message: { role: "assistant", content } },
  stopReason: "end_turn",
  usage,
  metrics: { latencyMs: 7 },
  ...members,
});
const counts = (members: object): object => answer([ok], { usage: { ...usage, ...members } });
const thought = (members: object): object => answer([{ reasoningContent: members }, ok]);
const call = (members: object): object =>
  answer([{ toolUse: { toolUseId: "tooluse_7", name: "look_up", input: {}, ...members } }], { stopReason: "tool_use" });

const list = new AnswerList()
  .field("content[].text", "Said 7", answer([{ text: HERE }]), null, "Ok")
  .field("reasoningContent.reasoningText.text", "Hm 7", thought({ reasoningText: { text: HERE, signature: "c2ln" } }), null, "Hm")
  .field("reasoningContent.reasoningText.signature", "c2lnNw==", thought({ reasoningText: { text: "Hm", signature: HERE } }), null, "c2ln")
  .field("reasoningContent.redactedContent", "cmVkNw==", thought({ redactedContent: HERE }), null, "cmVk")
  .field("toolUse.name", "look_7", call({ name: HERE }), null, "look_up")
  .field("toolUse.input", "Ulm 7", call({ input: { city: HERE } }), null, "Ulm")
  .field(
    "citationsContent.content[].text",
    "Cited 7",
    answer([{ citationsContent: { content: [{ text: HERE }], citations: [] } }]),
    null,
    "Ok",
  )
  .field(
    "citationsContent.citations[]",
    { title: "Title 7", sourceContent: [{ text: "Page 7" }], location: { documentPage: { documentIndex: 0, start: 7, end: 8 } } },
    answer([{ citationsContent: { content: [ok], citations: [HERE] } }]),
    null,
  )
  .field(
    "additionalModelResponseFields.stop_sequence",
    "END7",
    answer([ok], { stopReason: "stop_sequence", additionalModelResponseFields: { stop_sequence: HERE } }),
    null,
  )
  .field("usage.inputTokens", 97, counts({ inputTokens: HERE }), null, 90)
  .field("usage.outputTokens", 77, counts({ outputTokens: HERE }), null, 70)
  .field("usage.cacheReadInputTokens", 37, counts({ cacheReadInputTokens: HERE }), null)
  .field("usage.cacheWriteInputTokens", 27, counts({ cacheWriteInputTokens: HERE }), null)
  .field("metrics.latencyMs", 17, answer([ok], { metrics: { latencyMs: HERE } }), null, 7)
  .field("trace", { guardrail: { modelOutput: ["odd 7"] } }, answer([ok], { trace: HERE }), null)
  .field("performanceConfig", { latency: "optimized" }, answer([ok], { performanceConfig: HERE }), null)
  .field("serviceTier", { type: "flex" }, answer([ok], { serviceTier: HERE }), null)
  .error("message, 400", 400, "wrong 7", { message: HERE }, "wrong");
for (const reason of [
  "max_tokens",
  "stop_sequence",
  "tool_use",
  "guardrail_intervened",
  "content_filtered",
  "model_context_window_exceeded",
  "malformed_tool_use",
])
  list.field(`stopReason ${reason}`, reason, answer([ok], { stopReason: HERE }), null, "end_turn");

export const bedrock: ProviderAnswers = {
  source: "https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html",
  last: "",
  rows: list.rows,
};
