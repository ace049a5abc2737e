/** A protocol whose requests get members of the configuration's own. */
import { Bytes } from "../bytes/bytes";
import { JsonPatch } from "../json/patch";
import { JsonWriter } from "../json/writer";
import { Conversation } from "./conversation";
import { Failure } from "./failure";
import { Dialect, Operation } from "./operation";
import { ProviderProtocol, Target } from "./protocol";
import { WrappedProtocol } from "./wrapped";

/** What a provider's configuration sets in its requests. */
export abstract class BodySettings {
  /** What is set in a request in a protocol; null: nothing. */
  abstract patchFor(conversation: Conversation, target: Target, dialect: Dialect): JsonPatch | null;

  /** Changes what the conversation says, until `restore`, where a protocol other than the client's (`dialect`) says it. */
  abstract change(conversation: Conversation, dialect: Dialect): void;

  abstract restore(conversation: Conversation): void;

  /** Whether `change` adds, joins or leaves out messages. */
  abstract get movesMessages(): bool;

  /** Whether messages are changed in a client's own body, too, for a provider of the same protocol. */
  abstract get editsMessages(): bool;

  /** Writes a body in a protocol with its messages changed. */
  abstract editMessages(body: Bytes, dialect: Dialect, out: JsonWriter): void;
}

const written = new JsonWriter(0);
const patched = new JsonWriter(0);

/** Writes as another protocol does, and sets members in it. */
@final
export class PatchedProtocol extends WrappedProtocol {
  constructor(
    inner: ProviderProtocol,
    private readonly settings: BodySettings,
  ) {
    super(inner);
  }

  override fits(conversation: Conversation, target: Target): Failure | null {
    if (conversation.dialect == this.dialect) return this.inner.fits(conversation, target);
    this.settings.change(conversation, this.dialect);
    const failure = this.inner.fits(conversation, target);
    this.settings.restore(conversation);
    if (failure == null || !this.settings.movesMessages) return failure;
    // What is at fault is named by its place, which the client knows as it is without the changes.
    const own = this.inner.fits(conversation, target);
    if (own != null) return own;
    failure.item = -1;
    return failure;
  }

  override writeRequest(conversation: Conversation, target: Target, out: JsonWriter): void {
    if (this.edits(conversation)) return this.writeEdited(conversation, target, out);
    const patch = this.settings.patchFor(conversation, target, this.dialect);
    if (patch != null && this.inner.passesUnchanged(conversation, target)) return patch.apply(conversation.source.body, out);
    written.clear();
    const changes = conversation.dialect != this.dialect;
    if (changes) this.settings.change(conversation, this.dialect);
    this.inner.writeRequest(conversation, target, patch == null ? out : written);
    if (changes) this.settings.restore(conversation);
    if (patch == null) return;
    patch.apply(written.view(), out);
    written.clear();
  }

  private edits(conversation: Conversation): bool {
    return this.settings.editsMessages && conversation.dialect == this.dialect && conversation.operation == Operation.Chat;
  }

  /** A client's own body, as the target wants it, with what is set in it, and then its messages changed. */
  private writeEdited(conversation: Conversation, target: Target, out: JsonWriter): void {
    let body = conversation.source.body;
    if (!this.inner.passesUnchanged(conversation, target)) {
      written.clear();
      this.inner.writeRequest(conversation, target, written);
      body = written.view();
    }
    const patch = this.settings.patchFor(conversation, target, this.dialect);
    if (patch != null) {
      patched.clear();
      patch.apply(body, patched);
      body = patched.view();
    }
    this.settings.editMessages(body, this.dialect, out);
    written.clear();
    patched.clear();
  }

  override passesUnchanged(conversation: Conversation, target: Target): bool {
    if (this.edits(conversation)) return false;
    return this.inner.passesUnchanged(conversation, target) && this.settings.patchFor(conversation, target, this.dialect) == null;
  }

  override rewriting(): ProviderProtocol {
    return new PatchedProtocol(this.inner.rewriting(), this.settings);
  }
}
