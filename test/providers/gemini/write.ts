/** Answers in Gemini's form: https://ai.google.dev/api/generate-content#v1beta.GenerateContentResponse */
import { createHash } from "node:crypto";
import { piecesOf, type Asked, type Reply } from "../conversation.ts";
import { word } from "../ids.ts";
import type { Setup, StreamPart } from "../protocol.ts";

const finishReasons: Record<string, string> = {
  stop: "STOP",
  length: "MAX_TOKENS",
  tool_calls: "STOP",
  content_filter: "SAFETY",
  stop_sequence: "STOP",
};
const escapes: Record<string, string> = { "<": "\\u003c", ">": "\\u003e", "&": "\\u0026", "'": "\\u0027", "=": "\\u003d" };

/** JSON as Google prints it: escaped for HTML; indented, or in one line with a space behind each name. */
export function googleJson(value: unknown, indented: boolean): string {
  // Outside strings JSON has none of these characters.
  const text = JSON.stringify(value, null, indented ? 2 : 0).replace(/[<>&'=]/g, (character) => escapes[character]!);
  return indented ? `${text}\n` : text.replace(/"(?:[^"\\]|\\.)*":?/g, (string) => (string.endsWith(":") ? `${string} ` : string));
}

export function signatureOf(text: string): string {
  return Buffer.concat([Buffer.from("0a4c01", "hex"), createHash("sha512").update(text).digest()]).toString("base64");
}

/** Ours, and the two that the vendor documents for calls that another model made. */
export function isOurSignature(signature: string): boolean {
  return (
    /^CkwB[A-Za-z0-9+/]{84,}={0,2}$/.test(signature) ||
    signature === "skip_thought_signature_validator" ||
    signature === "context_engineering_is_the_way_to_go"
  );
}

export function wholeAnswer(asked: Asked, reply: Reply, _setup: Setup): Buffer {
  const thoughts = reply.thinking.length > 0 ? [{ text: reply.thinking.join(""), thought: true }] : [];
  const said =
    reply.text.length > 0
      ? [{ text: reply.text.join(""), ...(signs(asked, reply) && reply.calls.length === 0 ? signature(reply) : {}) }]
      : [];
  const parts = [...thoughts, ...said, ...callParts(asked, reply)];
  return Buffer.from(
    googleJson(
      { ...outcome(asked, reply, parts, true), usageMetadata: usage(reply, reply.usage.output - reply.usage.reasoning), ...tail(asked) },
      true,
    ),
  );
}

export function streamedAnswer(asked: Asked, reply: Reply, _setup: Setup): StreamPart[] {
  const parts = streamedResponses(asked, reply);
  const last = parts.length - 1;
  return parts.map(({ kind, response }, index) => ({
    kind,
    bytes: Buffer.from(
      asked.asArray
        ? `${index === 0 ? "[" : ",\r\n"}${googleJson(response, true)}${index === last && reply.finish !== null ? "]\n" : ""}`
        : `data: ${googleJson(response, false)}\r\n\r\n`,
    ),
  }));
}

function streamedResponses(asked: Asked, reply: Reply): { kind: StreamPart["kind"]; response: object }[] {
  const parts: { kind: StreamPart["kind"]; response: object }[] = [];
  const shared = tail(asked);
  let told = 0;
  const chunk = (kind: StreamPart["kind"], content: object[], last: boolean): void => {
    const counts = usage(reply, last ? reply.usage.output - reply.usage.reasoning : told);
    parts.push({ kind, response: { ...outcome(asked, reply, content, last), usageMetadata: counts, ...shared } });
  };
  if (reply.blocked !== undefined) {
    chunk("finish", [], true);
    return parts;
  }
  for (const piece of reply.thinking) chunk("content", [{ text: piece, thought: true }], false);
  for (const piece of reply.text.slice(0, -1)) {
    told++;
    chunk("content", [{ text: piece }], false);
  }
  const lastText = reply.text.at(-1);
  const calls = callParts(asked, reply);
  const closing = signs(asked, reply) && calls.length === 0 ? [{ text: "", ...signature(reply) }] : [];
  const remains = [...(lastText === undefined ? [] : [{ text: lastText }]), ...calls];
  if (reply.finish === null) {
    if (remains.length > 0) chunk("content", remains, false);
    return parts;
  }
  if (closing.length > 0) {
    if (remains.length > 0) chunk("content", remains, false);
    chunk("finish", closing, true);
  } else {
    chunk("finish", remains, true);
  }
  return parts;
}

function outcome(asked: Asked, reply: Reply, parts: object[], last: boolean): object {
  if (reply.blocked !== undefined) return { promptFeedback: { blockReason: reply.blocked } };
  const finish = last && reply.finish !== null ? { finishReason: finishReasons[reply.finish] ?? reply.finish } : {};
  const blocked = reply.refusal !== undefined && last;
  const ratings = blocked
    ? { safetyRatings: [{ category: "HARM_CATEGORY_DANGEROUS_CONTENT", probability: "HIGH", blocked: true }], finishMessage: reply.refusal }
    : {};
  const content = parts.length > 0 ? { content: { parts, role: "model" } } : blocked ? {} : { content: { role: "model" } };
  return { candidates: Array.from({ length: asked.choices }, (_, index) => ({ ...content, ...finish, index, ...ratings })) };
}

function callParts(asked: Asked, reply: Reply): object[] {
  return reply.calls.map((call, index) => ({
    functionCall: { ...(call.id === undefined ? {} : { id: call.id }), name: call.name, args: parsedArguments(call.pieces.join("")) },
    ...(index === 0 && signs(asked, reply) ? signature(reply) : {}),
  }));
}

/** Gemini 3 signs always, older models when they thought. */
function signs(asked: Asked, reply: Reply): boolean {
  return /^gemini-[3-9]/.test(asked.model) || (reply.usage.reasoning > 0 && reply.calls.length > 0);
}

function signature(reply: Reply): { thoughtSignature: string } {
  return { thoughtSignature: signatureOf(reply.thinking.join("") + reply.calls.map((call) => call.name).join()) };
}

function tail(asked: Asked): object {
  return { modelVersion: asked.model, responseId: word(22) };
}

/** Gemini counts the prompt with what was cached, and thoughts apart from what is said. */
function usage(reply: Reply, candidates: number): object {
  const { input, cacheRead, reasoning } = reply.usage;
  return {
    promptTokenCount: input,
    ...(candidates > 0 && reply.blocked === undefined ? { candidatesTokenCount: candidates } : {}),
    totalTokenCount: input + (reply.blocked === undefined ? candidates + reasoning : 0),
    ...(cacheRead > 0 ? { cachedContentTokenCount: cacheRead } : {}),
    promptTokensDetails: [{ modality: "TEXT", tokenCount: input }],
    ...(cacheRead > 0 ? { cacheTokensDetails: [{ modality: "TEXT", tokenCount: cacheRead }] } : {}),
    ...(reasoning > 0 && reply.blocked === undefined ? { thoughtsTokenCount: reasoning } : {}),
  };
}

function parsedArguments(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return {};
  }
}

export function tokensIn(text: string): number {
  return piecesOf(text).length;
}
