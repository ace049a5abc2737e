/** The provider's side of requests that pass as they are. See README.md. */
import { Bytes } from "../../bytes/bytes";
import { isMediaType } from "../../bytes/media-type";
import { ByteWriter } from "../../bytes/writer";
import { JsonWriter } from "../../json/writer";
import { AnswerReader } from "../answer";
import { Conversation } from "../conversation";
import { Failure } from "../failure";
import { readFailure } from "../openai/provider-errors";
import { Dialect, Operation } from "../operation";
import { AnswerForm, Passage, ProviderProtocol, Target } from "../protocol";
import { PassingReader } from "./passing-reader";
import { writeWithModel } from "./request-writer";

/** Images, audio, moderations, rerank: the client's bytes but for the model's name, and the provider's bytes as they come. */
@final
export class OpaqueProvider extends ProviderProtocol {
  get dialect(): Dialect {
    return Dialect.OpenAI;
  }

  /** What isn't read always fits. */
  fits(_conversation: Conversation, _target: Target): Failure | null {
    return null;
  }

  writePath(conversation: Conversation, _target: Target, out: ByteWriter): void {
    out.ascii(usualPath(conversation.operation));
  }

  writeRequest(conversation: Conversation, target: Target, out: JsonWriter): void {
    writeWithModel(conversation, target, out);
  }

  override passesUnchanged(_conversation: Conversation, target: Target): bool {
    return !target.modelChanged;
  }

  override passage(_conversation: Conversation): Passage {
    return Passage.Passing;
  }

  /** Any type is the client's: sound, pictures, text, JSON, events. */
  override answerForm(contentType: Bytes): AnswerForm {
    const mayTellUsage = isMediaType(contentType, "application/json") || isMediaType(contentType, "text/event-stream");
    return mayTellUsage ? AnswerForm.Passing : AnswerForm.Unread;
  }

  streamReader(conversation: Conversation): AnswerReader {
    return this.wholeReader(conversation);
  }

  wholeReader(_conversation: Conversation): AnswerReader {
    return new PassingReader();
  }

  /** OpenAI's form, and what its vendors have in its place: Cohere's and Jina's are among them. */
  readFailure(status: i32, body: Bytes): Failure {
    return readFailure(status, body);
  }
}

/** OpenAI's own path of an operation, below `/v1`'s host; rerank's is Cohere's and Jina's. */
function usualPath(operation: Operation): string {
  switch (operation) {
    case Operation.ImageGenerations:
      return "/v1/images/generations";
    case Operation.ImageEdits:
      return "/v1/images/edits";
    case Operation.ImageVariations:
      return "/v1/images/variations";
    case Operation.Speech:
      return "/v1/audio/speech";
    case Operation.Transcriptions:
      return "/v1/audio/transcriptions";
    case Operation.Translations:
      return "/v1/audio/translations";
    case Operation.Moderations:
      return "/v1/moderations";
    case Operation.Rerank:
      return "/v1/rerank";
    case Operation.Files:
      return "/v1/files";
    case Operation.Batches:
      return "/v1/batches";
    case Operation.FineTuning:
      return "/v1/fine_tuning/jobs";
    case Operation.StoredChats:
      return "/v1/chat/completions";
    default:
      return "/v1/responses";
  }
}
