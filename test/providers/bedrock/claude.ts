/** What a Claude model behind Converse refuses: the body that it gets there is Anthropic's, so Anthropic's own rules hold. */
import type { ErrorScript } from "../behaviour.ts";
import { checkMessages } from "../anthropic/check.ts";

/** The first reason, or undefined. */
export function checkClaudes(model: string, body: any): ErrorScript | undefined {
  const name = /claude.*/.exec(model)![0].replace(/-v\d+(:\d+)?$/, "");
  const json = messagesOf(name, body);
  const request = { headers: { "anthropic-version": "2023-06-01" }, json } as unknown as Parameters<typeof checkMessages>[1];
  const refused = checkMessages({ kind: "chat", stream: false, model: undefined }, request, { keys: [], models: ["*"], vendor: "" });
  return refused && { status: 400, type: "ValidationException", message: `The model returned the following errors: ${refused.message}` };
}

/** The body of the Messages API that a request of Converse stands for. */
function messagesOf(model: string, body: any): object {
  const { maxTokens, temperature, topP, stopSequences } = body.inferenceConfig ?? {};
  const tools: any[] = (body.toolConfig?.tools ?? []).filter((tool: any) => tool.toolSpec !== undefined).map((tool: any) => tool.toolSpec);
  const choice = body.toolConfig?.toolChoice;
  const schema = body.outputConfig?.textFormat?.structure?.jsonSchema?.schema;
  const { output_config: output, ...additional } = body.additionalModelRequestFields ?? {};
  return defined({
    model,
    // Where none is given it is the model's own.
    max_tokens: maxTokens ?? 64000,
    temperature,
    top_p: topP,
    stop_sequences: stopSequences,
    system: body.system?.filter((block: any) => block.text !== undefined).map((block: any) => ({ type: "text", text: block.text })),
    messages: body.messages.map((message: any) => ({
      role: message.role,
      content: message.content.filter((block: any) => block.cachePoint === undefined).map(blockOf),
    })),
    tools:
      tools.length > 0
        ? tools.map((tool) =>
            defined({ name: tool.name, description: tool.description, input_schema: tool.inputSchema.json, strict: tool.strict }),
          )
        : undefined,
    tool_choice: choice && (choice.auto ? { type: "auto" } : choice.any ? { type: "any" } : { type: "tool", name: choice.tool.name }),
    ...additional,
    output_config:
      output === undefined && schema === undefined
        ? undefined
        : { ...output, ...(schema === undefined ? {} : { format: { type: "json_schema", schema: JSON.parse(schema) } }) },
  });
}

function blockOf(block: any): object {
  if (block.text !== undefined) return { type: "text", text: block.text };
  if (block.toolUse) return { type: "tool_use", id: block.toolUse.toolUseId, name: block.toolUse.name, input: block.toolUse.input };
  if (block.toolResult) {
    const { toolUseId, content, status } = block.toolResult;
    const inner = content.map((part: any) => (part.json === undefined ? blockOf(part) : { type: "text", text: JSON.stringify(part.json) }));
    return defined({ type: "tool_result", tool_use_id: toolUseId, content: inner, is_error: status === "error" ? true : undefined });
  }
  if (block.reasoningContent?.reasoningText) {
    const { text, signature } = block.reasoningContent.reasoningText;
    return { type: "thinking", thinking: text, signature: signature ?? "" };
  }
  if (block.reasoningContent) return { type: "redacted_thinking", data: block.reasoningContent.redactedContent };
  if (block.image)
    return {
      type: "image",
      source: { type: "base64", media_type: `image/${block.image.format}`, data: block.image.source.bytes ?? "AAAA" },
    };
  // What Bedrock makes of its other documents for Claude isn't documented.
  return { type: "text", text: "(a file)" };
}

function defined(object: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined));
}
