/** The provider's side of OpenAI's protocol: OpenAI itself, and every vendor that speaks it. */
import { Bytes } from "../../bytes/bytes";
import { ByteWriter } from "../../bytes/writer";
import { JsonWriter } from "../../json/writer";
import { AnswerReader } from "../answer";
import { Conversation } from "../conversation";
import { Failure } from "../failure";
import { Dialect, Operation } from "../operation";
import { Passage, ProviderProtocol, Target } from "../protocol";
import { AnswerQuirks, OPENAI_ANSWERS } from "./answer-quirks";
import { NOTHING, editsFor, writeEdited } from "./body-edits";
import { EmbeddingsReader } from "./embeddings-reader";
import { whyUnfit } from "./fits";
import { readFailure } from "./provider-errors";
import { writeTranslated } from "./request-writer";
import { ChatStreamReader } from "./stream-reader";
import { WholeReader } from "./whole-reader";

/** Writes requests and reads answers of chat completions and embeddings. See README.md. */
@final
export class OpenAIProvider extends ProviderProtocol {
  constructor(private readonly quirks: AnswerQuirks = OPENAI_ANSWERS) {
    super();
  }

  get dialect(): Dialect {
    return Dialect.OpenAI;
  }

  /** An OpenAI client's own words always fit. */
  fits(conversation: Conversation, target: Target): Failure | null {
    return conversation.dialect == Dialect.OpenAI ? null : whyUnfit(conversation, target);
  }

  writePath(conversation: Conversation, _target: Target, out: ByteWriter): void {
    out.ascii(conversation.operation == Operation.Embeddings ? "/v1/embeddings" : "/v1/chat/completions");
  }

  writeRequest(conversation: Conversation, target: Target, out: JsonWriter): void {
    if (conversation.dialect == Dialect.OpenAI) writeEdited(conversation, target, out);
    else writeTranslated(conversation, target, out);
  }

  override passesUnchanged(conversation: Conversation, target: Target): bool {
    return conversation.dialect == Dialect.OpenAI && editsFor(conversation, target) == NOTHING;
  }

  /** A stream passes event by event: its errors aren't the client's, and the usage that the client didn't ask for is taken out again. */
  override passage(conversation: Conversation): Passage {
    if (conversation.dialect != Dialect.OpenAI) return Passage.Translated;
    if (this.quirks.rewrites && conversation.operation == Operation.Chat) return Passage.Translated;
    return conversation.operation == Operation.Chat && conversation.stream ? Passage.Relayed : Passage.Unchanged;
  }

  override rewriting(): ProviderProtocol {
    return this.quirks.rewrites ? this : REWRITING;
  }

  streamReader(conversation: Conversation): AnswerReader {
    return new ChatStreamReader(this.passage(conversation) == Passage.Relayed, !conversation.includeUsage, this.quirks);
  }

  override has(operation: Operation): bool {
    return operation == Operation.Chat || operation == Operation.Embeddings;
  }

  wholeReader(conversation: Conversation): AnswerReader {
    if (conversation.operation == Operation.Embeddings && conversation.dialect != Dialect.OpenAI) return new EmbeddingsReader(this);
    return new WholeReader(conversation.operation == Operation.Embeddings, this.quirks);
  }

  readFailure(status: i32, body: Bytes): Failure {
    return readFailure(status, body);
  }
}

const REWRITTEN = new AnswerQuirks();
REWRITTEN.rewrites = true;
const REWRITING = new OpenAIProvider(REWRITTEN);
