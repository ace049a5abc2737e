/** DashScope's own protocol, towards the provider: conversations and embeddings of Alibaba's models. README.md has the mapping. */
import { Bytes } from "../../bytes/bytes";
import { ByteWriter } from "../../bytes/writer";
import { JsonWriter } from "../../json/writer";
import { Abilities, Takes } from "../abilities";
import { AnswerReader } from "../answer";
import { Conversation } from "../conversation";
import { Failure } from "../failure";
import { readFailure } from "../openai/provider-errors";
import { ChatStreamReader } from "../openai/stream-reader";
import { WholeReader } from "../openai/whole-reader";
import { Dialect, Operation } from "../operation";
import { ProviderProtocol, Target } from "../protocol";
import { whyNoEmbeddings, writeEmbeddings } from "./embeddings";
import { EmbeddingsReader } from "./embeddings-reader";
import { isMultimodal } from "./models";
import { OWN, writeGeneration } from "./request-writer";

/** https://help.aliyun.com/zh/model-studio/qwen-api-via-dashscope: what `parameters` may hold. A temperature of 2 is out of range. */
const ABILITIES = new Abilities(
  "DashScope's",
  Takes.Temperature |
    Takes.TopP |
    Takes.Seed |
    Takes.PresencePenalty |
    Takes.Stops |
    Takes.Tools |
    Takes.NamedTool |
    Takes.OneCallAtATime |
    Takes.JsonObject |
    Takes.JsonSchema |
    Takes.JsonBesideTools |
    Takes.Thinking |
    Takes.Images |
    Takes.ImageUrls |
    Takes.Embeddings |
    Takes.TextDocuments,
);
ABILITIES.own = OWN;
ABILITIES.mostAnswers = 4;
ABILITIES.mostTemperature = 1.99;

@final
export class DashScopeProvider extends ProviderProtocol {
  override get dialect(): Dialect {
    return Dialect.DashScope;
  }

  override fits(conversation: Conversation, target: Target): Failure | null {
    if (conversation.operation == Operation.Embeddings) return whyNoEmbeddings(conversation, target);
    return ABILITIES.whyUnfit(conversation, target);
  }

  override writePath(conversation: Conversation, target: Target, out: ByteWriter): void {
    if (conversation.operation == Operation.Embeddings) return out.ascii("/api/v1/services/embeddings/text-embedding/text-embedding");
    out.ascii(
      isMultimodal(conversation, target.model)
        ? "/api/v1/services/aigc/multimodal-generation/generation"
        : "/api/v1/services/aigc/text-generation/generation",
    );
  }

  override writeRequest(conversation: Conversation, target: Target, out: JsonWriter): void {
    if (conversation.operation == Operation.Embeddings) writeEmbeddings(conversation, target, out);
    else writeGeneration(conversation, target, out);
  }

  /** With `incremental_output` an answer is OpenAI's inside of `output`, and `request_id` its id. */
  override streamReader(_conversation: Conversation): AnswerReader {
    return new ChatStreamReader(false, false);
  }

  override wholeReader(conversation: Conversation): AnswerReader {
    if (conversation.operation == Operation.Embeddings) return new EmbeddingsReader();
    return new WholeReader(false);
  }

  /** `{"code":"InvalidApiKey","message":…,"request_id":…}`: https://help.aliyun.com/zh/model-studio/error-code */
  override readFailure(status: i32, body: Bytes): Failure {
    return readFailure(status, body);
  }
}
