import { Bytes, EMPTY } from "../../shared/bytes/bytes";
import { AnthropicProvider } from "../../shared/protocols/anthropic/provider";
import { CohereProvider } from "../../shared/protocols/cohere/provider";
import { GeminiProvider } from "../../shared/protocols/gemini/provider";
import { Conversation } from "../../shared/protocols/conversation";
import { OpenAIProvider } from "../../shared/protocols/openai/provider";
import { Operation, isOpaque } from "../../shared/protocols/operation";
import { ProviderProtocol } from "../../shared/protocols/protocol";
import { ProviderType } from "./config.generated";

/** How a vendor wants its key. */
export enum Auth {
  /** `authorization: Bearer KEY`, if there is a key. */
  Bearer,
  /** `x-api-key: KEY` */
  ApiKey,
  /** `x-goog-api-key: KEY` */
  GoogleApiKey,
}

/** A protocol that a vendor speaks beside its main one, and where. */
@final
class NativeProtocol {
  constructor(
    public protocol: ProviderProtocol,
    public path: Bytes,
  ) {}
}

/** One vendor: a row. Paths are empty where the protocol's own serve, or the vendor doesn't. */
@final
export class Vendor {
  hostName: Bytes = EMPTY;
  chatPath: Bytes = EMPTY;
  embeddingsPath: Bytes = EMPTY;
  auth: Auth = Auth.Bearer;
  /** Whether the caller's own `authorization` goes on where no key is configured. */
  passesCallersKey: bool = false;
  /** Of OpenAI's protocol: whether it refuses `stream_options.include_usage` and `max_completion_tokens`. */
  knowsOnlyOldSettings: bool = false;
  /**
   * Of OpenAI's protocol: whether thinking goes back as `reasoning_content`, without which these refuse a round of tools that they thought in (https://api-docs.deepseek.com/guides/thinking_mode#tool-calls,
   * https://platform.moonshot.ai/docs/guide/use-kimi-k2-thinking-model).
   */
  wantsThinkingBack: bool = false;

  private native: Array<NativeProtocol> = [];

  constructor(private protocol: ProviderProtocol) {}

  /** In which protocol a conversation is put to this vendor: the client's own where it speaks that, too. */
  protocolFor(conversation: Conversation): ProviderProtocol {
    const native = this.nativeFor(conversation);
    return native == null ? this.protocol : native.protocol;
  }

  /** The path of what a conversation asks for; empty where the protocol's own serves. */
  pathFor(conversation: Conversation): Bytes {
    if (conversation.operation == Operation.Embeddings) return this.embeddingsPath;
    if (isOpaque(conversation.operation)) return EMPTY;
    const native = this.nativeFor(conversation);
    return native == null ? this.chatPath : native.path;
  }

  get signsThinking(): bool {
    return this.protocol.signsThinking;
  }

  private nativeFor(conversation: Conversation): NativeProtocol | null {
    const native = this.native;
    for (let i = 0; i < native.length; i++) if (native[i].protocol.dialect == conversation.dialect) return native[i];
    return null;
  }

  /** The vendor speaks another protocol, too: its clients' requests go there as they are. */
  also(protocol: ProviderProtocol, path: string): this {
    this.native.push(new NativeProtocol(protocol, Bytes.of(path)));
    return this;
  }

  host(name: string): this {
    this.hostName = Bytes.of(name);
    return this;
  }

  chat(path: string): this {
    this.chatPath = Bytes.of(path);
    return this;
  }

  embeddings(path: string): this {
    this.embeddingsPath = Bytes.of(path);
    return this;
  }

  key(auth: Auth): this {
    this.auth = auth;
    return this;
  }

  thinkingBack(): this {
    this.wantsThinkingBack = true;
    return this;
  }

  onlyOldSettings(): this {
    this.knowsOnlyOldSettings = true;
    return this;
  }

  callersKey(): this {
    this.passesCallersKey = true;
    return this;
  }
}

const openai = new OpenAIProvider();
const anthropic = new AnthropicProvider();
const gemini = new GeminiProvider();
const cohere = new CohereProvider();

/** The row of a vendor. What each serves is in README.md, written from here. */
export function vendorOf(type: ProviderType): Vendor {
  switch (type) {
    case ProviderType.Claude:
      return new Vendor(anthropic).host("api.anthropic.com").chat("/v1/messages").key(Auth.ApiKey);
    case ProviderType.Gemini:
      return new Vendor(gemini).host("generativelanguage.googleapis.com").key(Auth.GoogleApiKey);
    case ProviderType.Cohere:
      return new Vendor(cohere).host("api.cohere.com").chat("/v2/chat").embeddings("/v2/embed");
    case ProviderType.Deepseek:
      return new Vendor(openai)
        .host("api.deepseek.com")
        .chat("/v1/chat/completions")
        .thinkingBack()
        .also(anthropic, "/anthropic/v1/messages");
    case ProviderType.Moonshot:
      return new Vendor(openai).host("api.moonshot.cn").chat("/v1/chat/completions").thinkingBack();
    case ProviderType.Qwen:
      return new Vendor(openai)
        .host("dashscope.aliyuncs.com")
        .chat("/compatible-mode/v1/chat/completions")
        .embeddings("/compatible-mode/v1/embeddings");
    case ProviderType.Zhipuai:
      return new Vendor(openai).host("open.bigmodel.cn").chat("/api/paas/v4/chat/completions").embeddings("/api/paas/v4/embeddings");
    case ProviderType.Mistral:
      return new Vendor(openai).host("api.mistral.ai").chat("/v1/chat/completions").embeddings("/v1/embeddings").onlyOldSettings();
    case ProviderType.Groq:
      return new Vendor(openai).host("api.groq.com").chat("/openai/v1/chat/completions");
    case ProviderType.Openrouter:
      return new Vendor(openai).host("openrouter.ai").chat("/api/v1/chat/completions");
    case ProviderType.Ollama:
    case ProviderType.Vllm:
      return new Vendor(openai).chat("/v1/chat/completions").embeddings("/v1/embeddings");
    default:
      return new Vendor(openai).host("api.openai.com").chat("/v1/chat/completions").embeddings("/v1/embeddings").callersKey();
  }
}
