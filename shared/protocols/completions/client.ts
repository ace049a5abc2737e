/** The client's side of OpenAI's old Completions API: a prompt that is continued, not a conversation. */
import { JsonWriter } from "../../json/writer";
import { AnswerWriter } from "../answer";
import { Conversation } from "../conversation";
import { Failure } from "../failure";
import { cannotSay, unknownMember } from "../message";
import { writeError, writeErrorEvent } from "../openai/errors";
import { Dialect } from "../operation";
import { AnswerSettings, ClientProtocol, Target } from "../protocol";
import { CompletionRequestReader } from "./request-reader";
import { CompletionStreamWriter } from "./stream-writer";
import { CompletionWholeWriter } from "./whole-writer";

const ROUTE = "or route this model to a provider that serves completions itself";

/** Reads requests for completions as a turn of the user's; writes completions and errors. See README.md. */
@final
export class CompletionsClient extends ClientProtocol {
  private readonly requests: CompletionRequestReader = new CompletionRequestReader();

  get dialect(): Dialect {
    return Dialect.Completions;
  }

  readRequest(conversation: Conversation): Failure | null {
    return this.requests.read(conversation);
  }

  /** What can't be put to a model that chats. */
  override needsItsOwn(conversation: Conversation, target: Target): Failure | null {
    const others = conversation.others;
    const source = conversation.source;
    if (others.length == 0) return null;
    const name = others.at(0);
    if (source.is(name, "prompt"))
      return cannotSay("prompt", "is not one text", target, "send one request a text, and text in place of tokens; " + ROUTE);
    if (source.is(name, "suffix")) return cannotSay("suffix", "asks for what stands between two texts", target, "leave it out, " + ROUTE);
    if (source.is(name, "echo")) return cannotSay("echo", "asks for the prompt in the answer", target, "leave it out, " + ROUTE);
    if (source.is(name, "best_of")) return cannotSay("best_of", "asks for the best of several", target, "leave it out, " + ROUTE);
    return unknownMember(source.bytes(name), target, "leave it out, " + ROUTE);
  }

  writer(settings: AnswerSettings, out: JsonWriter): AnswerWriter {
    return settings.stream ? new CompletionStreamWriter(settings, out) : new CompletionWholeWriter(settings, out);
  }

  writeFailure(failure: Failure, out: JsonWriter): void {
    writeError(failure, out);
  }

  writeFailureEvent(failure: Failure, out: JsonWriter): void {
    writeErrorEvent(failure, out);
  }
}
