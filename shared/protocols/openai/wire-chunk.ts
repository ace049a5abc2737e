/** A chunk of a stream, or a whole answer, taken apart: https://platform.openai.com/docs/api-reference/chat/streaming */
import { Bytes } from "../../bytes/bytes";
import { ABSENT, Span, spanStart } from "../../bytes/span";
import { JsonNumber } from "../../json/number";
import { JsonReader, JsonType } from "../../json/reader";
import { Usage } from "../answer";
import { CHOICE_LIMIT } from "./answer-form";
import { readUsage } from "./usage-reader";

/** One choice of a chunk: of its `delta`, or its `message`. Contents of JSON strings, but for what ends in `Json`, which is raw. */
@final
export class WireChoice {
  index: i32 = 0;
  /** Whether there is a `delta` or a `message`. */
  hasMessage: bool = false;
  content: Span = ABSENT;
  /** Mistral's thinking models answer in parts. */
  contentJson: Span = ABSENT;
  thinking: Span = ABSENT;
  thinkingBlocksJson: Span = ABSENT;
  reasoningDetailsJson: Span = ABSENT;
  refusal: Span = ABSENT;
  annotationsJson: Span = ABSENT;
  toolCallsJson: Span = ABSENT;
  functionCallJson: Span = ABSENT;
  logprobsJson: Span = ABSENT;
  finish: Span = ABSENT;

  clear(): void {
    this.index = 0;
    this.hasMessage = false;
    this.content = this.contentJson = this.thinking = this.thinkingBlocksJson = this.reasoningDetailsJson = ABSENT;
    this.refusal = this.annotationsJson = this.toolCallsJson = this.functionCallJson = this.logprobsJson = this.finish = ABSENT;
  }
}

/**
 * The members that we use, in whatever order they came. Spans are offsets into the text that was read, and valid until the next `read`. One object serves a whole stream.
 */
@final
export class WireChunk {
  readonly json: JsonReader = new JsonReader();
  id: Span = ABSENT;
  model: Span = ABSENT;
  /** Whether `choices` is an array; `choiceCount` may still be 0. */
  hasChoices: bool = false;
  choiceCount: i32 = 0;
  /** Whether it says that it is a whole completion: in a stream that is all that was said, once more (MiniMax). */
  isCompletion: bool = false;
  /** Whether an `error` stands at the top, or a choice says that there was one. */
  hasError: bool = false;
  /** Whether `usage` has been read. */
  hasUsage: bool = false;
  readonly usage: Usage = new Usage();
  /** The member `"usage":null`, from its key's first quote to behind its value. */
  nullUsage: Span = ABSENT;
  /** The pages that a vendor's search found, raw: `search_info.search_results`. */
  pagesJson: Span = ABSENT;
  /** Whether an embeddings answer's `data` is an array. */
  hasData: bool = false;

  private readonly choices: Array<WireChoice> = [];
  private readonly number: JsonNumber = new JsonNumber();
  private readonly view: Bytes = new Bytes();

  /** The choice at `position` (not its `index`), which is below `choiceCount`. */
  choice(position: i32): WireChoice {
    return this.choices[position];
  }

  /** Reads a text. False if it isn't a JSON object. */
  read(text: Bytes): bool {
    this.id = this.model = this.nullUsage = this.pagesJson = ABSENT;
    this.isCompletion = this.hasChoices = this.hasError = this.hasUsage = this.hasData = false;
    this.choiceCount = 0;
    const json = this.json.start(text);
    if (!json.enterObject()) return false;
    while (json.nextKey()) {
      // DashScope's place for what OpenAI has at the top: https://help.aliyun.com/zh/model-studio/qwen-api-via-dashscope
      if (json.keyIs("output") && json.enterObject()) while (json.nextKey()) this.readMember();
      else this.readMember();
    }
    return json.finish();
  }

  private readMember(): void {
    const json = this.json;
    if (json.keyIs("choices")) this.readChoices();
    else if (json.keyIs("usage")) this.readUsage();
    else if (json.keyIs("id")) this.id = json.string();
    else if (json.keyIs("sid") || json.keyIs("request_id")) {
      // Spark's and DashScope's names.
      const id = json.string();
      if (this.id == ABSENT) this.id = id;
    } else if (json.keyIs("model")) this.model = json.string();
    else if (json.keyIs("object")) this.isCompletion = json.point(json.string(), this.view).is("chat.completion");
    else if (json.keyIs("error")) this.hasError = !json.nothing();
    else if (json.keyIs("data")) this.hasData = json.peek() == JsonType.Array;
    else if (json.keyIs("search_info") && json.enterObject()) {
      // DashScope's place, and Hunyuan's: https://help.aliyun.com/zh/model-studio/web-search
      while (json.nextKey()) if (json.keyIs("search_results") && json.peek() == JsonType.Array) this.pagesJson = json.skip();
    } else if (json.keyIs("x_groq") && json.enterObject()) {
      // Groq's own place, also where `stream_options` didn't ask.
      while (json.nextKey()) if (json.keyIs("usage") && readUsage(json, this.usage)) this.hasUsage = true;
    }
  }

  private readUsage(): void {
    const json = this.json;
    const from = spanStart(json.keySpan) - 1;
    if (json.nothing()) this.nullUsage = json.spanSince(from);
    else if (readUsage(json, this.usage)) this.hasUsage = true;
  }

  private readChoices(): void {
    const json = this.json;
    if (!json.enterArray()) return;
    this.hasChoices = true;
    while (json.nextElement()) {
      if (!json.enterObject()) continue;
      // More choices than OpenAI knows are left unread.
      if (<u32>this.choiceCount >= CHOICE_LIMIT) continue;
      const position = this.choiceCount++;
      if (position == this.choices.length) this.choices.push(new WireChoice());
      const choice = this.choices[position];
      choice.clear();
      let text = ABSENT;
      while (json.nextKey()) {
        if (json.keyIs("text")) text = json.string();
        else this.readChoiceMember(choice);
      }
      // The place of old completions; Together writes it beside a `delta`, too.
      if (choice.hasMessage || text == ABSENT) continue;
      choice.hasMessage = true;
      choice.content = text;
    }
  }

  private readChoiceMember(choice: WireChoice): void {
    const json = this.json;
    if (json.keyIs("delta") || json.keyIs("message")) {
      if (!json.enterObject()) return;
      choice.hasMessage = true;
      while (json.nextKey()) this.readMessageMember(choice);
    } else if (json.keyIs("index")) choice.index = this.readIndex();
    else if (json.keyIs("finish_reason")) choice.finish = json.string();
    else if (json.keyIs("logprobs")) choice.logprobsJson = json.peek() == JsonType.Object ? json.skip() : ABSENT;
    // Moonshot's place.
    else if (json.keyIs("usage")) this.hasUsage = readUsage(json, this.usage) || this.hasUsage;
    // OpenRouter's place for a provider that broke off.
    else if (json.keyIs("error")) this.hasError = this.hasError || !json.nothing();
  }

  private readMessageMember(choice: WireChoice): void {
    const json = this.json;
    if (json.keyIs("content")) {
      choice.content = json.string();
      if (choice.content == ABSENT && json.peek() == JsonType.Array) choice.contentJson = json.skip();
    } else if (json.keyIs("tool_calls")) choice.toolCallsJson = json.peek() == JsonType.Array ? json.skip() : ABSENT;
    else if (json.keyIs("reasoning_content")) choice.thinking = json.string();
    else if (json.keyIs("reasoning")) {
      const thinking = json.string();
      if (choice.thinking == ABSENT) choice.thinking = thinking;
    } else if (json.keyIs("refusal")) choice.refusal = json.string();
    else if (json.keyIs("annotations")) choice.annotationsJson = json.peek() == JsonType.Array ? json.skip() : ABSENT;
    else if (json.keyIs("function_call")) choice.functionCallJson = json.peek() == JsonType.Object ? json.skip() : ABSENT;
    else if (json.keyIs("thinking_blocks")) choice.thinkingBlocksJson = json.peek() == JsonType.Array ? json.skip() : ABSENT;
    else if (json.keyIs("reasoning_details")) choice.reasoningDetailsJson = json.peek() == JsonType.Array ? json.skip() : ABSENT;
  }

  /** The next value as an index; 0 if it is none, or out of range. */
  private readIndex(): i32 {
    const number = this.json.number();
    if (number == ABSENT || !this.number.read(this.json.point(number, this.view))) return 0;
    return this.number.unsigned < <u64>CHOICE_LIMIT ? <i32>this.number.unsigned : 0;
  }
}
