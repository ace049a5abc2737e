import { JsonWriter } from "../json/writer";
import { AnswerEvent, AnswerWriter } from "../protocols/answer";
import { anthropicFailure, anthropicFailureEvent } from "../protocols/anthropic/errors";
import { Conversation } from "../protocols/conversation";
import { Failure, FailureKind } from "../protocols/failure";
import { geminiFailure, geminiFailureEvent } from "../protocols/gemini/failure-writer";
import { writeError, writeErrorEvent } from "../protocols/openai/errors";
import { Dialect } from "../protocols/operation";
import { AnswerSettings, ClientProtocol } from "../protocols/protocol";

/** A protocol as far as modules need it that read no conversation: its errors. */
@final
class ErrorForm extends ClientProtocol {
  constructor(private form: Dialect) {
    super();
  }

  override get dialect(): Dialect {
    return this.form;
  }

  override readRequest(_conversation: Conversation): Failure | null {
    return Failure.of(FailureKind.NotFound, "This module of the gateway reads no conversations.");
  }

  override writer(_settings: AnswerSettings, _out: JsonWriter): AnswerWriter {
    return new NoWriter();
  }

  override writeFailure(failure: Failure, out: JsonWriter): void {
    if (this.form == Dialect.Anthropic) anthropicFailure(failure, out);
    else if (this.form == Dialect.Gemini) geminiFailure(failure, out);
    else writeError(failure, out);
  }

  override writeFailureEvent(failure: Failure, out: JsonWriter): void {
    if (this.form == Dialect.Anthropic) anthropicFailureEvent(failure, out);
    else if (this.form == Dialect.Gemini) geminiFailureEvent(failure, out);
    else writeErrorEvent(failure, out);
  }
}

/** Of a module that has no answers to write. */
@final
class NoWriter extends AnswerWriter {
  override get contentType(): string {
    return "application/json";
  }
  override on(_event: AnswerEvent): void {}
}

const openai = new ErrorForm(Dialect.OpenAI);
const anthropic = new ErrorForm(Dialect.Anthropic);
const gemini = new ErrorForm(Dialect.Gemini);
/** By dialect; what isn't here has only its error form. */
const served = new Map<Dialect, ClientProtocol>();

/** From now on this module reads requests in this protocol: a plugin that needs conversations says so for each (`all-clients.ts`), and only then is the protocol part of the module. */
export function serve(client: ClientProtocol): void {
  served.set(client.dialect, client);
}

/** The protocol of a client. */
export function clientOf(dialect: Dialect): ClientProtocol {
  if (served.has(dialect)) return served.get(dialect);
  if (dialect == Dialect.Anthropic) return anthropic;
  return dialect == Dialect.Gemini ? gemini : openai;
}
