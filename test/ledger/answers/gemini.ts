/** What Gemini's generateContent answers: https://ai.google.dev/api/generate-content#v1beta.GenerateContentResponse */
import { HERE } from "../fields.ts";
import { AnswerList, type ProviderAnswers } from "./rows.ts";

const usageMetadata = { promptTokenCount: 90, candidatesTokenCount: 70, totalTokenCount: 160 };
const head = { modelVersion: "some-model", responseId: "resp-1", usageMetadata };
const ok = { text: "Ok" };
type Pair = [object, readonly object[]];
const answer = (parts: unknown[], candidate: object = {}, members: object = {}): Pair => {
  const whole = { candidates: [{ content: { role: "model", parts }, finishReason: "STOP", index: 0, ...candidate }], ...head, ...members };
  return [whole, [whole]];
};
const counts = (members: object): Pair => answer([ok], {}, { usageMetadata: { ...usageMetadata, ...members } });
const error = (members: object): object => ({ error: { code: 400, message: "wrong", status: "INVALID_ARGUMENT", ...members } });

const list = new AnswerList()
  .field("responseId", "resp-7", ...answer([ok], {}, { responseId: HERE }), "resp-1")
  .field("modelVersion", "model-7", ...answer([ok], {}, { modelVersion: HERE }), "some-model")
  .field("parts[].text", "Said 7", ...answer([{ text: HERE }]), "Ok")
  .field("parts[].thought", "Hm 7", ...answer([{ text: HERE, thought: true }, ok]), "Hm")
  .field("parts[].thoughtSignature of a text", "c2lnNw==", ...answer([{ text: "Ok", thoughtSignature: HERE }]))
  .field(
    "parts[].thoughtSignature of a functionCall",
    "c2lnOA==",
    ...answer([{ functionCall: { id: "call_7", name: "look_up", args: {} }, thoughtSignature: HERE }]),
  )
  .field("parts[].functionCall.name", "look_7", ...answer([{ functionCall: { id: "call_7", name: HERE, args: {} } }]), "look_up")
  .field(
    "parts[].functionCall.args",
    "Ulm 7",
    ...answer([{ functionCall: { id: "call_7", name: "look_up", args: { city: HERE } } }]),
    "Ulm",
  )
  .field("parts[].inlineData, an image", { inlineData: { mimeType: "image/png", data: "aW1nNw==" } }, ...answer([ok, HERE]))
  .field("parts[].inlineData, audio", { inlineData: { mimeType: "audio/wav", data: "UklGRg==" } }, ...answer([ok, HERE]))
  .field("parts[].executableCode", { executableCode: { language: "PYTHON", code: "print(7)" } }, ...answer([HERE, ok]))
  .field("parts[].codeExecutionResult", { codeExecutionResult: { outcome: "OUTCOME_OK", output: "seven 7" } }, ...answer([HERE, ok]))
  .field(
    "candidates[] more than one",
    { content: { role: "model", parts: [{ text: "Or 7" }] }, finishReason: "STOP", index: 1 },
    { ...answer([ok])[0], candidates: [{ content: { role: "model", parts: [ok] }, finishReason: "STOP", index: 0 }, HERE] },
    null,
  )
  .field(
    "candidates[].groundingMetadata",
    {
      groundingChunks: [{ web: { uri: "https://x.test/7", title: "Title 7" } }],
      groundingSupports: [{ segment: { startIndex: 0, endIndex: 2, text: "Ok" }, groundingChunkIndices: [0] }],
    },
    ...answer([ok], { groundingMetadata: HERE }),
  )
  .field(
    "candidates[].citationMetadata",
    { citationSources: [{ startIndex: 0, endIndex: 2, uri: "https://x.test/8", license: "" }] },
    ...answer([ok], { citationMetadata: HERE }),
  )
  .field(
    "candidates[].urlContextMetadata",
    { urlMetadata: [{ retrievedUrl: "https://x.test/9", urlRetrievalStatus: "URL_RETRIEVAL_STATUS_SUCCESS" }] },
    ...answer([ok], { urlContextMetadata: HERE }),
  )
  .field(
    "candidates[].safetyRatings",
    [{ category: "HARM_CATEGORY_HARASSMENT", probability: "LOW" }],
    ...answer([ok], { safetyRatings: HERE }),
  )
  .field("candidates[].avgLogprobs", -0.7, ...answer([ok], { avgLogprobs: HERE }))
  .field(
    "candidates[].logprobsResult",
    { chosenCandidates: [{ token: "Ok", logProbability: -0.7 }], topCandidates: [{ candidates: [{ token: "Ok", logProbability: -0.7 }] }] },
    ...answer([ok], { logprobsResult: HERE }),
  )
  .field("candidates[].finishMessage", "since 7", ...answer([ok], { finishMessage: HERE }))
  .field(
    "promptFeedback.blockReason",
    "SAFETY",
    { promptFeedback: { blockReason: HERE }, ...head },
    [{ promptFeedback: { blockReason: HERE }, ...head }],
    "OTHER",
  )
  .field(
    "promptFeedback.safetyRatings",
    [{ category: "HARM_CATEGORY_HARASSMENT", probability: "HIGH" }],
    { promptFeedback: { blockReason: "SAFETY", safetyRatings: HERE }, ...head },
    null,
  )
  .field("usageMetadata.promptTokenCount", 97, ...counts({ promptTokenCount: HERE }), 90)
  .field("usageMetadata.candidatesTokenCount", 77, ...counts({ candidatesTokenCount: HERE }), 70)
  .field("usageMetadata.thoughtsTokenCount", 17, ...counts({ thoughtsTokenCount: HERE }))
  .field("usageMetadata.cachedContentTokenCount", 37, ...counts({ cachedContentTokenCount: HERE }))
  .field("usageMetadata.toolUsePromptTokenCount", 7, ...counts({ toolUsePromptTokenCount: HERE }))
  .field("usageMetadata.promptTokensDetails[]", [{ modality: "AUDIO", tokenCount: 27 }], ...counts({ promptTokensDetails: HERE }))
  .error("error.message, 400", 400, "wrong 7", error({ message: HERE }), "wrong")
  .error("error.status, 429", 429, "RESOURCE_EXHAUSTED", error({ code: 429, status: HERE }), "UNAVAILABLE")
  .error(
    "error.details[].retryDelay, 429",
    429,
    "17s",
    error({
      code: 429,
      status: "RESOURCE_EXHAUSTED",
      details: [{ "@type": "type.googleapis.com/google.rpc.RetryInfo", retryDelay: HERE }],
    }),
    "1s",
  )
  .field(
    "error inside a stream",
    "broke 7",
    null,
    [
      { candidates: [{ content: { role: "model", parts: [ok] }, index: 0 }], ...head },
      { error: { code: 503, message: HERE, status: "UNAVAILABLE" } },
    ],
    "broke",
  );
for (const reason of [
  "MAX_TOKENS",
  "SAFETY",
  "RECITATION",
  "LANGUAGE",
  "BLOCKLIST",
  "PROHIBITED_CONTENT",
  "SPII",
  "MALFORMED_FUNCTION_CALL",
  "OTHER",
])
  list.field(`candidates[].finishReason ${reason}`, reason, ...answer([ok], { finishReason: HERE }), "STOP");

export const gemini: ProviderAnswers = {
  source: "https://ai.google.dev/api/generate-content#v1beta.GenerateContentResponse",
  last: "",
  rows: list.rows,
};
