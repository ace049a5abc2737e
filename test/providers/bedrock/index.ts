/** AWS Bedrock's wire: Converse and ConverseStream. */
import type { ErrorScript } from "../behaviour.ts";
import type { Asked } from "../conversation.ts";
import { hex } from "../ids.ts";
import type { Endpoint, HeaderList, Protocol, Setup } from "../protocol.ts";
import type { ReceivedRequest } from "../recording.ts";
import { checkConverse } from "./check.ts";
import { exceptionFrame } from "./frames.ts";
import { checkSignature, credentialOf } from "./signature.ts";
import { streamedAnswer, wholeAnswer } from "./write.ts";

const statuses: Record<number, [type: string, message: string]> = {
  400: ["ValidationException", "The request is invalid."],
  403: ["AccessDeniedException", "You don't have access to the model with the specified model ID."],
  404: ["ResourceNotFoundException", "The specified resource was not found."],
  408: ["ModelTimeoutException", "The request took too long to process. Processing time exceeded the model timeout length."],
  424: ["ModelErrorException", "The request failed due to an error while processing the model."],
  429: ["ThrottlingException", "Too many requests, please wait before trying again."],
  500: ["InternalServerException", "The system encountered an unexpected error during processing. Try your request again."],
  503: ["ServiceUnavailableException", "Bedrock is unable to process your request."],
};

export const bedrock: Protocol = {
  name: "bedrock",
  defaultModels: ["*"],
  largestBody: 25_000_000,

  endpointOf(request): Endpoint | undefined {
    const found = /^\/model\/([^/]+)\/(converse|converse-stream)$/.exec(request.path);
    if (request.method !== "POST" || !found) return undefined;
    return { kind: "chat", stream: found[2] === "converse-stream", model: decodeURIComponent(found[1]!) };
  },

  /** A key of the server's is an API key, or `ACCESS:SECRET` (`:SESSION`), with which requests are signed. */
  checkCredentials(request, setup) {
    const given = request.headers.authorization;
    if (given === undefined) return { status: 403, type: "MissingAuthenticationTokenException", message: "Missing Authentication Token" };
    const credentials = setup.keys.map(credentialOf).filter((credential) => credential !== undefined);
    if (!given.startsWith("Bearer ")) return setup.keys.length === 0 ? undefined : checkSignature(request, credentials);
    if (setup.keys.length === 0 || setup.keys.includes(given.slice(7))) return undefined;
    return { status: 403, type: "AccessDeniedException", message: "Authentication failed: Please make sure your API Key is valid." };
  },

  checkRequest(endpoint, request, setup) {
    return endpoint.kind === "chat" ? checkConverse(endpoint, request, setup) : undefined;
  },

  readConversation,
  wholeAnswer,
  streamedAnswer,
  otherAnswer: () => Buffer.from("{}"),

  headers({ stream, error }): HeaderList {
    return {
      "content-type": stream ? "application/vnd.amazon.eventstream" : "application/json",
      "x-amzn-requestid": `${hex(8)}-${hex(4)}-4${hex(3)}-a${hex(3)}-${hex(12)}`,
      ...(error?.type === undefined ? {} : { "x-amzn-errortype": `${error.type}:http://internal.amazon.com/coral/com.amazon.bedrock/` }),
      ...(error?.retryAfter === undefined ? {} : { "retry-after": String(error.retryAfter) }),
    };
  },

  describeError(script) {
    const [type, message] = statuses[script.status] ?? (script.status < 500 ? statuses[400]! : statuses[500]!);
    return { type, message, ...script };
  },
  errorBody: (error) => Buffer.from(JSON.stringify({ message: error.message })),
  errorEvent: (error) => exceptionFrame(error.type!.charAt(0).toLowerCase() + error.type!.slice(1), error.message!),
  pathNotFound: (): ErrorScript => ({
    status: 404,
    type: "UnknownOperationException",
    message: "The requested operation is not recognized.",
  }),
  bodyTooLarge: (): ErrorScript => ({ status: 413, type: "RequestEntityTooLargeException", message: "Request body is too large." }),
};

function readConversation(endpoint: Endpoint, request: ReceivedRequest, _setup: Setup): Asked {
  const body = request.json;
  const messages: { role: string; content: any[] }[] = body.messages;
  const calls = messages.flatMap(({ content }) => content).filter((block) => block.toolUse !== undefined);
  const names = new Map(calls.map(({ toolUse }) => [toolUse.toolUseId, toolUse.name]));
  const said = messages.filter(({ role, content }) => role === "user" && content.some((block) => block.text !== undefined));
  const additional = body.additionalModelRequestFields ?? {};
  const choice = body.toolConfig?.toolChoice;
  const own = additional.tool_choice?.type;
  const thinks = ["enabled", "adaptive"].includes(additional.thinking?.type) || additional.reasoningConfig?.type === "enabled";
  const schema = body.outputConfig?.textFormat?.structure.jsonSchema.schema;
  return {
    model: (endpoint.kind === "chat" && endpoint.model) || "",
    stream: endpoint.kind === "chat" && endpoint.stream,
    includeUsage: true,
    choices: 1,
    prompt: [textOf(body.system ?? []), ...messages.map(({ content }) => textOf(content))].join(" "),
    text: textOf(said.at(-1)?.content ?? []),
    toolResults: messages
      .at(-1)!
      .content.filter((block) => block.toolResult !== undefined)
      .map(({ toolResult }) => ({ name: names.get(toolResult.toolUseId) ?? "tool", text: textOf(toolResult.content) })),
    tools: (body.toolConfig?.tools ?? [])
      .filter((tool: any) => tool.toolSpec !== undefined)
      .map(({ toolSpec }: any) => ({ name: toolSpec.name, schema: toolSpec.inputSchema.json })),
    toolChoice: own === "none" ? "none" : choice?.tool ? { name: choice.tool.name } : choice?.any || own === "any" ? "any" : "auto",
    parallel: additional.tool_choice?.disable_parallel_tool_use !== true,
    thinking: thinks ? "shown" : "none",
    alwaysThinks: additional.thinking?.type === "enabled",
    maxTokens: body.inferenceConfig?.maxTokens,
    stop: body.inferenceConfig?.stopSequences ?? [],
    schema: schema === undefined ? undefined : JSON.parse(schema),
    jsonAnswer: false,
    logprobs: false,
  };
}

function textOf(blocks: any[]): string {
  return blocks.map((block) => block.text ?? "").join("");
}
