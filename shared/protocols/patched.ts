/** A protocol whose requests get members of the configuration's own. */
import { JsonPatch } from "../json/patch";
import { JsonWriter } from "../json/writer";
import { Conversation } from "./conversation";
import { Failure } from "./failure";
import { Dialect } from "./operation";
import { ProviderProtocol, Target } from "./protocol";
import { WrappedProtocol } from "./wrapped";

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
export class PatchedProtocol extends WrappedProtocol {
  constructor(
    inner: ProviderProtocol,
    private readonly settings: BodySettings,
  ) {
    super(inner);
  }

  override fits(conversation: Conversation, target: Target): Failure | null {
    if (conversation.dialect == this.dialect) return this.inner.fits(conversation, target);
    this.settings.change(conversation);
    const failure = this.inner.fits(conversation, target);
    this.settings.restore(conversation);
    return failure;
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

  override rewriting(): ProviderProtocol {
    return new PatchedProtocol(this.inner.rewriting(), this.settings);
  }
}
