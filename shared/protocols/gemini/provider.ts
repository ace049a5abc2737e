/** Gemini's protocol, towards the provider: `generateContent` and `streamGenerateContent` of v1beta. README.md has the mapping. */
import { Bytes } from "../../bytes/bytes";
import { ByteWriter } from "../../bytes/writer";
import { JsonWriter } from "../../json/writer";
import { AnswerReader } from "../answer";
import { Conversation } from "../conversation";
import { Failure } from "../failure";
import { Dialect } from "../operation";
import { ProviderProtocol, Target } from "../protocol";
import { geminiFits } from "./fits";
import { writeModelPath } from "./path";
import { writeGenerateContent } from "./request";
import { failureOfAnswer } from "./rpc-error";
import { GeminiStreamReader } from "./stream-reader";
import { GeminiWholeReader } from "./whole-reader";

@final
export class GeminiProvider extends ProviderProtocol {
  override get signsThinking(): bool {
    return true;
  }

  override get dialect(): Dialect {
    return Dialect.Gemini;
  }

  override fits(conversation: Conversation, target: Target): Failure | null {
    return geminiFits(conversation, target);
  }

  override writePath(conversation: Conversation, target: Target, out: ByteWriter): void {
    writeModelPath(target.model, conversation.stream, out);
  }

  override writeRequest(conversation: Conversation, target: Target, out: JsonWriter): void {
    writeGenerateContent(conversation, target, out);
  }

  override streamReader(conversation: Conversation): AnswerReader {
    return new GeminiStreamReader(saltOf(conversation));
  }

  override wholeReader(conversation: Conversation): AnswerReader {
    return new GeminiWholeReader(saltOf(conversation));
  }

  override readFailure(status: i32, body: Bytes): Failure {
    return failureOfAnswer(status, body);
  }
}

/** The body's length and the number of items differ from turn to turn of one conversation, which is where made-up ids must not meet. */
function saltOf(conversation: Conversation): u64 {
  return ((<u64>conversation.itemCount) << 32) | (<u64>conversation.source.body.length);
}
