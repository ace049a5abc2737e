/** The client's side of Anthropic's Messages API. */
import { JsonWriter } from "../../json/writer";
import { AnswerWriter } from "../answer";
import { Conversation } from "../conversation";
import { Failure, FailureKind } from "../failure";
import { Dialect, Operation } from "../operation";
import { AnswerSettings, ClientProtocol } from "../protocol";
import { CountWriter } from "../small-answer";
import { anthropicFailure, anthropicFailureEvent } from "./errors";
import { MessagesRequestReader } from "./request-reader";
import { MessageStreamWriter } from "./stream-writer";
import { MessageWholeWriter } from "./whole-writer";

/** Reads requests for messages; writes answers and errors. See README.md. */
@final
export class AnthropicClient extends ClientProtocol {
  private readonly messages: MessagesRequestReader = new MessagesRequestReader();

  get dialect(): Dialect {
    return Dialect.Anthropic;
  }

  readRequest(conversation: Conversation): Failure | null {
    if (conversation.operation == Operation.Chat || conversation.operation == Operation.CountTokens)
      return this.messages.read(conversation);
    return Failure.of(FailureKind.NotFound, "there is nothing to read a request for at this path: ask /v1/messages");
  }

  writer(settings: AnswerSettings, out: JsonWriter): AnswerWriter {
    if (settings.operation == Operation.CountTokens) return new CountWriter("input_tokens", this, settings.passage, out);
    return settings.stream ? new MessageStreamWriter(settings, out) : new MessageWholeWriter(settings, out);
  }

  writeFailure(failure: Failure, out: JsonWriter): void {
    anthropicFailure(failure, out);
  }

  writeFailureEvent(failure: Failure, out: JsonWriter): void {
    anthropicFailureEvent(failure, out);
  }
}
