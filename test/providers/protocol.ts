/** What the wire protocols have in common, as the servers here see it. */
import type { ErrorScript } from "./behaviour.ts";
import type { Asked, Reply } from "./conversation.ts";
import type { ReceivedRequest } from "./recording.ts";

export type ProtocolName = "openai" | "anthropic" | "gemini" | "bedrock" | "cohere" | "dashscope";

/** How a server was started, as far as a protocol cares. */
export interface Setup {
  /** Keys that are accepted; none: every key is, but where the vendor asks for one it has to be there. */
  readonly keys: readonly string[];
  /** Models that exist (`*` at the end matches a prefix). */
  readonly models: readonly string[];
  /** A row of openai/vendors.ts. */
  readonly vendor: string;
}

/** Where a request went. */
export type Endpoint =
  | {
      readonly kind: "chat";
      readonly stream: boolean;
      readonly model: string | undefined;
      /** Gemini without `alt=sse`: the stream is a JSON array. */
      readonly asArray?: boolean;
      /** OpenAI's other forms of a conversation; left out: chat completions. */
      readonly form?: "responses" | "completions";
    }
  | { readonly kind: "embeddings"; readonly model: string | undefined; readonly batch: boolean }
  | { readonly kind: "rerank"; readonly model: string | undefined }
  | { readonly kind: "countTokens"; readonly model: string | undefined }
  | { readonly kind: "models" }
  | { readonly kind: "model"; readonly model: string };

/** A part of a stream, named so that a behaviour can leave it out or stop after it. */
export interface StreamPart {
  readonly kind: "start" | "content" | "ping" | "finish" | "usage" | "end";
  readonly bytes: Buffer;
}

export type HeaderList = Record<string, string | string[]>;

/** An answer before it is delivered: the chunks are written one by one. */
export interface WireAnswer {
  readonly status: number;
  readonly headers: HeaderList;
  readonly chunks: readonly Buffer[];
}

/** One vendor's wire: pure functions from requests to answers. */
export interface Protocol {
  readonly name: ProtocolName;
  readonly defaultModels: readonly string[];
  /** Largest request body in bytes that the vendor takes. */
  readonly largestBody: number;
  /** The endpoint, or undefined for a path that the vendor does not serve. */
  endpointOf(request: ReceivedRequest, setup: Setup): Endpoint | undefined;
  /** Why the credentials are refused, or undefined. */
  checkCredentials(request: ReceivedRequest, setup: Setup): ErrorScript | undefined;
  /** Why the request is refused, or undefined. */
  checkRequest(endpoint: Endpoint, request: ReceivedRequest, setup: Setup): ErrorScript | undefined;
  /** What a checked chat request asks for, apart from its protocol. */
  readConversation(endpoint: Endpoint, request: ReceivedRequest, setup: Setup): Asked;
  /** The body of an answer that does not stream. */
  wholeAnswer(asked: Asked, reply: Reply, setup: Setup): Buffer;
  /** The events of an answer that streams. */
  streamedAnswer(asked: Asked, reply: Reply, setup: Setup): StreamPart[];
  /** Answers of the endpoints that are not chat. */
  otherAnswer(endpoint: Endpoint, request: ReceivedRequest, setup: Setup): Buffer;
  /** The vendor's usual headers for an answer of this status. */
  headers(context: { status: number; stream: boolean; setup: Setup; error: ErrorScript | undefined }): HeaderList;
  /** The vendor's words for a status, where the script gives none. */
  describeError(script: ErrorScript, setup: Setup): ErrorScript;
  /** The body of an error answer. */
  errorBody(error: ErrorScript, setup: Setup): Buffer;
  /** The event that tells of an error inside a stream that began with 200. */
  errorEvent(error: ErrorScript, setup: Setup, asked: Asked): Buffer;
  pathNotFound(request: ReceivedRequest): ErrorScript;
  bodyTooLarge(request: ReceivedRequest): ErrorScript;
}

/** Whether a model is served, by exact name or by a prefix with `*`. */
export function modelExists(name: string, models: readonly string[]): boolean {
  return models.some((model) => (model.endsWith("*") ? name.startsWith(model.slice(0, -1)) : name === model));
}
