/** DeepL's translation API, towards the provider: https://developers.deepl.com/docs/api-reference/translate. README.md has the mapping. */
import { Bytes } from "../../bytes/bytes";
import { ABSENT, Span } from "../../bytes/span";
import { ByteWriter } from "../../bytes/writer";
import { JsonReader, JsonType } from "../../json/reader";
import { JsonWriter } from "../../json/writer";
import { Abilities, Takes } from "../abilities";
import { AnswerReader, EventKind, EventSink, FinishReason } from "../answer";
import { Conversation, Item, ItemKind } from "../conversation";
import { Failure, FailureKind } from "../failure";
import { OneChoiceWholeReader, broken } from "../one-choice-whole";
import { readError, readFailure } from "../openai/provider-errors";
import { Dialect } from "../operation";
import { writeOwn } from "../other-members";
import { ProviderProtocol, Target } from "../protocol";
import { lastUserTurn } from "../transcript";

/** The API's own members, from a client who knows whom it talks to. */
const OWN: StaticArray<string> = [
  "source_lang",
  "formality",
  "glossary_id",
  "model_type",
  "preserve_formatting",
  "tag_handling",
  "split_sentences",
];

const ABILITIES = new Abilities("DeepL's", Takes.Nothing);
ABILITIES.own = OWN;

/** DeepL's own status for an account that has used up its characters: https://developers.deepl.com/docs/best-practices/error-handling */
const QUOTA_EXCEEDED = 456;

@final
export class DeepLProvider extends ProviderProtocol {
  constructor(
    /** As DeepL spells it: `DE`, `EN-US`. */
    private readonly targetLang: Bytes,
  ) {
    super();
  }

  override get dialect(): Dialect {
    return Dialect.DeepL;
  }

  override fits(conversation: Conversation, target: Target): Failure | null {
    return ABILITIES.whyUnfit(conversation, target);
  }

  override writePath(_conversation: Conversation, _target: Target, out: ByteWriter): void {
    out.ascii("/v2/translate");
  }

  /** The user's last message is translated, each part of it; what was said before is context, which isn't. */
  override writeRequest(conversation: Conversation, _target: Target, out: JsonWriter): void {
    const last = lastUserTurn(conversation);
    out.startValue();
    out.beginObject();
    out.key("text");
    out.beginArray();
    for (let i = last + 1; i < conversation.itemCount && conversation.item(i).kind != ItemKind.Turn; i++) {
      if (isText(conversation.item(i))) out.escapedFrom(conversation.source, conversation.item(i).text);
    }
    out.endArray();
    out.key("target_lang");
    out.text(this.targetLang);
    writeContext(conversation, last, out);
    writeOwn(conversation, OWN, out);
    out.endObject();
  }

  override streamReader(_conversation: Conversation): AnswerReader {
    return new TranslationReader();
  }

  override wholeReader(_conversation: Conversation): AnswerReader {
    return new TranslationReader();
  }

  override readFailure(status: i32, body: Bytes): Failure {
    const failure = readFailure(status, body);
    if (status == QUOTA_EXCEEDED) failure.kind = FailureKind.InsufficientQuota;
    return failure;
  }
}

function isText(item: Item): bool {
  return (item.kind == ItemKind.Text || item.kind == ItemKind.Refusal) && item.text != ABSENT;
}

function writeContext(conversation: Conversation, last: i32, out: JsonWriter): void {
  let isFirst = true;
  for (let i = 0; i < last; i++) {
    const item = conversation.item(i);
    if (!isText(item)) continue;
    if (isFirst) {
      out.key("context");
      out.beginString();
    } else out.ascii("\\n");
    isFirst = false;
    conversation.source.write(item.text, out);
  }
  if (!isFirst) out.endString();
}

const JSON = new JsonReader();
const NESTED = new JsonReader();

/** `{"translations":[{"detected_source_language":"EN","text":…}]}`: one for each part, in order; a line feed stands between two. */
@final
class TranslationReader extends OneChoiceWholeReader {
  private readonly view: Bytes = new Bytes();
  private translationsJson: Span = ABSENT;

  protected why(body: Bytes): Failure | null {
    const json = JSON.start(body);
    if (!json.enterObject()) return broken("the provider's answer is not a JSON object");
    while (json.nextKey()) if (json.keyIs("translations") && json.peek() == JsonType.Array) this.translationsJson = json.skip();
    if (!json.finish()) return broken("the provider's answer is not valid JSON");
    if (this.translationsJson != ABSENT) return null;
    const failure = readError(0, body);
    return failure == null ? broken("the provider's answer has no translations") : failure;
  }

  protected say(sink: EventSink): void {
    const events = this.events;
    const json = NESTED.start(JSON.point(this.translationsJson, this.view));
    let isFirst = true;
    if (json.enterArray()) {
      while (json.nextElement()) {
        if (!json.enterObject()) continue;
        if (!isFirst) events.text(EventKind.Text, LINE_FEED, sink);
        isFirst = false;
        while (json.nextKey()) if (json.keyIs("text")) events.text(EventKind.Text, json.point(json.string(), this.view), sink);
      }
    }
    events.finish(FinishReason.Stop, NOTHING, sink);
  }
}

const NOTHING = new Bytes();
const LINE_FEED = Bytes.of("\\n");
