/** The client's side of OpenAI's Responses API. */
import { JsonWriter } from "../../json/writer";
import { AnswerWriter } from "../answer";
import { Conversation } from "../conversation";
import { Failure } from "../failure";
import { writeError } from "../openai/errors";
import { Dialect } from "../operation";
import { AnswerSettings, ClientProtocol, Target } from "../protocol";
import { writeErrorEvent } from "./failure-events";
import { needsItsOwn } from "./needs";
import { ResponsesRequestReader } from "./request-reader";
import { ResponseStreamWriter } from "./stream-writer";
import { ResponseWholeWriter } from "./whole-writer";

/** Reads requests for responses; writes responses and errors. See README.md. */
@final
export class ResponsesClient extends ClientProtocol {
  private readonly requests: ResponsesRequestReader = new ResponsesRequestReader();

  get dialect(): Dialect {
    return Dialect.Responses;
  }

  readRequest(conversation: Conversation): Failure | null {
    return this.requests.read(conversation);
  }

  override needsItsOwn(conversation: Conversation, target: Target): Failure | null {
    return needsItsOwn(conversation, target);
  }

  writer(settings: AnswerSettings, out: JsonWriter): AnswerWriter {
    return settings.stream ? new ResponseStreamWriter(settings, out) : new ResponseWholeWriter(settings, out);
  }

  writeFailure(failure: Failure, out: JsonWriter): void {
    writeError(failure, out);
  }

  writeFailureEvent(failure: Failure, out: JsonWriter): void {
    writeErrorEvent(failure, 0, out);
  }
}
