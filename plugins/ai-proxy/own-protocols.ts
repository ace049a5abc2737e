/** Vendors whose protocol hangs on more of the configuration than their type: which app, which of two APIs, which language. */
import { Bytes, EMPTY } from "../../shared/bytes/bytes";
import { AnswerQuirks } from "../../shared/protocols/openai/answer-quirks";
import { DashScopeProvider } from "../../shared/protocols/dashscope/provider";
import { DeepLProvider } from "../../shared/protocols/deepl/provider";
import { DifyProvider } from "../../shared/protocols/dify/provider";
import { BotType, DifySettings } from "../../shared/protocols/dify/settings";
import { HunyuanProvider } from "../../shared/protocols/hunyuan/provider";
import { MiniMaxProvider } from "../../shared/protocols/minimax/provider";
import { OpenAIProvider } from "../../shared/protocols/openai/provider";
import { ProviderProtocol } from "../../shared/protocols/protocol";
import { TritonProvider } from "../../shared/protocols/triton/provider";
import { ProviderBotType, ProviderFields, ProviderMinimaxApiType, ProviderType } from "./config.generated";

/** A protocol, and where it is spoken. */
@final
export class OwnProtocol {
  /** The path of conversations; empty: the protocol writes it. */
  chatPath: Bytes = EMPTY;
  servesEmbeddings: bool = false;
  /** What stands in front of the key. */
  keyPrefix: string = "Bearer ";
  /** Whether the caller's own `authorization` goes on where no key is configured. */
  passesCallersKey: bool = false;

  constructor(
    readonly protocol: ProviderProtocol,
    /** Empty where the configuration must name it. */
    readonly host: Bytes,
  ) {}
}

/** Spark says no finish reason in its streams, and both name things in their own way: to OpenAI's libraries their answers are written anew. */
@final
class LooseAnswers extends AnswerQuirks {
  constructor() {
    super();
    this.rewrites = this.endsWithoutReason = true;
  }
}

const loose = new OpenAIProvider(new LooseAnswers());
const dashscope = new DashScopeProvider();
const hunyuan = new HunyuanProvider();

/** Null: the vendor's row says all. */
export function ownProtocolOf(fields: ProviderFields): OwnProtocol | null {
  switch (fields.type) {
    case ProviderType.Qwen: {
      if (fields.qwenEnableCompatible) return null;
      const own = new OwnProtocol(dashscope, fields.qwenDomain.isEmpty ? Bytes.of("dashscope.aliyuncs.com") : fields.qwenDomain);
      own.servesEmbeddings = true;
      return own;
    }
    case ProviderType.Hunyuan:
      return fields.hunyuanAuthId.isEmpty ? null : new OwnProtocol(hunyuan, Bytes.of("hunyuan.tencentcloudapi.com"));
    case ProviderType.Minimax: {
      const host = Bytes.of("api.minimax.chat");
      if (fields.minimaxApiType == ProviderMinimaxApiType.Pro) return new OwnProtocol(new MiniMaxProvider(fields.minimaxGroupId), host);
      const own = new OwnProtocol(loose, host);
      own.chatPath = Bytes.of("/v1/text/chatcompletion_v2");
      return own;
    }
    case ProviderType.Spark: {
      const own = new OwnProtocol(loose, Bytes.of("spark-api-open.xf-yun.com"));
      own.chatPath = Bytes.of("/v1/chat/completions");
      return own;
    }
    case ProviderType.Dify:
      return new OwnProtocol(new DifyProvider(difySettingsOf(fields)), hostOfUrl(fields.difyApiUrl, "api.dify.ai"));
    case ProviderType.Deepl: {
      const own = new OwnProtocol(new DeepLProvider(fields.targetLang), Bytes.of("api.deepl.com"));
      own.keyPrefix = "DeepL-Auth-Key ";
      return own;
    }
    case ProviderType.Triton: {
      const own = new OwnProtocol(new TritonProvider(fields.tritonModelVersion), fields.tritonDomain);
      own.passesCallersKey = true;
      return own;
    }
    default:
      return null;
  }
}

/** What a configuration of such a vendor lacks: the field and what it is for; null: nothing. */
export function missingIn(fields: ProviderFields): Array<string> | null {
  if (fields.type == ProviderType.Deepl && fields.targetLang.isEmpty) return ["targetLang", "the language to translate into, such as DE"];
  if (fields.type == ProviderType.Minimax && fields.minimaxApiType == ProviderMinimaxApiType.Pro && fields.minimaxGroupId.isEmpty)
    return ["minimaxGroupId", "the account's group, which minimaxApiType pro needs"];
  if (fields.type != ProviderType.Hunyuan) return null;
  if (fields.hunyuanAuthId.isEmpty && !fields.hunyuanAuthKey.isEmpty) return ["hunyuanAuthId", "the id of hunyuanAuthKey"];
  return !fields.hunyuanAuthId.isEmpty && fields.hunyuanAuthKey.isEmpty ? ["hunyuanAuthKey", "the key of hunyuanAuthId"] : null;
}

function difySettingsOf(fields: ProviderFields): DifySettings {
  const settings = new DifySettings();
  if (fields.botType == ProviderBotType.Completion) settings.botType = BotType.Completion;
  else if (fields.botType == ProviderBotType.Agent) settings.botType = BotType.Agent;
  else if (fields.botType == ProviderBotType.Workflow) settings.botType = BotType.Workflow;
  if (!fields.inputVariable.isEmpty) settings.inputVariable = fields.inputVariable;
  if (!fields.outputVariable.isEmpty) settings.outputVariable = fields.outputVariable;
  return settings;
}

/** The host, with its port, of a URL with or without its scheme; a path behind it is `pathOfUrl`'s. */
function hostOfUrl(url: Bytes, otherwise: string): Bytes {
  const rest = withoutScheme(url);
  const slash = rest.indexOf(0x2f);
  const host = slash < 0 ? rest : rest.slice(0, slash);
  return host.isEmpty ? Bytes.of(otherwise) : host;
}

/** The path of a URL, without the `/v1` that the protocol's own paths begin with, and without a slash at its end. */
export function pathOfUrl(url: Bytes): Bytes {
  const rest = withoutScheme(url);
  const slash = rest.indexOf(0x2f);
  if (slash < 0) return EMPTY;
  let path = rest.slice(slash);
  while (path.endsWith("/")) path = path.slice(0, path.length - 1);
  return path.endsWith("/v1") ? path.slice(0, path.length - 3) : path;
}

function withoutScheme(url: Bytes): Bytes {
  if (url.startsWith("https://")) return url.slice(8);
  return url.startsWith("http://") ? url.slice(7) : url;
}
