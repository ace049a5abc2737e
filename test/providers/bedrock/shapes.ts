/** What Converse and ConverseStream take: https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html */
import { any, array, boolean, fields, map, object, oneOf, required, type Shape } from "../shape.ts";

/** Shapes of which a value has exactly one member. */
export const unions = new Set<Shape>();

function union(members: Record<string, Shape>): Shape {
  const shape = fields(members);
  unions.add(shape);
  return shape;
}

const text: Shape = { is: "string" };
const nonEmpty: Shape = { is: "string", min: 1 };
const base64: Shape = { is: "string", min: 1, pattern: /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/ };
const name: Shape = { is: "string", min: 1, max: 64, pattern: /^[a-zA-Z0-9_-]+$/ };
/** As the API's reference has it; the SDKs' model also takes dots and colons. */
const toolUseId: Shape = { is: "string", min: 1, max: 64, pattern: /^[a-zA-Z0-9_-]+$/ };

const s3Location = fields({
  uri: required({ is: "string", pattern: /^s3:\/\/[a-z0-9][.\-a-z0-9]{1,61}[a-z0-9](\/.*)?$/ }),
  bucketOwner: text,
});
const source = required(union({ bytes: base64, s3Location }));
const cachePoint = fields({ type: required(oneOf("default")), ttl: oneOf("5m", "1h") });

const image = fields({ format: required(oneOf("png", "jpeg", "gif", "webp")), source });
const document = fields({
  format: oneOf("pdf", "csv", "doc", "docx", "xls", "xlsx", "html", "txt", "md"),
  name: required({ is: "string", min: 1, max: 200, pattern: /^(?!.*\s\s)[A-Za-z0-9\s\-()[\]]+$/ }),
  source,
  context: text,
  citations: fields({ enabled: required(boolean) }),
});
const video = fields({ format: required(oneOf("mkv", "mov", "mp4", "webm", "flv", "mpeg", "mpg", "wmv", "three_gp")), source });
const audio = fields({
  format: required(oneOf("mp3", "opus", "wav", "aac", "flac", "mp4", "ogg", "mkv", "mka", "x-aac", "m4a", "mpeg", "mpga", "pcm", "webm")),
  source,
});
const toolResult = fields({
  toolUseId: required(toolUseId),
  content: required(array(union({ json: any, text, image, document, video }))),
  status: oneOf("success", "error"),
});
const reasoningContent = union({
  reasoningText: fields({ text: required(text), signature: text }),
  redactedContent: base64,
});

const content = union({
  text,
  image,
  document,
  video,
  audio,
  toolUse: fields({ toolUseId: required(toolUseId), name: required(name), input: required(any) }),
  toolResult,
  reasoningContent,
  cachePoint,
  guardContent: object,
});

const toolSpec = fields({
  name: required(name),
  description: nonEmpty,
  inputSchema: required(union({ json: object })),
  strict: boolean,
});

/** The members of a request. */
export const converseFields: Record<string, Shape> = {
  messages: array(fields({ role: required(oneOf("user", "assistant")), content: required(array(content)) })),
  system: array(union({ text: nonEmpty, cachePoint, guardContent: object })),
  inferenceConfig: fields({
    maxTokens: { is: "integer", min: 1 },
    temperature: { is: "number", min: 0, max: 1 },
    topP: { is: "number", min: 0, max: 1 },
    stopSequences: array(nonEmpty, 0, 2500),
  }),
  toolConfig: fields({
    tools: required(array(union({ toolSpec, cachePoint }), 1)),
    toolChoice: union({ auto: fields({}), any: fields({}), tool: fields({ name: required(name) }) }),
  }),
  guardrailConfig: fields({ guardrailIdentifier: text, guardrailVersion: text, trace: text, streamProcessingMode: text }),
  additionalModelRequestFields: object,
  promptVariables: map(union({ text })),
  additionalModelResponseFieldPaths: array({ is: "string", min: 1, max: 256 }, 0, 10),
  requestMetadata: map({ is: "string", max: 256 }),
  performanceConfig: fields({ latency: oneOf("standard", "optimized") }),
  serviceTier: fields({ type: required(oneOf("priority", "default", "flex", "reserved")) }),
  projectIdentifier: nonEmpty,
  outputConfig: fields({
    textFormat: fields({
      type: required(oneOf("json_schema")),
      structure: required(union({ jsonSchema: fields({ schema: required(text), name: text, description: text }) })),
    }),
  }),
};
