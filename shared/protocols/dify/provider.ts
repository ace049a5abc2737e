/** Dify's service API, towards an app: https://docs.dify.ai/api-reference. README.md has the mapping. */
import { Bytes } from "../../bytes/bytes";
import { writePercentEncoded } from "../../bytes/percent";
import { ABSENT } from "../../bytes/span";
import { ByteWriter } from "../../bytes/writer";
import { unescape } from "../../json/unescape";
import { JsonWriter } from "../../json/writer";
import { Abilities, Takes } from "../abilities";
import { AnswerReader } from "../answer";
import { Conversation } from "../conversation";
import { Failure } from "../failure";
import { readFailure } from "../openai/provider-errors";
import { Dialect } from "../operation";
import { ProviderProtocol, Target } from "../protocol";
import { writeLastUserText, writeTranscript } from "../transcript";
import { BotType, DifySettings } from "./settings";
import { DifyStreamReader } from "./stream-reader";
import { DifyWholeReader } from "./whole-reader";

/** An app has its own model, with its own settings: nothing but text can be said to it. */
const ABILITIES = new Abilities("Dify's", Takes.TextDocuments | Takes.Thinking | Takes.Seed);

@final
export class DifyProvider extends ProviderProtocol {
  constructor(private readonly settings: DifySettings) {
    super();
  }

  override get dialect(): Dialect {
    return Dialect.Dify;
  }

  override fits(conversation: Conversation, target: Target): Failure | null {
    return ABILITIES.whyUnfit(conversation, target);
  }

  override writePath(_conversation: Conversation, _target: Target, out: ByteWriter): void {
    const type = this.settings.botType;
    out.ascii(
      type == BotType.Workflow ? "/v1/workflows/run" : type == BotType.Completion ? "/v1/completion-messages" : "/v1/chat-messages",
    );
  }

  override writeRequest(conversation: Conversation, target: Target, out: JsonWriter): void {
    const settings = this.settings;
    out.startValue();
    out.beginObject();
    out.key("inputs");
    out.beginObject();
    if (!settings.isChat) {
      out.keyText(settings.inputVariable);
      writeTranscript(conversation, out);
    }
    out.endObject();
    if (settings.isChat) writeQuery(conversation, target, out);
    out.key("response_mode");
    // Agents know nothing but streams.
    out.asciiText(conversation.stream || settings.botType == BotType.Agent ? "streaming" : "blocking");
    out.key("user");
    writeUser(conversation, target, out);
    out.endObject();
  }

  override streamReader(_conversation: Conversation): AnswerReader {
    return new DifyStreamReader(this.settings);
  }

  override wholeReader(_conversation: Conversation): AnswerReader {
    return new DifyWholeReader(this.settings);
  }

  /** `{"code":…,"message":…,"status":…}` */
  override readFailure(status: i32, body: Bytes): Failure {
    return readFailure(status, body);
  }
}

/**
 * Dify gives a conversation to none but the user that began it, so that a caller's name is part of it: `alice:` and the client's `user`. Whoever has no name can't take one that does: `a:b` of theirs is `:a:b`.
 */
function writeUser(conversation: Conversation, target: Target, out: JsonWriter): void {
  const user = new ByteWriter(64);
  if (conversation.user != ABSENT) unescape(conversation.source.bytes(conversation.user), user);
  const whole = new ByteWriter(64);
  writePercentEncoded(target.consumer, whole);
  if (whole.length > 0 || user.view().indexOf(0x3a) >= 0) whole.byte(0x3a);
  if (whole.length == 0 && user.length == 0) whole.ascii("gateway");
  whole.bytes(user.view());
  out.text(whole.view());
}

/** In a conversation that Dify keeps only what is new; else all of it, for Dify knows nothing of what was said elsewhere. */
function writeQuery(conversation: Conversation, target: Target, out: JsonWriter): void {
  out.key("query");
  if (target.thread.isEmpty) writeTranscript(conversation, out);
  else writeLastUserText(conversation, out);
  out.key("conversation_id");
  out.text(target.thread);
  out.key("auto_generate_name");
  out.boolean(false);
}
