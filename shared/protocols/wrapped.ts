import { Bytes } from "../bytes/bytes";
import { ByteWriter } from "../bytes/writer";
import { JsonWriter } from "../json/writer";
import { AnswerReader } from "./answer";
import { Conversation } from "./conversation";
import { Failure } from "./failure";
import { Dialect, Operation } from "./operation";
import { AnswerForm, Passage, ProviderProtocol, Target } from "./protocol";

/** A protocol that is another one in all but what its subclass overrides. Whatever `ProviderProtocol` can be asked is handed on here, so that no subclass forgets a part. */
export abstract class WrappedProtocol extends ProviderProtocol {
  constructor(readonly inner: ProviderProtocol) {
    super();
  }

  override get dialect(): Dialect {
    return this.inner.dialect;
  }

  override has(operation: Operation): bool {
    return this.inner.has(operation);
  }

  override fits(conversation: Conversation, target: Target): Failure | null {
    return this.inner.fits(conversation, target);
  }

  override writePath(conversation: Conversation, target: Target, out: ByteWriter): void {
    this.inner.writePath(conversation, target, out);
  }

  override writeRequest(conversation: Conversation, target: Target, out: JsonWriter): void {
    this.inner.writeRequest(conversation, target, out);
  }

  override passesUnchanged(conversation: Conversation, target: Target): bool {
    return this.inner.passesUnchanged(conversation, target);
  }

  override passage(conversation: Conversation): Passage {
    return this.inner.passage(conversation);
  }

  override get signsThinking(): bool {
    return this.inner.signsThinking;
  }

  override answerForm(contentType: Bytes): AnswerForm {
    return this.inner.answerForm(contentType);
  }

  override streamReader(conversation: Conversation): AnswerReader {
    return this.inner.streamReader(conversation);
  }

  override wholeReader(conversation: Conversation): AnswerReader {
    return this.inner.wholeReader(conversation);
  }

  override readFailure(status: i32, body: Bytes): Failure {
    return this.inner.readFailure(status, body);
  }

  override get errorHeader(): string {
    return this.inner.errorHeader;
  }

  override readNamedFailure(status: i32, type: Bytes, body: Bytes): Failure {
    return this.inner.readNamedFailure(status, type, body);
  }

  /** The subclass' own doing: what it changes is to hold there, too. */
  abstract rewriting(): ProviderProtocol;
}
