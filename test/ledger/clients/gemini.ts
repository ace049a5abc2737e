/** Every field of Gemini's generateContent: https://ai.google.dev/api/generate-content, with parts and tools as https://ai.google.dev/api/caching lists them. */
import { FieldList, HERE, type ClientFields } from "../fields.ts";

const PIXEL = "iVBORw0KGgoAAAANSUhEUg==";
const SCHEMA = { type: "object", properties: { city: { type: "string" } }, required: ["city"], additionalProperties: false };
const OPEN_API = { type: "OBJECT", properties: { city: { type: "STRING" } }, required: ["city"] };
const DECLARED = { name: "look_up", parametersJsonSchema: SCHEMA };
const TOOLS = [{ functionDeclarations: [DECLARED] }];
const CALL = { functionCall: { id: "call_a1", name: "look_up", args: { city: "Ulm" } } };
const RESULT = { functionResponse: { id: "call_a1", name: "look_up", response: { result: "Sun" } } };
const PATH = "/v1beta/models/some-model:generateContent";
const hi = { role: "user", parts: [{ text: "Hi" }] };
const on = { role: "user", parts: [{ text: "Go on" }] };

const said = (...contents: unknown[]): unknown => ({ contents });
const part = (...parts: unknown[]): unknown => said({ role: "user", parts: [{ text: "Hi" }, ...parts] });
const replied = (...parts: unknown[]): unknown => said(hi, { role: "model", parts: [...parts, { text: "Ok" }] }, on);
const round = (call: unknown[], result: unknown[]): unknown => ({
  tools: TOOLS,
  ...(said(hi, { role: "model", parts: call }, { role: "user", parts: result }) as object),
});
const config = (members: object): unknown => ({ generationConfig: members });
const declared = (members: object): unknown => ({ tools: [{ functionDeclarations: [{ ...DECLARED, ...members }] }] });
const calling = (members: object): unknown => ({ tools: TOOLS, toolConfig: { functionCallingConfig: members } });
const allowed = (members: object): unknown => ({
  tools: [{ functionDeclarations: [DECLARED, { ...DECLARED, name: "look_out" }, { ...DECLARED, name: "look_in" }] }],
  toolConfig: { functionCallingConfig: members },
});
const responded = (members: object): unknown => round([CALL], [{ functionResponse: { ...RESULT.functionResponse, ...members } }]);

const list = new FieldList()
  .atPath("model", "other-model", "/v1beta/models/other-model:generateContent")
  .atPath("(path)", "streamGenerateContent?alt=sse", "/v1beta/models/some-model:streamGenerateContent?alt=sse")
  .atPath("(path)", "streamGenerateContent", "/v1beta/models/some-model:streamGenerateContent")
  .within("generationConfig.temperature", config({ temperature: HERE }), 0.437, 1.437)
  .within("generationConfig.topP", config({ topP: HERE }), 0.613)
  .within("generationConfig.topK", config({ topK: HERE }), 41)
  .within("generationConfig.maxOutputTokens", config({ maxOutputTokens: HERE }), 4321)
  .within("generationConfig.candidateCount", config({ candidateCount: HERE }), 1, 2)
  .within("generationConfig.stopSequences", config({ stopSequences: HERE }), ["END", "FIN"], ["a1", "b2", "c3", "d4", "e5"])
  .within("generationConfig.seed", config({ seed: HERE }), 4711)
  .within("generationConfig.presencePenalty", config({ presencePenalty: HERE }), 0, 0.31)
  .within("generationConfig.frequencyPenalty", config({ frequencyPenalty: HERE }), 0, 0.32)
  .within("generationConfig.responseLogprobs", config({ responseLogprobs: HERE }), true)
  .within("generationConfig.logprobs", config({ responseLogprobs: true, logprobs: HERE }), 3)
  .within("generationConfig.responseMimeType", config({ responseMimeType: HERE }), "text/plain", "application/json", "text/x.enum")
  .within("generationConfig.responseJsonSchema", config({ responseMimeType: "application/json", responseJsonSchema: HERE }), SCHEMA)
  .within("generationConfig.responseSchema", config({ responseMimeType: "application/json", responseSchema: HERE }), OPEN_API)
  .within("generationConfig.responseModalities", config({ responseModalities: HERE }), ["TEXT"], ["TEXT", "IMAGE"], ["AUDIO"])
  .within("generationConfig.speechConfig", config({ speechConfig: HERE }), { voiceConfig: { prebuiltVoiceConfig: { voiceName: "Kore" } } })
  .within("generationConfig.imageConfig", config({ imageConfig: HERE }), { aspectRatio: "16:9" })
  .within("generationConfig.mediaResolution", config({ mediaResolution: HERE }), "MEDIA_RESOLUTION_LOW")
  .within("generationConfig.enableEnhancedCivicAnswers", config({ enableEnhancedCivicAnswers: HERE }), true)
  .within("generationConfig.thinkingConfig.thinkingBudget", config({ thinkingConfig: { thinkingBudget: HERE } }), 0, -1, 2345)
  .within("generationConfig.thinkingConfig.thinkingLevel", config({ thinkingConfig: { thinkingLevel: HERE } }), "LOW", "HIGH")
  .within("generationConfig.thinkingConfig.includeThoughts", config({ thinkingConfig: { includeThoughts: HERE } }), true)
  .within("generationConfig.someNewField", config({ someNewField: HERE }), "new-7")
  .top("systemInstruction", { parts: [{ text: "Be 7" }] })
  .top("safetySettings", [{ category: "HARM_CATEGORY_HARASSMENT", threshold: "BLOCK_ONLY_HIGH" }])
  .top("cachedContent", "cachedContents/7")
  .top("labels", { team: "t-7" })
  .top("serviceTier", "standard", "flex", "priority")
  .top("store", true)
  .top("someNewField", "new-7")
  .within(
    "tools[].functionDeclarations[]",
    { tools: [{ functionDeclarations: [DECLARED, HERE] }] },
    { name: "look_7", description: "looks 7", parametersJsonSchema: SCHEMA },
  )
  .within("tools[].functionDeclarations[].description", declared({ description: HERE }), "looks 8")
  .within(
    "tools[].functionDeclarations[].parameters",
    { tools: [{ functionDeclarations: [{ name: "look_up", parameters: HERE }] }] },
    OPEN_API,
  )
  .within("tools[].functionDeclarations[].response", declared({ response: HERE }), { type: "STRING" })
  .within("tools[].functionDeclarations[].responseJsonSchema", declared({ responseJsonSchema: HERE }), { type: "string" })
  .within("tools[].functionDeclarations[].behavior", declared({ behavior: HERE }), "BLOCKING", "NON_BLOCKING")
  .within("tools[].googleSearch", { tools: [...TOOLS, HERE] }, { googleSearch: {} })
  .within("tools[].codeExecution", { tools: [...TOOLS, HERE] }, { codeExecution: {} })
  .within("tools[].urlContext", { tools: [...TOOLS, HERE] }, { urlContext: {} })
  .within("tools[].fileSearch", { tools: [...TOOLS, HERE] }, { fileSearch: { fileSearchStoreNames: ["fileSearchStores/7"] } })
  .within("tools[].computerUse", { tools: [...TOOLS, HERE] }, { computerUse: { environment: "ENVIRONMENT_BROWSER" } })
  .within("tools[].googleMaps", { tools: [...TOOLS, HERE] }, { googleMaps: {} })
  .within("toolConfig.functionCallingConfig.mode", calling({ mode: HERE }), "AUTO", "NONE", "ANY", "VALIDATED")
  .within(
    "toolConfig.functionCallingConfig.allowedFunctionNames",
    allowed({ mode: "ANY", allowedFunctionNames: HERE }),
    ["look_up"],
    ["look_up", "look_out"],
  )
  .within("toolConfig.retrievalConfig", { tools: TOOLS, toolConfig: { retrievalConfig: HERE } }, { languageCode: "de" })
  .instead("contents[].parts[].text", said({ role: "user", parts: [{ text: HERE }] }), "other", 'Say 7 "so" \n ü 😀')
  .within("contents[].parts[]", part(HERE), { text: "More 7" })
  .within("contents[] of role model", said(hi, HERE, on), { role: "model", parts: [{ text: "Yes 7" }] })
  .within("contents[].parts[].inlineData, an image", part(HERE), { inlineData: { mimeType: "image/png", data: PIXEL } })
  .within("contents[].parts[].inlineData, a PDF", part(HERE), { inlineData: { mimeType: "application/pdf", data: "JVBERi0=" } })
  .within("contents[].parts[].inlineData, audio", part(HERE), { inlineData: { mimeType: "audio/wav", data: "UklGRg==" } })
  .within("contents[].parts[].inlineData, a video", part(HERE), { inlineData: { mimeType: "video/mp4", data: "AAAAGA==" } })
  .within("contents[].parts[].fileData, an image", part(HERE), { fileData: { mimeType: "image/png", fileUri: "https://x.test/7.png" } })
  .within("contents[].parts[].fileData, a PDF", part(HERE), { fileData: { mimeType: "application/pdf", fileUri: "https://x.test/7.pdf" } })
  .within("contents[].parts[].fileData, uploaded", part(HERE), {
    fileData: { mimeType: "image/png", fileUri: "https://generativelanguage.googleapis.com/v1beta/files/f7" },
  })
  .within(
    "contents[].parts[].videoMetadata",
    part({ fileData: { mimeType: "video/mp4", fileUri: "https://x.test/7.mp4" }, videoMetadata: HERE }),
    {
      startOffset: "7s",
    },
  )
  .within("contents[].parts[].mediaResolution", part({ inlineData: { mimeType: "image/png", data: PIXEL }, mediaResolution: HERE }), {
    level: "MEDIA_RESOLUTION_LOW",
  })
  .within("contents[].parts[].partMetadata", part({ text: "There", partMetadata: HERE }), { topic: "t-7" })
  .within("contents[].parts[].executableCode", replied(HERE), { executableCode: { language: "PYTHON", code: "print 7" } })
  .within("contents[].parts[].codeExecutionResult", replied(HERE), {
    codeExecutionResult: { outcome: "OUTCOME_OK", output: "seven 7" },
  })
  .within("contents[].parts[] of another type", part(HERE), { hologram: { data: "7" } })
  .within("contents[].parts[].thought", replied(HERE), { text: "Hm 7", thought: true })
  .within("contents[].parts[].thought, signed", replied(HERE), { text: "Hm 8", thought: true, thoughtSignature: "c2lnOA==" })
  .within(
    "contents[].parts[].thoughtSignature of a text",
    said(hi, { role: "model", parts: [{ text: "Ok", thoughtSignature: HERE }] }, on),
    "c2lnNw==",
  )
  .instead(
    "contents[].parts[].functionCall",
    {
      tools: TOOLS,
      ...(said(
        hi,
        { role: "model", parts: [CALL, HERE] },
        { role: "user", parts: [RESULT, { functionResponse: { id: "call_b2", name: "look_up", response: { result: "Rain" } } }] },
      ) as object),
    },
    { functionCall: { id: "call_b2", name: "look_up", args: {} } },
    { functionCall: { id: "call_b2", name: "look_up", args: { city: "Köln", days: [1, 2.5] } } },
  )
  .within("contents[].parts[].thoughtSignature of a functionCall", round([{ ...CALL, thoughtSignature: HERE }], [RESULT]), "c2lnOQ==")
  .instead(
    "contents[].parts[].functionResponse.response",
    responded({ response: HERE }),
    { result: "Other" },
    { result: "Sun 7" },
    { rain: "mm 8" },
  )
  .within("contents[].parts[].functionResponse.response.error", responded({ response: HERE }), { error: "none 7" })
  .within("contents[].parts[].functionResponse.parts[]", responded({ parts: [HERE] }), {
    inlineData: { mimeType: "image/png", data: PIXEL },
  })
  .within("contents[].parts[].functionResponse.willContinue", responded({ willContinue: HERE }), false, true)
  .within("contents[].parts[].functionResponse.scheduling", responded({ scheduling: HERE }), "SILENT");

export const gemini: ClientFields = {
  title: "Gemini generateContent",
  source: "https://ai.google.dev/api/generate-content",
  path: PATH,
  turns: "contents",
  smallest: { contents: [hi] },
  rows: list.rows,
};
