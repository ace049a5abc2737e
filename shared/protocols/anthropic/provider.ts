/** The provider's side of Anthropic's Messages API, version 2023-06-01. What becomes of each field: README.md. */
import { Bytes } from "../../bytes/bytes";
import { ByteWriter } from "../../bytes/writer";
import { JsonWriter } from "../../json/writer";
import { AnswerReader } from "../answer";
import { Conversation } from "../conversation";
import { Failure } from "../failure";
import { Dialect } from "../operation";
import { ProviderProtocol, Target } from "../protocol";
import { readFailure } from "./errors";
import { fits } from "./fits";
import { writeRequest } from "./request-writer";
import { MessageStreamReader } from "./stream-reader";
import { MessageWholeReader } from "./whole-reader";

@final
export class AnthropicProvider extends ProviderProtocol {
  get dialect(): Dialect {
    return Dialect.Anthropic;
  }

  fits(conversation: Conversation, target: Target): Failure | null {
    return fits(conversation, target);
  }

  writePath(_conversation: Conversation, _target: Target, out: ByteWriter): void {
    out.ascii("/v1/messages");
  }

  writeRequest(conversation: Conversation, target: Target, out: JsonWriter): void {
    writeRequest(conversation, target, out);
  }

  streamReader(_conversation: Conversation): AnswerReader {
    return new MessageStreamReader();
  }

  wholeReader(_conversation: Conversation): AnswerReader {
    return new MessageWholeReader();
  }

  readFailure(status: i32, body: Bytes): Failure {
    return readFailure(status, body);
  }
}
