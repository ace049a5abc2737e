/** The provider's side of OpenAI's Responses API: for clients of Responses, whose words go there as they are. */
import { Bytes } from "../../bytes/bytes";
import { ByteWriter } from "../../bytes/writer";
import { JsonWriter } from "../../json/writer";
import { AnswerReader } from "../answer";
import { Conversation } from "../conversation";
import { Failure, FailureKind } from "../failure";
import { readFailure } from "../openai/provider-errors";
import { Dialect } from "../operation";
import { Passage, ProviderProtocol, Target } from "../protocol";
import { passesUnchanged, writeEdited } from "./body-edits";
import { ResponseStreamReader } from "./stream-reader";
import { ResponseWholeReader } from "./whole-reader";

/** A vendor's second protocol (`Vendor.also`): only conversations of clients of Responses are put to it. */
@final
export class ResponsesProvider extends ProviderProtocol {
  get dialect(): Dialect {
    return Dialect.Responses;
  }

  /** A client's own words always fit. */
  fits(conversation: Conversation, _target: Target): Failure | null {
    if (conversation.dialect == Dialect.Responses) return null;
    return Failure.of(FailureKind.Internal, "the Responses API is only asked what clients of it ask");
  }

  writePath(_conversation: Conversation, _target: Target, out: ByteWriter): void {
    out.ascii("/v1/responses");
  }

  writeRequest(conversation: Conversation, target: Target, out: JsonWriter): void {
    writeEdited(conversation, target, out);
  }

  override passesUnchanged(conversation: Conversation, target: Target): bool {
    return passesUnchanged(conversation, target);
  }

  /** A stream passes event by event: its errors aren't the client's. */
  override passage(conversation: Conversation): Passage {
    return conversation.stream ? Passage.Relayed : Passage.Unchanged;
  }

  streamReader(conversation: Conversation): AnswerReader {
    return new ResponseStreamReader(conversation.stream);
  }

  wholeReader(_conversation: Conversation): AnswerReader {
    return new ResponseWholeReader();
  }

  readFailure(status: i32, body: Bytes): Failure {
    return readFailure(status, body);
  }
}
