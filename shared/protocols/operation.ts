import { Bytes } from "../bytes/bytes";

/** What the client asks for, whatever protocol it asks in. */
export enum Operation {
  /** A path that no protocol here names. */
  Unknown,
  /** A turn of a conversation, in whatever form: `Dialect` tells which. */
  Chat,
  Embeddings,
  Models,
  /** How many tokens a conversation has (Anthropic's `count_tokens`, Gemini's `countTokens`). */
  CountTokens,
  ImageGenerations,
  ImageEdits,
  ImageVariations,
  Speech,
  Transcriptions,
  Translations,
  Moderations,
  Rerank,
  Files,
  Batches,
  FineTuning,
  /** Responses that the provider keeps: read, cancelled or deleted by their id. */
  StoredResponses,
}

/** A protocol: that of a path (the form in which errors go back, also where the operation is unknown), or a provider's. */
export enum Dialect {
  /** OpenAI's Chat Completions, and what else has errors in its form. */
  OpenAI,
  Anthropic,
  Gemini,
  /** OpenAI's Responses: https://platform.openai.com/docs/api-reference/responses */
  Responses,
  /** OpenAI's old Completions: https://platform.openai.com/docs/api-reference/completions */
  Completions,
  // Providers' only: no client speaks these here.
  Bedrock,
  Cohere,
  DashScope,
  Hunyuan,
  MiniMax,
  Dify,
  DeepL,
  Triton,
}

/** What a request's path says: dialect and operation. */
@final
export class Endpoint {
  constructor(
    public dialect: Dialect,
    public operation: Operation,
  ) {}

  /**
   * Reads `:path`. Paths are recognised by their end, so that any prefix (`/openai/v1/…`) works, as Higress's ai-proxy does; a query is ignored.
   * `/v1/messages` is Anthropic's (https://docs.anthropic.com/en/api/messages), `/v1beta/` Gemini's (https://ai.google.dev/api), all else OpenAI's.
   */
  static of(path: Bytes): Endpoint {
    const query = path.indexOf(0x3f);
    const bare = query < 0 ? path : path.slice(0, query);
    if (bare.endsWith("/chat/completions")) return CHAT_COMPLETIONS;
    if (bare.endsWith("/embeddings")) return EMBEDDINGS;
    if (bare.endsWith("/v1/models")) return MODELS;
    if (bare.endsWith("/v1/messages")) return MESSAGES;
    if (bare.contains("/v1/messages/")) return BESIDE_MESSAGES;
    if (bare.startsWith("/v1beta/")) return GENERATE_CONTENT;
    return UNKNOWN;
  }
}

const CHAT_COMPLETIONS = new Endpoint(Dialect.OpenAI, Operation.Chat);
const EMBEDDINGS = new Endpoint(Dialect.OpenAI, Operation.Embeddings);
const MODELS = new Endpoint(Dialect.OpenAI, Operation.Models);
const MESSAGES = new Endpoint(Dialect.Anthropic, Operation.Chat);
/** Counting tokens, batches: not served, in Anthropic's form. */
const BESIDE_MESSAGES = new Endpoint(Dialect.Anthropic, Operation.Unknown);
const GENERATE_CONTENT = new Endpoint(Dialect.Gemini, Operation.Unknown);
const UNKNOWN = new Endpoint(Dialect.OpenAI, Operation.Unknown);
