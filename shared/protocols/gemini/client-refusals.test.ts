/** What paths ask for, and what is refused of a Gemini client's request: each field by its place in the body. */
import { beforeAll, describe, expect, test } from "vitest";
import { type Assembly, assembly } from "../../../test/assembly/compile.ts";

let client: Assembly;
beforeAll(async () => {
  client = await assembly(new URL("./client.testing.ts", import.meta.url));
}, 300_000);

const GENERATE = "/v1beta/models/m:generateContent";
const COUNT = "/v1beta/models/m:countTokens";
const EMBED = "/v1beta/models/m:embedContent";
const BATCH = "/v1beta/models/m:batchEmbedContents";

describe("paths", () => {
  const [GEMINI, OPENAI] = [2, 0];
  const [UNKNOWN, CHAT, EMBEDDINGS, MODELS, COUNTS] = [0, 1, 2, 3, 4];
  test.each<[string, string]>([
    ["/v1beta/models/gemini-2.5-flash:generateContent", `${GEMINI} ${CHAT} gemini-2.5-flash`],
    ["/gemini/v1beta/models/a%2Fb:generateContent?key=x", `${GEMINI} ${CHAT} a/b`],
    ["/v1/models/openrouter/meta/llama:free:generateContent", `${GEMINI} ${CHAT} openrouter/meta/llama:free`],
    ["/v1beta/models/m%3AgenerateContent", `${GEMINI} ${CHAT} m`],
    ["/v1beta/models/%22q%22:generateContent", `${GEMINI} ${CHAT} \\"q\\"`],
    ["/v1beta/tunedModels/t-1:generateContent", `${GEMINI} ${CHAT} tunedModels/t-1`],
    ["/v1beta1/projects/p/locations/l/publishers/google/models/m:streamGenerateContent?alt=sse", `${GEMINI} ${CHAT} m events`],
    ["/v1/publishers/google/models/m:streamGenerateContent?a=1&alt=sse", `${GEMINI} ${CHAT} m events`],
    ["/v1beta/models/m:streamGenerateContent", `${GEMINI} ${CHAT} m array`],
    ["/v1beta/models/m:streamGenerateContent?alt=json", `${GEMINI} ${CHAT} m array`],
    [EMBED, `${GEMINI} ${EMBEDDINGS} m`],
    [BATCH, `${GEMINI} ${EMBEDDINGS} m`],
    [COUNT, `${GEMINI} ${COUNTS} m`],
    ["/v1beta/models", `${GEMINI} ${MODELS}`],
    ["/x/v1beta/models?pageSize=5", `${GEMINI} ${MODELS}`],
    ["/v1beta/models/m:predict", `${GEMINI} ${UNKNOWN}`],
    ["/v1beta/models/:generateContent", `${GEMINI} ${UNKNOWN}`],
    ["/v1beta/openai/chat/completions", `${OPENAI} ${CHAT}`],
    ["/v1/things/m:generateContent", `${OPENAI} ${UNKNOWN}`],
  ])("%s", (path, found) => {
    expect(client.text("endpoint", path)).toBe(found);
  });

  test.each([
    ["/v1beta/models/openai/gpt-4o:generateContent?alt=sse", "gpt-4o", "/v1beta/models/gpt-4o:generateContent?alt=sse"],
    ["/p/v1/models/a:countTokens", "b/c d", "/p/v1/models/b%2Fc%20d:countTokens"],
  ])("%s for %s", (path, model, renamed) => {
    expect(client.text("renamedPath", [path, model])).toBe(renamed);
  });
});

const HI = { role: "user", parts: [{ text: "hi" }] };
const ask = (more: object): object => ({ contents: [HI], ...more });
const config = (more: object): object => ask({ generationConfig: more });
const part = (more: unknown): object => ({ contents: [HI, { role: "model", parts: [{ text: "a" }, more] }] });
const system = (more: unknown): object => ask({ systemInstruction: more });
const declare = (more: unknown): object => ask({ tools: [{ functionDeclarations: [{ name: "f" }, more] }] });
const calling = (more: unknown): object => ask({ toolConfig: { functionCallingConfig: more } });

function refused(body: unknown, path = GENERATE): { field: string | undefined; message: string } {
  const text = typeof body === "string" ? body : JSON.stringify(body);
  if (client.call("readRequest", [text, path])) throw new Error(`not refused: ${client.output.toString()}`);
  const { error } = JSON.parse(client.output.toString());
  expect(error).toMatchObject({ code: 400, status: "INVALID_ARGUMENT", message: expect.any(String) });
  return { field: error.details?.[0].fieldViolations[0].field, message: error.message };
}

describe("a wrong type, or what is missing, is refused by its place", () => {
  test.each<[string | undefined, unknown]>([
    [undefined, ""],
    [undefined, "{contents:1}"],
    [undefined, "[]"],
    [undefined, '{"contents":[{"parts":[{"text":"a"}]}]'],
    ["contents", {}],
    ["contents", { contents: null }],
    ["contents", { contents: [] }],
    ["contents", { contents: "hi" }],
    ["contents[0]", { contents: ["hi"] }],
    ["contents[0].role", { contents: [{ role: 1, parts: [] }] }],
    ["contents[1].role", { contents: [HI, { role: "assistant", parts: [] }] }],
    ["contents[0].role", { contents: [{ role: "system", parts: [] }] }],
    ["contents[0].parts", { contents: [{ parts: "hi" }] }],
    ["contents[1].parts[1]", part("hi")],
    ["contents[1].parts[1].text", part({ text: 1 })],
    ["contents[1].parts[1].thought", part({ text: "a", thought: "yes" })],
    ["contents[1].parts[1].thoughtSignature", part({ text: "a", thoughtSignature: 1 })],
    ["contents[1].parts[1].inlineData", part({ inlineData: "x" })],
    ["contents[1].parts[1].inlineData.mimeType", part({ inlineData: { mimeType: 1, data: "AA==" } })],
    ["contents[1].parts[1].inlineData.mimeType", part({ inline_data: { data: "AA==" } })],
    ["contents[1].parts[1].inlineData.data", part({ inlineData: { mime_type: "image/png", data: 1 } })],
    ["contents[1].parts[1].inlineData.data", part({ inlineData: { mimeType: "image/png" } })],
    ["contents[1].parts[1].fileData.fileUri", part({ fileData: { mimeType: "image/png" } })],
    ["contents[1].parts[1].fileData.fileUri", part({ fileData: { file_uri: {} } })],
    ["contents[1].parts[1].functionCall", part({ functionCall: [] })],
    ["contents[1].parts[1].functionCall.name", part({ functionCall: { args: {} } })],
    ["contents[1].parts[1].functionCall.name", part({ functionCall: { name: 1 } })],
    ["contents[1].parts[1].functionCall.id", part({ functionCall: { name: "f", id: 1 } })],
    ["contents[1].parts[1].functionCall.args", part({ functionCall: { name: "f", args: "{}" } })],
    ["contents[1].parts[1].functionResponse.name", part({ functionResponse: { response: {} } })],
    ["contents[1].parts[1].functionResponse.response", part({ functionResponse: { name: "f", response: "x" } })],
    ["contents[1].parts[1].functionResponse.parts", part({ functionResponse: { name: "f", response: {}, parts: {} } })],
    [
      "contents[1].parts[1].functionResponse.parts[0].inlineData.data",
      part({ functionResponse: { name: "f", response: {}, parts: [{ inlineData: { mimeType: "image/png", data: 2 } }] } }),
    ],
    ["contents[1].parts[1].executableCode.code", part({ executableCode: { language: "PYTHON", code: 1 } })],
    ["contents[1].parts[1].codeExecutionResult.output", part({ codeExecutionResult: { output: 1 } })],
    ["contents[1].parts[1]", part({ text: "a", inlineData: { mimeType: "image/png", data: "AA==" } })],
    ["systemInstruction", system(1)],
    ["systemInstruction.parts", system({ parts: 1 })],
    ["systemInstruction.parts[0].text", system({ parts: [{ text: null, inlineData: null }, { text: 1 }].slice(1) })],
    ["tools", ask({ tools: 1 })],
    ["tools[0]", ask({ tools: [1] })],
    ["tools[0].functionDeclarations", ask({ tools: [{ functionDeclarations: 1 }] })],
    ["tools[0].functionDeclarations[1]", declare(1)],
    ["tools[0].functionDeclarations[1].name", declare({ name: 1 })],
    ["tools[0].functionDeclarations[1].name", declare({ description: "d" })],
    ["tools[0].functionDeclarations[1].description", declare({ name: "g", description: 1 })],
    ["tools[0].functionDeclarations[1].parameters", declare({ name: "g", parameters: "{}" })],
    ["tools[0].functionDeclarations[1].parametersJsonSchema", declare({ name: "g", parameters_json_schema: [] })],
    ["toolConfig", ask({ toolConfig: 1 })],
    ["toolConfig.functionCallingConfig", calling(1)],
    ["toolConfig.functionCallingConfig.mode", calling({ mode: 1 })],
    ["toolConfig.functionCallingConfig.mode", calling({ mode: "SOMETIMES" })],
    ["toolConfig.functionCallingConfig.allowedFunctionNames", calling({ allowedFunctionNames: "f" })],
    ["toolConfig.functionCallingConfig.allowedFunctionNames[0]", calling({ allowedFunctionNames: [1] })],
    ["generationConfig", ask({ generationConfig: [] })],
    ...["maxOutputTokens", "temperature", "topP", "topK", "seed", "candidateCount", "presencePenalty", "frequencyPenalty", "logprobs"].map<
      [string, unknown]
    >((name) => [`generationConfig.${name}`, config({ [name]: "1" })]),
    ["generationConfig.stopSequences", config({ stopSequences: "a" })],
    ["generationConfig.stopSequences[1]", config({ stop_sequences: ["a", 1] })],
    ["generationConfig.responseMimeType", config({ responseMimeType: 1 })],
    ["generationConfig.responseSchema", config({ responseSchema: "{}" })],
    ["generationConfig.responseJsonSchema", config({ responseJsonSchema: [] })],
    ["generationConfig.responseLogprobs", config({ responseLogprobs: 1 })],
    ["generationConfig.responseModalities", config({ responseModalities: "TEXT" })],
    ["generationConfig.responseModalities[0]", config({ responseModalities: [1] })],
    ["generationConfig.speechConfig", config({ speechConfig: "x" })],
    ["generationConfig.mediaResolution", config({ mediaResolution: 1 })],
    ["generationConfig.thinkingConfig", config({ thinkingConfig: 1 })],
    ["generationConfig.thinkingConfig.thinkingBudget", config({ thinkingConfig: { thinkingBudget: "1" } })],
    ["generationConfig.thinkingConfig.thinkingLevel", config({ thinkingConfig: { thinkingLevel: "MUCH" } })],
    ["generationConfig.thinkingConfig.includeThoughts", config({ thinkingConfig: { includeThoughts: 1 } })],
    ["safetySettings", ask({ safetySettings: {} })],
    ["cachedContent", ask({ cachedContent: 1 })],
    ["labels", ask({ labels: [] })],
    ["serviceTier", ask({ serviceTier: 1 })],
    ["model", ask({ model: 1 })],
    ["model", ask({ model: "models/another" })],
  ])("%s", (field, body) => {
    expect(refused(body).field).toBe(field);
  });

  test.each<[string, string, unknown]>([
    ["contents", COUNT, {}],
    ["contents", COUNT, { contents: [HI], generateContentRequest: { contents: [HI] } }],
    ["generateContentRequest", COUNT, { generateContentRequest: 1 }],
    ["generateContentRequest.contents", COUNT, { generateContentRequest: { model: "models/m" } }],
    ["generateContentRequest.model", COUNT, { generateContentRequest: { model: "models/n", contents: [HI] } }],
    ["generateContentRequest.contents[0].parts[0].text", COUNT, { generateContentRequest: { contents: [{ parts: [{ text: 1 }] }] } }],
    ["content", EMBED, {}],
    ["content.parts", EMBED, { content: {} }],
    ["content.parts[0].text", EMBED, { content: { parts: [{ text: 1 }] } }],
    ["outputDimensionality", EMBED, { content: { parts: [{ text: "a" }] }, outputDimensionality: "3" }],
    ["taskType", EMBED, { content: { parts: [{ text: "a" }] }, taskType: 1 }],
    ["requests", BATCH, {}],
    ["requests", BATCH, { requests: {} }],
    ["requests[0]", BATCH, { requests: [1] }],
    ["requests[1].content", BATCH, { requests: [{ content: { parts: [{ text: "a" }] } }, {}] }],
    ["requests[0].model", BATCH, { requests: [{ model: "models/n", content: { parts: [{ text: "a" }] } }] }],
  ])("%s at %s", (field, path, body) => {
    expect(refused(body, path).field).toBe(field);
  });

  test("what policy decides by comes once, under either of its names", () => {
    const twice: [string, string][] = [
      ["contents", '{"contents":[{"parts":[]}],"contents":[]}'],
      ["systemInstruction", '{"systemInstruction":"a","system_instruction":"b","contents":[]}'],
      ["tools", '{"tools":[],"tools":[]}'],
      ["toolConfig", '{"toolConfig":{},"tool_config":{}}'],
      ["generationConfig", '{"generation_config":{},"generationConfig":{}}'],
      ["generationConfig.maxOutputTokens", '{"generationConfig":{"maxOutputTokens":1,"max_output_tokens":2}}'],
      ["safetySettings", '{"safetySettings":[],"safety_settings":[]}'],
      ["cachedContent", '{"cachedContent":"a","cached_content":"b"}'],
      ["contents[0].role", '{"contents":[{"role":"user","role":"model"}]}'],
      ["contents[0].parts", '{"contents":[{"parts":[],"parts":[]}]}'],
    ];
    for (const [field, body] of twice) {
      const found = refused(body);
      expect(found.field).toBe(field);
      expect(found.message).toContain("stands twice");
    }
  });

  test("the message says what was found and what was expected", () => {
    expect(refused(part({ text: 1 })).message).toBe("`contents[1].parts[1].text` is a number, expected a string");
  });
});
