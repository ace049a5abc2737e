/** The provider's side of OpenAI's old Completions API: for clients of it, whose words go there as they are. */
import { Bytes } from "../../bytes/bytes";
import { ByteWriter } from "../../bytes/writer";
import { JsonWriter } from "../../json/writer";
import { AnswerReader } from "../answer";
import { Conversation } from "../conversation";
import { Failure, FailureKind } from "../failure";
import { NOTHING, editsFor, writeEdited } from "../openai/body-edits";
import { readFailure } from "../openai/provider-errors";
import { ChatStreamReader } from "../openai/stream-reader";
import { WholeReader } from "../openai/whole-reader";
import { Dialect } from "../operation";
import { Passage, ProviderProtocol, Target } from "../protocol";

/** A vendor's second protocol (`Vendor.also`). Chunks, errors, usage and ends are those of chat completions, but for a choice's `text`, which the readers of chat completions know too. */
@final
export class CompletionsProvider extends ProviderProtocol {
  get dialect(): Dialect {
    return Dialect.Completions;
  }

  /** A client's own words always fit. */
  fits(conversation: Conversation, _target: Target): Failure | null {
    if (conversation.dialect == Dialect.Completions) return null;
    return Failure.of(FailureKind.Internal, "the Completions API is only asked what clients of it ask");
  }

  writePath(_conversation: Conversation, _target: Target, out: ByteWriter): void {
    out.ascii("/v1/completions");
  }

  writeRequest(conversation: Conversation, target: Target, out: JsonWriter): void {
    writeEdited(conversation, target, out);
  }

  override passesUnchanged(conversation: Conversation, target: Target): bool {
    return editsFor(conversation, target) == NOTHING;
  }

  /** A stream passes event by event: its errors aren't the client's, and the usage that the client didn't ask for is taken out again. */
  override passage(conversation: Conversation): Passage {
    return conversation.stream ? Passage.Relayed : Passage.Unchanged;
  }

  streamReader(conversation: Conversation): AnswerReader {
    return new ChatStreamReader(conversation.stream, !conversation.includeUsage);
  }

  wholeReader(_conversation: Conversation): AnswerReader {
    return new WholeReader(false);
  }

  readFailure(status: i32, body: Bytes): Failure {
    return readFailure(status, body);
  }
}
