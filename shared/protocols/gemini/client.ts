/** The client's side of Gemini's protocol. */
import { JsonWriter } from "../../json/writer";
import { AnswerWriter } from "../answer";
import { Conversation } from "../conversation";
import { Failure, FailureKind } from "../failure";
import { Dialect, Operation } from "../operation";
import { AnswerSettings, ClientProtocol } from "../protocol";
import { CountWriter } from "../small-answer";
import { Method, asksForEvents, methodOfPath, modelOfPath } from "./client-path";
import { EmbeddingsWriter } from "./embeddings-writer";
import { EmbedRequestReader } from "./embed-reader";
import { geminiFailure, geminiFailureEvent } from "./failure-writer";
import { GenerateRequestReader } from "./request-reader";
import { ContentStreamWriter } from "./stream-writer";
import { ContentWholeWriter } from "./whole-writer";

/** Reads requests for content, embeddings and counts; writes answers and errors. See README.md. */
@final
export class GeminiClient extends ClientProtocol {
  private readonly generate: GenerateRequestReader = new GenerateRequestReader();
  private readonly embed: EmbedRequestReader = new EmbedRequestReader();

  get dialect(): Dialect {
    return Dialect.Gemini;
  }

  readRequest(conversation: Conversation): Failure | null {
    const method = methodOfPath(conversation.path);
    conversation.model = modelOfPath(conversation.path, conversation.source);
    conversation.stream = method == Method.StreamGenerateContent;
    conversation.streamsArray = conversation.stream && !asksForEvents(conversation.path);
    conversation.embedsOne = method == Method.EmbedContent;
    if (method == Method.None)
      return Failure.of(
        FailureKind.NotFound,
        "there is nothing to read a request for at this path: ask /v1beta/models/{model}:generateContent",
      );
    return conversation.operation == Operation.Embeddings ? this.embed.read(conversation) : this.generate.read(conversation);
  }

  writer(settings: AnswerSettings, out: JsonWriter): AnswerWriter {
    if (settings.operation == Operation.Embeddings) return new EmbeddingsWriter(settings, out);
    if (settings.operation == Operation.CountTokens) return new CountWriter("totalTokens", this, settings.passage, out);
    return settings.stream ? new ContentStreamWriter(settings, out) : new ContentWholeWriter(settings, out);
  }

  writeFailure(failure: Failure, out: JsonWriter): void {
    geminiFailure(failure, out);
  }

  writeFailureEvent(failure: Failure, out: JsonWriter): void {
    geminiFailureEvent(failure, out);
  }
}
