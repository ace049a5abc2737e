/** The client's side of OpenAI's protocol. */
import { JsonWriter } from "../../json/writer";
import { AnswerWriter } from "../answer";
import { Conversation } from "../conversation";
import { Failure, FailureKind } from "../failure";
import { OpaqueRequestReader } from "../opaque/request-reader";
import { Dialect, Operation, isOpaque } from "../operation";
import { AnswerSettings, ClientProtocol } from "../protocol";
import { EmbeddingsRequestReader } from "./embeddings-request";
import { EmbeddingsWriter } from "./embeddings-writer";
import { writeError, writeErrorEvent } from "./errors";
import { ChatRequestReader } from "./request-reader";
import { ChatStreamWriter } from "./stream-writer";
import { ChatWholeWriter } from "./whole-writer";

/** Reads chat completions and embeddings; writes answers and errors. See README.md. */
@final
export class OpenAIClient extends ClientProtocol {
  private readonly chat: ChatRequestReader = new ChatRequestReader();
  private readonly embeddings: EmbeddingsRequestReader = new EmbeddingsRequestReader();
  private readonly opaque: OpaqueRequestReader = new OpaqueRequestReader();

  get dialect(): Dialect {
    return Dialect.OpenAI;
  }

  readRequest(conversation: Conversation): Failure | null {
    switch (conversation.operation) {
      case Operation.Chat:
        return this.chat.read(conversation);
      case Operation.Embeddings:
        return this.embeddings.read(conversation);
      default:
        if (isOpaque(conversation.operation)) return this.opaque.read(conversation);
        return Failure.of(
          FailureKind.NotFound,
          "there is nothing to read a request for at this path: ask /v1/chat/completions or /v1/embeddings",
        );
    }
  }

  writer(settings: AnswerSettings, out: JsonWriter): AnswerWriter {
    if (settings.embeddings) return new EmbeddingsWriter(settings, out);
    return settings.stream ? new ChatStreamWriter(settings, out) : new ChatWholeWriter(settings, out);
  }

  writeFailure(failure: Failure, out: JsonWriter): void {
    writeError(failure, out);
  }

  writeFailureEvent(failure: Failure, out: JsonWriter): void {
    writeErrorEvent(failure, out);
  }
}
