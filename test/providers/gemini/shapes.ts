/** What `models.generateContent` and its kin take, version v1beta: https://ai.google.dev/api/generate-content */
import { any, array, boolean, fields, integer, later, map, number, object, required, string, type Shape } from "../shape.ts";

const part = fields({
  text: string,
  inlineData: fields({ mimeType: string, data: string, displayName: string }),
  fileData: fields({ mimeType: string, fileUri: required(string), displayName: string }),
  functionCall: fields({ id: string, name: string, args: object, partialArgs: any, willContinue: boolean }),
  functionResponse: fields({ id: string, name: string, response: object, parts: array(object), willContinue: boolean, scheduling: string }),
  executableCode: object,
  codeExecutionResult: object,
  toolCall: object,
  toolResponse: object,
  thought: boolean,
  thoughtSignature: string,
  videoMetadata: object,
  mediaResolution: any,
  partMetadata: object,
});
const content = fields({ role: string, parts: array(part) });

/** The subset of OpenAPI that `parameters` and `responseSchema` are; the JSON schema fields take any object. */
export const schema: Shape = fields({
  type: string,
  format: string,
  title: string,
  description: string,
  nullable: any,
  enum: array(string),
  items: later(() => schema),
  maxItems: any,
  minItems: any,
  properties: map(later(() => schema)),
  required: array(string),
  minProperties: any,
  maxProperties: any,
  minimum: number,
  maximum: number,
  minLength: any,
  maxLength: any,
  pattern: string,
  example: any,
  anyOf: array(later(() => schema)),
  propertyOrdering: array(string),
  default: any,
});

const tool = fields({
  functionDeclarations: array(
    fields({
      name: string,
      description: string,
      behavior: string,
      parameters: schema,
      parametersJsonSchema: any,
      response: schema,
      responseJsonSchema: any,
    }),
  ),
  googleSearch: object,
  googleSearchRetrieval: object,
  codeExecution: object,
  urlContext: object,
  computerUse: object,
  fileSearch: object,
  googleMaps: object,
  mcpServers: any,
});

const generationConfig = fields({
  stopSequences: array(string),
  responseMimeType: string,
  responseSchema: schema,
  responseJsonSchema: any,
  _responseJsonSchema: any,
  responseModalities: array(string),
  candidateCount: integer,
  maxOutputTokens: integer,
  temperature: number,
  topP: number,
  topK: number,
  seed: integer,
  presencePenalty: number,
  frequencyPenalty: number,
  responseLogprobs: boolean,
  logprobs: integer,
  enableEnhancedCivicAnswers: boolean,
  speechConfig: object,
  thinkingConfig: fields({ includeThoughts: boolean, thinkingBudget: integer, thinkingLevel: string }),
  imageConfig: object,
  mediaResolution: string,
});

export const generateFields: Record<string, Shape> = {
  model: string,
  contents: array(content),
  systemInstruction: content,
  tools: array(tool),
  toolConfig: fields({
    functionCallingConfig: fields({ mode: string, allowedFunctionNames: array(string), streamFunctionCallArguments: boolean }),
    retrievalConfig: object,
    includeServerSideToolInvocations: boolean,
  }),
  safetySettings: array(fields({ category: string, threshold: string, method: string })),
  generationConfig,
  cachedContent: string,
  serviceTier: string,
  store: boolean,
};

export const embedFields: Record<string, Shape> = {
  model: string,
  content: required(content),
  taskType: string,
  title: string,
  outputDimensionality: integer,
};

export const batchEmbedFields: Record<string, Shape> = { requests: required(array(fields(embedFields))) };
export const countFields: Record<string, Shape> = { contents: array(content), generateContentRequest: fields(generateFields) };
