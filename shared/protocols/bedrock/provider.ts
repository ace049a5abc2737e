/** The provider's side of AWS Bedrock's Converse. What becomes of each field: README.md. */
import { Bytes } from "../../bytes/bytes";
import { ByteWriter } from "../../bytes/writer";
import { JsonWriter } from "../../json/writer";
import { AnswerReader } from "../answer";
import { Conversation } from "../conversation";
import { Failure } from "../failure";
import { isMediaType } from "../../bytes/media-type";
import { Dialect } from "../operation";
import { AnswerForm, ProviderProtocol, Target } from "../protocol";
import { readFailure } from "./errors";
import { fits } from "./fits";
import { BedrockOptions } from "./options";
import { writeModelPath } from "./path";
import { writeRequest } from "./request-writer";
import { ConverseStreamReader } from "./stream-reader";
import { ConverseWholeReader } from "./whole-reader";

@final
export class BedrockProvider extends ProviderProtocol {
  constructor(private readonly options: BedrockOptions) {
    super();
  }

  get dialect(): Dialect {
    return Dialect.Bedrock;
  }

  override get signsThinking(): bool {
    return true;
  }

  fits(conversation: Conversation, target: Target): Failure | null {
    return fits(conversation, target);
  }

  writePath(conversation: Conversation, target: Target, out: ByteWriter): void {
    writeModelPath(target.model, conversation.stream ? "converse-stream" : "converse", out);
  }

  writeRequest(conversation: Conversation, target: Target, out: JsonWriter): void {
    writeRequest(conversation, target, this.options, out);
  }

  override answerForm(contentType: Bytes): AnswerForm {
    if (isMediaType(contentType, "application/vnd.amazon.eventstream")) return AnswerForm.Stream;
    return isMediaType(contentType, "application/json") ? AnswerForm.Whole : AnswerForm.Foreign;
  }

  streamReader(_conversation: Conversation): AnswerReader {
    return new ConverseStreamReader();
  }

  wholeReader(_conversation: Conversation): AnswerReader {
    return new ConverseWholeReader();
  }

  override get errorHeader(): string {
    return "x-amzn-errortype";
  }

  readFailure(status: i32, body: Bytes): Failure {
    return readFailure(status, NO_TYPE, body);
  }

  override readNamedFailure(status: i32, type: Bytes, body: Bytes): Failure {
    return readFailure(status, type, body);
  }
}

const NO_TYPE = new Bytes();
