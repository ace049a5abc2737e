/** The protocol of Tencent Cloud's API 3.0 for Hunyuan, towards the provider: `ChatCompletions` of 2023-09-01. README.md has the mapping. */
import { Bytes } from "../../bytes/bytes";
import { ABSENT, spanLength, spanStart } from "../../bytes/span";
import { ByteWriter } from "../../bytes/writer";
import { findIn } from "../../json/find";
import { JsonWriter } from "../../json/writer";
import { Abilities, Takes } from "../abilities";
import { AnswerReader } from "../answer";
import { Conversation } from "../conversation";
import { Failure } from "../failure";
import { AnswerQuirks } from "../openai/answer-quirks";
import { readFailure } from "../openai/provider-errors";
import { ChatStreamReader } from "../openai/stream-reader";
import { WholeReader } from "../openai/whole-reader";
import { Dialect } from "../operation";
import { ProviderProtocol, Target } from "../protocol";
import { toPascalCase, toSnakeCase } from "./keys";
import { OWN, writeChat } from "./request-writer";

const ABILITIES = new Abilities(
  "Hunyuan's",
  Takes.Temperature |
    Takes.TopP |
    Takes.Seed |
    Takes.Stops |
    Takes.Tools |
    Takes.NamedTool |
    Takes.Thinking |
    Takes.Images |
    Takes.ImageUrls |
    Takes.TextDocuments,
);
ABILITIES.own = OWN;
ABILITIES.leastSeed = 1;
ABILITIES.mostSeed = 10000;

const SCRATCH = new JsonWriter(0);
const PLAIN = new ByteWriter(0);
const VIEW = new Bytes();

/** OpenAI's answers in Tencent's spelling, whole ones inside of `Response`: https://cloud.tencent.com/document/product/1729/105701 */
@final
class HunyuanAnswers extends AnswerQuirks {
  override plain(data: Bytes): Bytes {
    PLAIN.clear();
    toSnakeCase(data, PLAIN);
    const text = PLAIN.pointAt(VIEW);
    const inner = findIn(text, "response");
    return inner == ABSENT ? text : VIEW.set(PLAIN.buffer, spanStart(inner), spanLength(inner));
  }
}

const ANSWERS = new HunyuanAnswers();

@final
export class HunyuanProvider extends ProviderProtocol {
  override get dialect(): Dialect {
    return Dialect.Hunyuan;
  }

  override fits(conversation: Conversation, target: Target): Failure | null {
    return ABILITIES.whyUnfit(conversation, target);
  }

  override writePath(_conversation: Conversation, _target: Target, out: ByteWriter): void {
    out.byte(0x2f);
  }

  override writeRequest(conversation: Conversation, target: Target, out: JsonWriter): void {
    SCRATCH.clear();
    writeChat(conversation, target, SCRATCH);
    toPascalCase(SCRATCH.view(), out);
    SCRATCH.clear();
  }

  override streamReader(_conversation: Conversation): AnswerReader {
    return new ChatStreamReader(false, false, ANSWERS);
  }

  override wholeReader(_conversation: Conversation): AnswerReader {
    return new WholeReader(false, ANSWERS);
  }

  /** Errors come with a 200, as `Response.Error`; other statuses are the gateway's in front of the API. */
  override readFailure(status: i32, body: Bytes): Failure {
    return readFailure(status, ANSWERS.plain(body));
  }
}
