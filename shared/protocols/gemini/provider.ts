/** Gemini's protocol, towards the provider: content, embeddings and counts of v1beta. README.md has the mapping. */
import { Bytes } from "../../bytes/bytes";
import { ByteWriter } from "../../bytes/writer";
import { JsonWriter } from "../../json/writer";
import { AnswerReader } from "../answer";
import { Conversation } from "../conversation";
import { Failure } from "../failure";
import { Dialect, Operation } from "../operation";
import { Passage, ProviderProtocol, Target } from "../protocol";
import { CountReader } from "../small-answer";
import { passesUnchanged, writeEdited } from "./body-edits";
import { embeddingsFit, writeEmbeddings } from "./embeddings";
import { EmbeddingsReader } from "./embeddings-reader";
import { geminiFits } from "./fits";
import { writeModelPath } from "./path";
import { writeCountTokens, writeGenerateContent } from "./request";
import { failureOfAnswer } from "./rpc-error";
import { GeminiStreamReader, Relays } from "./stream-reader";
import { GeminiWholeReader } from "./whole-reader";

@final
export class GeminiProvider extends ProviderProtocol {
  override get dialect(): Dialect {
    return Dialect.Gemini;
  }

  override get signsThinking(): bool {
    return true;
  }

  override has(operation: Operation): bool {
    return operation == Operation.Chat || operation == Operation.Embeddings || operation == Operation.CountTokens;
  }

  /** A Gemini client's own words always fit. */
  override fits(conversation: Conversation, target: Target): Failure | null {
    if (conversation.dialect == Dialect.Gemini) return null;
    return conversation.operation == Operation.Embeddings ? embeddingsFit(conversation, target) : geminiFits(conversation, target);
  }

  override writePath(conversation: Conversation, target: Target, out: ByteWriter): void {
    writeModelPath(target.model, methodFor(conversation), out);
  }

  override writeRequest(conversation: Conversation, target: Target, out: JsonWriter): void {
    if (conversation.dialect == Dialect.Gemini) writeEdited(conversation, target, out);
    else if (conversation.operation == Operation.Embeddings) writeEmbeddings(conversation, target, out);
    else if (conversation.operation == Operation.CountTokens) writeCountTokens(conversation, target, out);
    else writeGenerateContent(conversation, target, out);
  }

  override passesUnchanged(conversation: Conversation, target: Target): bool {
    return conversation.dialect == Dialect.Gemini && passesUnchanged(conversation, target);
  }

  /** A stream passes event by event: its errors aren't the client's. */
  override passage(conversation: Conversation): Passage {
    if (conversation.dialect != Dialect.Gemini) return Passage.Translated;
    return conversation.stream ? Passage.Relayed : Passage.Unchanged;
  }

  override streamReader(conversation: Conversation): AnswerReader {
    const relays =
      this.passage(conversation) != Passage.Relayed ? Relays.Nothing : conversation.streamsArray ? Relays.Array : Relays.Events;
    return new GeminiStreamReader(saltOf(conversation), relays, this.textUse(conversation));
  }

  override wholeReader(conversation: Conversation): AnswerReader {
    if (conversation.operation == Operation.Embeddings) return new EmbeddingsReader(this);
    if (conversation.operation == Operation.CountTokens) return new CountReader("totalTokens", this);
    return new GeminiWholeReader(saltOf(conversation), this.textUse(conversation));
  }

  override readFailure(status: i32, body: Bytes): Failure {
    return failureOfAnswer(status, body);
  }
}

function methodFor(conversation: Conversation): string {
  switch (conversation.operation) {
    case Operation.Embeddings:
      return conversation.embedsOne ? "embedContent" : "batchEmbedContents";
    case Operation.CountTokens:
      return "countTokens";
    default:
      return conversation.stream ? "streamGenerateContent?alt=sse" : "generateContent";
  }
}

/** The body's length and the number of items differ from turn to turn of one conversation, which is where made-up ids must not meet. */
function saltOf(conversation: Conversation): u64 {
  return ((<u64>conversation.itemCount) << 32) | (<u64>conversation.source.body.length);
}
