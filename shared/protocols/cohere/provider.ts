/** Cohere's protocol, towards the provider: chat and embeddings of version 2. README.md has the mapping. */
import { Bytes } from "../../bytes/bytes";
import { ByteWriter } from "../../bytes/writer";
import { JsonWriter } from "../../json/writer";
import { Abilities, Takes } from "../abilities";
import { AnswerReader } from "../answer";
import { Conversation } from "../conversation";
import { Failure } from "../failure";
import { readFailure } from "../openai/provider-errors";
import { Dialect, Operation } from "../operation";
import { ProviderProtocol, Target } from "../protocol";
import { whyNoEmbeddings, writeEmbed } from "./embeddings";
import { EmbeddingsReader } from "./embeddings-reader";
import { OWN, writeChat } from "./request-writer";
import { CohereStreamReader } from "./stream-reader";
import { CohereWholeReader } from "./whole-reader";

/** https://docs.cohere.com/reference/chat: what a request may hold, and the ranges of its numbers. */
const ABILITIES = new Abilities(
  "Cohere's",
  Takes.Temperature |
    Takes.TopP |
    Takes.Seed |
    Takes.PresencePenalty |
    Takes.FrequencyPenalty |
    Takes.Stops |
    Takes.Tools |
    Takes.RequiredTool |
    Takes.NamedTool |
    Takes.JsonObject |
    Takes.JsonSchema |
    Takes.Thinking |
    Takes.Images |
    Takes.ImageUrls |
    Takes.Embeddings |
    Takes.TextDocuments,
);
ABILITIES.own = OWN;
ABILITIES.mostStops = 5;
ABILITIES.mostTemperature = 1;
ABILITIES.leastPenalty = 0;
ABILITIES.mostPenalty = 1;

@final
export class CohereProvider extends ProviderProtocol {
  override get dialect(): Dialect {
    return Dialect.Cohere;
  }

  override fits(conversation: Conversation, target: Target): Failure | null {
    if (conversation.operation == Operation.Embeddings) return whyNoEmbeddings(conversation, target);
    return ABILITIES.whyUnfit(conversation, target);
  }

  override writePath(conversation: Conversation, _target: Target, out: ByteWriter): void {
    out.ascii(conversation.operation == Operation.Embeddings ? "/v2/embed" : "/v2/chat");
  }

  override writeRequest(conversation: Conversation, target: Target, out: JsonWriter): void {
    if (conversation.operation == Operation.Embeddings) writeEmbed(conversation, target, out);
    else writeChat(conversation, target, out);
  }

  override streamReader(_conversation: Conversation): AnswerReader {
    return new CohereStreamReader();
  }

  override wholeReader(conversation: Conversation): AnswerReader {
    if (conversation.operation == Operation.Embeddings) return new EmbeddingsReader();
    return new CohereWholeReader();
  }

  /** `{"message":…}`, with the status saying what kind of error it is: https://docs.cohere.com/reference/errors */
  override readFailure(status: i32, body: Bytes): Failure {
    return readFailure(status, body);
  }
}
