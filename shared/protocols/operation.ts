import { Bytes } from "../bytes/bytes";

/** What the client asks for, whatever protocol it asks in. */
export enum Operation {
  /** A path that no protocol here names. */
  Unknown,
  Chat,
  Embeddings,
  Models,
}

/** The protocol that a path belongs to: the form in which errors go back, also where the operation is unknown. */
export enum Dialect {
  OpenAI,
  Anthropic,
  Gemini,
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
