/** The provider's side of requests about objects whose answers are read. */
import { Bytes } from "../../bytes/bytes";
import { ByteWriter } from "../../bytes/writer";
import { JsonWriter } from "../../json/writer";
import { AnswerEvent, AnswerReader, AnswerWriter, EventKind } from "../answer";
import { Conversation } from "../conversation";
import { Failure } from "../failure";
import { OpaqueProvider } from "../opaque/provider";
import { Dialect } from "../operation";
import { Passage, ProviderProtocol, Target } from "../protocol";
import { PassingReader } from "../opaque/passing-reader";
import { ObjectReader } from "./reader";
import { ObjectAction } from "./path";

const opaque = new OpaqueProvider();

/** Requests pass as they are; answers are JSON, held whole, and noted; lists are cut down to the caller's own. */
@final
export class ObjectProvider extends ProviderProtocol {
  get dialect(): Dialect {
    return Dialect.OpenAI;
  }

  fits(_conversation: Conversation, _target: Target): Failure | null {
    return null;
  }

  writePath(conversation: Conversation, target: Target, out: ByteWriter): void {
    opaque.writePath(conversation, target, out);
  }

  writeRequest(conversation: Conversation, target: Target, out: JsonWriter): void {
    opaque.writeRequest(conversation, target, out);
  }

  override passesUnchanged(conversation: Conversation, target: Target): bool {
    return opaque.passesUnchanged(conversation, target);
  }

  override passage(conversation: Conversation): Passage {
    const ownership = conversation.ownership;
    return ownership != null && ownership.path.action == ObjectAction.List ? Passage.Relayed : Passage.Unchanged;
  }

  streamReader(conversation: Conversation): AnswerReader {
    return this.wholeReader(conversation);
  }

  wholeReader(conversation: Conversation): AnswerReader {
    const ownership = conversation.ownership;
    return ownership == null ? new PassingReader() : new ObjectReader(ownership);
  }

  readFailure(status: i32, body: Bytes): Failure {
    return opaque.readFailure(status, body);
  }
}

/** Writes what `Relay` events say, and nothing else. */
@final
export class RelayWriter extends AnswerWriter {
  constructor(private out: JsonWriter) {
    super();
  }

  get contentType(): string {
    return "application/json";
  }

  override on(event: AnswerEvent): void {
    if (event.kind == EventKind.Relay) this.out.bytes(event.text);
  }
}
