import { Bytes } from "../bytes/bytes";
import { Method, isModelList, methodOfPath } from "./gemini/client-path";

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
  /** Chat completions that the provider keeps, likewise. */
  StoredChats,
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

  /** Whether the path itself names the model, which other protocols' bodies do. */
  get namesModel(): bool {
    return (
      this.dialect == Dialect.Gemini &&
      (this.operation == Operation.Chat || this.operation == Operation.Embeddings || this.operation == Operation.CountTokens)
    );
  }

  /** The same in the form that the headers ask for: `GET /v1/models` is OpenAI's, Anthropic's (whose clients name a version) and Gemini's (whose key has a header of its own). */
  inFormOf(hasAnthropicVersion: bool, hasGoogleKey: bool): Endpoint {
    if (this != MODELS) return this;
    return hasAnthropicVersion ? ANTHROPIC_MODELS : hasGoogleKey ? GEMINI_MODELS : this;
  }

  /** What another method than POST asks for there. */
  by(method: Bytes): Endpoint {
    return this == CHAT_COMPLETIONS && method.is("GET") ? STORED_CHATS : this;
  }

  /**
   * Reads `:path`. Paths are recognised by their end, so that any prefix (`/openai/v1/…`) works, as Higress's ai-proxy does; a query is ignored.
   * `/v1/messages` is Anthropic's (https://docs.anthropic.com/en/api/messages), `/v1beta/` and `…/models/{model}:{method}` Gemini's (https://ai.google.dev/api), all else OpenAI's.
   */
  static of(path: Bytes): Endpoint {
    const query = path.indexOf(0x3f);
    const bare = query < 0 ? path : path.slice(0, query);
    if (bare.endsWith("/chat/completions")) return CHAT_COMPLETIONS;
    if (bare.endsWith("/responses")) return RESPONSES;
    if (bare.endsWith("/completions")) return COMPLETIONS;
    if (bare.endsWith("/embeddings")) return EMBEDDINGS;
    if (bare.endsWith("/v1/models")) return MODELS;
    if (bare.endsWith("/v1/messages")) return MESSAGES;
    if (bare.endsWith("/v1/messages/count_tokens")) return COUNT_MESSAGES;
    if (bare.contains("/v1/messages/")) return BESIDE_MESSAGES;
    switch (methodOfPath(path)) {
      case Method.GenerateContent:
      case Method.StreamGenerateContent:
        return GENERATE_CONTENT;
      case Method.EmbedContent:
      case Method.BatchEmbedContents:
        return EMBED_CONTENT;
      case Method.CountTokens:
        return COUNT_CONTENT;
      default:
        break;
    }
    if (isModelList(bare)) return GEMINI_MODELS;
    return bare.contains("/v1beta/") || bare.contains("/v1beta1/") ? BESIDE_GENERATE_CONTENT : besideChat(bare);
  }
}

const CHAT_COMPLETIONS = new Endpoint(Dialect.OpenAI, Operation.Chat);
const RESPONSES = new Endpoint(Dialect.Responses, Operation.Chat);
const COMPLETIONS = new Endpoint(Dialect.Completions, Operation.Chat);
const EMBEDDINGS = new Endpoint(Dialect.OpenAI, Operation.Embeddings);
const MODELS = new Endpoint(Dialect.OpenAI, Operation.Models);
const MESSAGES = new Endpoint(Dialect.Anthropic, Operation.Chat);
const COUNT_MESSAGES = new Endpoint(Dialect.Anthropic, Operation.CountTokens);
const ANTHROPIC_MODELS = new Endpoint(Dialect.Anthropic, Operation.Models);
/** Batches and more: not served, in Anthropic's form. */
const BESIDE_MESSAGES = new Endpoint(Dialect.Anthropic, Operation.Unknown);
const GENERATE_CONTENT = new Endpoint(Dialect.Gemini, Operation.Chat);
const EMBED_CONTENT = new Endpoint(Dialect.Gemini, Operation.Embeddings);
const COUNT_CONTENT = new Endpoint(Dialect.Gemini, Operation.CountTokens);
const GEMINI_MODELS = new Endpoint(Dialect.Gemini, Operation.Models);
/** Files, caches and more: not served, in Gemini's form. */
const BESIDE_GENERATE_CONTENT = new Endpoint(Dialect.Gemini, Operation.Unknown);
const UNKNOWN = new Endpoint(Dialect.OpenAI, Operation.Unknown);

const IMAGE_GENERATIONS = new Endpoint(Dialect.OpenAI, Operation.ImageGenerations);
const IMAGE_EDITS = new Endpoint(Dialect.OpenAI, Operation.ImageEdits);
const IMAGE_VARIATIONS = new Endpoint(Dialect.OpenAI, Operation.ImageVariations);
const SPEECH = new Endpoint(Dialect.OpenAI, Operation.Speech);
const TRANSCRIPTIONS = new Endpoint(Dialect.OpenAI, Operation.Transcriptions);
const TRANSLATIONS = new Endpoint(Dialect.OpenAI, Operation.Translations);
const MODERATIONS = new Endpoint(Dialect.OpenAI, Operation.Moderations);
const RERANK = new Endpoint(Dialect.OpenAI, Operation.Rerank);
const FILES = new Endpoint(Dialect.OpenAI, Operation.Files);
const BATCHES = new Endpoint(Dialect.OpenAI, Operation.Batches);
const FINE_TUNING = new Endpoint(Dialect.OpenAI, Operation.FineTuning);
const STORED_CHATS = new Endpoint(Dialect.OpenAI, Operation.StoredChats);
const STORED_RESPONSES = new Endpoint(Dialect.OpenAI, Operation.StoredResponses);

/** What OpenAI's API has beside conversations (https://platform.openai.com/docs/api-reference), and rerank in the form of Cohere and Jina. */
function besideChat(bare: Bytes): Endpoint {
  if (bare.endsWith("/images/generations")) return IMAGE_GENERATIONS;
  if (bare.endsWith("/images/edits")) return IMAGE_EDITS;
  if (bare.endsWith("/images/variations")) return IMAGE_VARIATIONS;
  if (bare.endsWith("/audio/speech")) return SPEECH;
  if (bare.endsWith("/audio/transcriptions")) return TRANSCRIPTIONS;
  if (bare.endsWith("/audio/translations")) return TRANSLATIONS;
  if (bare.endsWith("/moderations")) return MODERATIONS;
  if (bare.endsWith("/rerank")) return RERANK;
  if (bare.endsWith("/v1/files") || bare.contains("/v1/files/")) return FILES;
  if (bare.endsWith("/v1/batches") || bare.contains("/v1/batches/")) return BATCHES;
  if (bare.endsWith("/v1/fine_tuning/jobs") || bare.contains("/v1/fine_tuning/jobs/")) return FINE_TUNING;
  if (bare.contains("/v1/chat/completions/")) return STORED_CHATS;
  return bare.contains("/v1/responses/") ? STORED_RESPONSES : UNKNOWN;
}

/** Whether a request is read only as far as policy needs it, and passes byte for byte otherwise; so does the answer. */
export function isOpaque(operation: Operation): bool {
  return operation >= Operation.ImageGenerations;
}

/** Whether an operation is about objects that the provider keeps, and that belong to its key. */
export function isStateful(operation: Operation): bool {
  return operation >= Operation.Files;
}

/** Whether its request may be, or has to be, a form with files (multipart/form-data). */
export function takesForm(operation: Operation): bool {
  switch (operation) {
    case Operation.ImageEdits:
    case Operation.ImageVariations:
    case Operation.Transcriptions:
    case Operation.Translations:
    case Operation.Files:
      return true;
    default:
      return false;
  }
}

/** Whether its request may leave out the model: the API has a default of its own, or no model has a part in it. */
export function mayOmitModel(operation: Operation): bool {
  switch (operation) {
    case Operation.Speech:
    case Operation.Transcriptions:
    case Operation.Translations:
      return false;
    default:
      return isOpaque(operation);
  }
}

/** What an operation is called in messages. */
export function nameOf(operation: Operation): string {
  switch (operation) {
    case Operation.Chat:
      return "chat";
    case Operation.Embeddings:
      return "embeddings";
    case Operation.ImageGenerations:
    case Operation.ImageEdits:
    case Operation.ImageVariations:
      return "images";
    case Operation.Speech:
      return "speech";
    case Operation.Transcriptions:
    case Operation.Translations:
      return "transcriptions";
    case Operation.Moderations:
      return "moderations";
    case Operation.Rerank:
      return "rerank";
    case Operation.Files:
      return "files";
    case Operation.Batches:
      return "batches";
    case Operation.FineTuning:
      return "fine-tuning jobs";
    case Operation.StoredResponses:
      return "stored responses";
    case Operation.StoredChats:
      return "stored chat completions";
    default:
      return "this operation";
  }
}
