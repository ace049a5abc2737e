/** A protocol whose requests get members of the configuration's own. */
import { Bytes } from "../bytes/bytes";
import { ByteWriter } from "../bytes/writer";
import { JsonPatch } from "../json/patch";
import { JsonWriter } from "../json/writer";
import { AnswerReader } from "./answer";
import { Conversation } from "./conversation";
import { Failure } from "./failure";
import { Dialect, Operation } from "./operation";
import { AnswerForm, Passage, ProviderProtocol, Target } from "./protocol";

/** What a provider's configuration sets in its requests. */
export abstract class BodySettings {
  /** What is set in a request in a protocol; null: nothing. */
  abstract patchFor(conversation: Conversation, target: Target, dialect: Dialect): JsonPatch | null;

  /** Changes what the conversation says, until `restore`, where a protocol other than the client's says it. */
  abstract change(conversation: Conversation): void;

  abstract restore(conversation: Conversation): void;
}

const written = new JsonWriter(0);

/** Writes as another protocol does, and sets members in it. */
@final
export class PatchedProtocol extends ProviderProtocol {
  constructor(
    readonly inner: ProviderProtocol,
    private readonly settings: BodySettings,
  ) {
    super();
  }

  override get dialect(): Dialect {
    return this.inner.dialect;
  }

  override get signsThinking(): bool {
    return this.inner.signsThinking;
  }

  override has(operation: Operation): bool {
    return this.inner.has(operation);
  }

  override fits(conversation: Conversation, target: Target): Failure | null {
    if (conversation.dialect == this.dialect) return this.inner.fits(conversation, target);
    this.settings.change(conversation);
    const failure = this.inner.fits(conversation, target);
    this.settings.restore(conversation);
    return failure;
  }

  override writePath(conversation: Conversation, target: Target, out: ByteWriter): void {
    this.inner.writePath(conversation, target, out);
  }

  override writeRequest(conversation: Conversation, target: Target, out: JsonWriter): void {
    const patch = this.settings.patchFor(conversation, target, this.dialect);
    if (patch != null && this.inner.passesUnchanged(conversation, target)) return patch.apply(conversation.source.body, out);
    written.clear();
    const changes = conversation.dialect != this.dialect;
    if (changes) this.settings.change(conversation);
    this.inner.writeRequest(conversation, target, patch == null ? out : written);
    if (changes) this.settings.restore(conversation);
    if (patch == null) return;
    patch.apply(written.view(), out);
    written.clear();
  }

  override passesUnchanged(conversation: Conversation, target: Target): bool {
    return this.inner.passesUnchanged(conversation, target) && this.settings.patchFor(conversation, target, this.dialect) == null;
  }

  override passage(conversation: Conversation): Passage {
    return this.inner.passage(conversation);
  }

  override rewriting(): ProviderProtocol {
    return new PatchedProtocol(this.inner.rewriting(), this.settings);
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
}
