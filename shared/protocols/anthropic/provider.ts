/** The provider's side of Anthropic's Messages API, version 2023-06-01. What becomes of each field: README.md. */
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
import { readFailure } from "./errors";
import { fits } from "./fits";
import { writeRequest } from "./request-writer";
import { MessageStreamReader } from "./stream-reader";
import { MessageWholeReader } from "./whole-reader";

@final
export class AnthropicProvider extends ProviderProtocol {
  override get signsThinking(): bool {
    return true;
  }

  get dialect(): Dialect {
    return Dialect.Anthropic;
  }

  /** An Anthropic client's own words always fit. */
  fits(conversation: Conversation, target: Target): Failure | null {
    return conversation.dialect == Dialect.Anthropic ? null : fits(conversation, target);
  }

  writePath(conversation: Conversation, _target: Target, out: ByteWriter): void {
    out.ascii(conversation.operation == Operation.CountTokens ? "/v1/messages/count_tokens" : "/v1/messages");
  }

  override has(operation: Operation): bool {
    return operation == Operation.Chat || operation == Operation.CountTokens;
  }

  writeRequest(conversation: Conversation, target: Target, out: JsonWriter): void {
    if (conversation.dialect == Dialect.Anthropic) writeEdited(conversation, target, out);
    else writeRequest(conversation, target, out);
  }

  override passesUnchanged(conversation: Conversation, target: Target): bool {
    return conversation.dialect == Dialect.Anthropic && passesUnchanged(conversation, target);
  }

  /** A stream passes event by event: its errors aren't the client's. */
  override passage(conversation: Conversation): Passage {
    if (conversation.dialect != Dialect.Anthropic) return Passage.Translated;
    return conversation.stream ? Passage.Relayed : Passage.Unchanged;
  }

  streamReader(conversation: Conversation): AnswerReader {
    return new MessageStreamReader(this.passage(conversation) == Passage.Relayed, this.textUse(conversation));
  }

  wholeReader(conversation: Conversation): AnswerReader {
    if (conversation.operation == Operation.CountTokens) return new CountReader("input_tokens", this);
    return new MessageWholeReader(this.textUse(conversation));
  }

  readFailure(status: i32, body: Bytes): Failure {
    return readFailure(status, body);
  }
}
