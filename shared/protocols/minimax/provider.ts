/** MiniMax's old protocol, `chatcompletion_pro`, towards the provider. README.md has the mapping. */
import { Bytes } from "../../bytes/bytes";
import { ByteWriter } from "../../bytes/writer";
import { JsonWriter } from "../../json/writer";
import { Abilities, Takes } from "../abilities";
import { AnswerReader } from "../answer";
import { Conversation } from "../conversation";
import { Failure } from "../failure";
import { readFailure } from "../openai/provider-errors";
import { Dialect } from "../operation";
import { ProviderProtocol, Target } from "../protocol";
import { MiniMaxStreamReader, MiniMaxWholeReader } from "./readers";
import { OWN, writeChat } from "./request-writer";

const ABILITIES = new Abilities("MiniMax's old", Takes.Temperature | Takes.TopP | Takes.TextDocuments);
ABILITIES.own = OWN;
ABILITIES.mostTemperature = 1;

@final
export class MiniMaxProvider extends ProviderProtocol {
  constructor(
    /** The account's `GroupId`, as it may stand in a query. */
    private readonly groupId: Bytes,
  ) {
    super();
  }

  override get dialect(): Dialect {
    return Dialect.MiniMax;
  }

  override fits(conversation: Conversation, target: Target): Failure | null {
    return ABILITIES.whyUnfit(conversation, target);
  }

  override writePath(_conversation: Conversation, _target: Target, out: ByteWriter): void {
    out.ascii("/v1/text/chatcompletion_pro?GroupId=");
    out.bytes(this.groupId);
  }

  override writeRequest(conversation: Conversation, target: Target, out: JsonWriter): void {
    writeChat(conversation, target, out);
  }

  override streamReader(_conversation: Conversation): AnswerReader {
    return new MiniMaxStreamReader();
  }

  override wholeReader(_conversation: Conversation): AnswerReader {
    return new MiniMaxWholeReader();
  }

  override readFailure(status: i32, body: Bytes): Failure {
    return readFailure(status, body);
  }
}
