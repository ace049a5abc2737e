/** Reads the body of a Responses request: https://platform.openai.com/docs/api-reference/responses/create */
import { Bytes, NO_BUFFER } from "../../bytes/bytes";
import { ABSENT, Span } from "../../bytes/span";
import { JsonReader, JsonType } from "../../json/reader";
import { BodyReader } from "../body-reader";
import { Choice, Conversation, ItemKind, Role } from "../conversation";
import { foldedName } from "../folded";
import { VIEW, choiceOf, readModel, textOf, wordOf } from "../values";
import { ResponsesComplaint } from "./complaint";
import { Field, POLICY_NAMES, fieldOf } from "./fields";
import { InputReader } from "./input-reader";
import { readReasoning, readText } from "./settings-reader";
import { ToolChoiceReader, readTools } from "./tools-reader";

/** Reads requests one after the other into conversations; between two it keeps nothing. */
@final
export class ResponsesRequestReader extends BodyReader {
  /** For `input` that came before `instructions`, and was passed over. */
  private readonly later: JsonReader = new JsonReader();
  private readonly complaint: ResponsesComplaint;
  private readonly input: InputReader = new InputReader();
  private readonly choice: ToolChoiceReader = new ToolChoiceReader();
  private readonly view: Bytes = new Bytes();
  private inputJson: Span = ABSENT;
  /** Whether the conversation so far is the provider's to know. */
  private isContinued: bool = false;

  constructor() {
    const complaint = new ResponsesComplaint();
    super(complaint, "`model` and `input`");
    this.complaint = complaint;
  }

  protected override begin(): void {
    this.choice.clear();
    this.inputJson = ABSENT;
    this.isContinued = false;
  }

  protected override finish(conversation: Conversation): void {
    if (this.inputJson != ABSENT) {
      this.input.read(this.later.start(this.json.point(this.inputJson, this.view)), conversation, this.complaint);
      if (this.complaint.failure != null) return;
    }
    this.choice.apply(conversation);
    this.checkPresence(conversation);
  }

  /** Of two that differ, the one that has the answer stored: who is told of too much loses nothing. */
  private readStore(conversation: Conversation): void {
    const store = choiceOf(this.json, "store", this.complaint);
    if (conversation.store != Choice.Yes) conversation.store = store;
  }

  protected override release(): void {
    this.later.release();
    this.input.release();
    this.choice.release();
    this.view.set(NO_BUFFER, 0, 0);
  }

  protected override readMember(conversation: Conversation): void {
    const json = this.json;
    const complaint = this.complaint;
    const field = fieldOf(json);
    if (field == Field.Other) return this.readOther(conversation);
    const isFirst = this.seen.first(field);
    if (field <= Field.LAST_OF_POLICY && !isFirst) return complaint.duplicate(POLICY_NAMES[field - 1]);
    // Null is nothing, as OpenAI's own libraries may write it; of what is required it is a wrong type.
    if (field != Field.Model && field != Field.Input && json.nothing()) return;
    const name = json.keySpan;
    const from = json.offset;
    switch (field) {
      case Field.Model:
        return readModel(json, conversation, complaint);
      case Field.Input:
        return this.readInput(conversation);
      case Field.Instructions:
        this.readInstructions(conversation);
        break;
      case Field.Tools:
        readTools(json, conversation, complaint);
        break;
      case Field.ToolChoice:
        this.choice.read(json, conversation, complaint);
        break;
      case Field.Stream:
        conversation.stream = choiceOf(json, "stream", complaint) == Choice.Yes;
        return;
      case Field.MaxOutputTokens:
        conversation.maxTokensJson = this.number("max_output_tokens");
        break;
      case Field.Text:
        readText(json, conversation, complaint);
        break;
      case Field.Reasoning:
        readReasoning(json, conversation, complaint);
        break;
      case Field.Temperature:
        conversation.temperatureJson = this.number("temperature");
        break;
      case Field.TopP:
        conversation.topPJson = this.number("top_p");
        break;
      case Field.TopLogprobs:
        this.readTopLogprobs(conversation);
        break;
      case Field.ParallelToolCalls:
        conversation.parallelToolCalls = choiceOf(json, "parallel_tool_calls", complaint);
        break;
      case Field.Include:
        return this.readInclude(conversation);
      case Field.User: {
        const user = textOf(json, "user", complaint);
        if (!this.seen.has(Field.SafetyIdentifier)) conversation.user = user;
        break;
      }
      case Field.SafetyIdentifier:
        conversation.user = textOf(json, "safety_identifier", complaint);
        break;
      case Field.PreviousResponseId:
      case Field.Conversation:
      case Field.Background:
      case Field.Prompt:
        return this.readState(field, name, conversation);
      case Field.Metadata:
        this.pass(JsonType.Object, "metadata", "an object");
        this.keepForChat(name, from, conversation);
        break;
      case Field.Truncation:
        return this.pass(JsonType.String, "truncation", "a string");
      case Field.MaxToolCalls:
        this.pass(JsonType.Number, "max_tool_calls", "a number");
        break;
      case Field.PromptCacheKey:
        this.pass(JsonType.String, "prompt_cache_key", "a string");
        this.keepForChat(name, from, conversation);
        break;
      case Field.Store:
        this.readStore(conversation);
        return this.keepForChat(name, from, conversation);
      case Field.StreamOptions:
        return this.pass(JsonType.Object, "stream_options", "an object");
      case Field.ServiceTier:
        this.pass(JsonType.String, "service_tier", "a string");
        return this.keepForChat(name, from, conversation);
      default:
        this.pass(JsonType.String, "prompt_cache_retention", "a string");
        return this.keepForChat(name, from, conversation);
    }
    if (complaint.failure != null || json.failed) return;
    conversation.echoed.add(name);
    conversation.echoed.add(json.spanSince(from));
  }

  /** Keeps the value that was read since `from`: chat completions have the member too. */
  private keepForChat(name: Span, from: i32, conversation: Conversation): void {
    if (this.complaint.failure != null || this.json.failed) return;
    conversation.chatMembers.add(name);
    conversation.chatMembers.add(this.json.spanSince(from));
  }

  /** What only OpenAI, or an extension of a vendor's, knows: `needsItsOwn` refuses it elsewhere. */
  private readOther(conversation: Conversation): void {
    const json = this.json;
    const folded = foldedName(conversation.source, json, POLICY_NAMES);
    if (folded != null) return this.complaint.otherSpelling(folded, conversation.source, json.keySpan);
    const name = json.keySpan;
    if (json.nothing()) return;
    conversation.others.add(name);
    conversation.others.add(json.skip());
  }

  /** What lets the provider know more than the request says. */
  private readState(field: Field, name: Span, conversation: Conversation): void {
    const json = this.json;
    const complaint = this.complaint;
    if (field == Field.Background) {
      const from = json.offset;
      if (choiceOf(json, "background", complaint) != Choice.Yes) return;
      conversation.others.add(name);
      conversation.others.add(json.spanSince(from));
      return;
    }
    this.isContinued = true;
    const type = json.peek();
    if (field == Field.PreviousResponseId && type != JsonType.String) return complaint.wrongType("previous_response_id", json, "a string");
    if (field == Field.Prompt && type != JsonType.Object) return complaint.wrongType("prompt", json, "an object with `id`");
    if (field == Field.Conversation && type != JsonType.String && type != JsonType.Object)
      return complaint.wrongType("conversation", json, "a string or an object with `id`");
    conversation.others.add(name);
    conversation.others.add(json.skip());
  }

  /** What the instructions say stands in front of the conversation, wherever they stand in the body. */
  private readInput(conversation: Conversation): void {
    const json = this.json;
    const type = json.peek();
    if (type != JsonType.String && type != JsonType.Array) return this.complaint.wrongType("input", json, "a string or an array of items");
    if (this.seen.has(Field.Instructions)) this.input.read(json, conversation, this.complaint);
    else this.inputJson = json.skip();
  }

  private readInstructions(conversation: Conversation): void {
    const text = textOf(this.json, "instructions", this.complaint);
    if (text == ABSENT) return;
    conversation.addTurn(Role.System);
    conversation.add(ItemKind.Text).text = text;
  }

  private readTopLogprobs(conversation: Conversation): void {
    const count = this.number("top_logprobs");
    if (count == ABSENT || conversation.source.is(count, "0")) return;
    conversation.topLogprobsJson = count;
    conversation.logprobs = Choice.Yes;
  }

  /** Of what may be included only the probabilities are asked of the model; encrypted reasoning comes anyway, and the rest belongs to tools of OpenAI's own. */
  private readInclude(conversation: Conversation): void {
    const json = this.json;
    if (!json.enterArray()) return this.complaint.wrongType("include", json, "an array of strings");
    for (let i = 0; json.nextElement(); i++) {
      const word = textOf(json, "include[" + i.toString() + "]", this.complaint);
      if (word == ABSENT) return;
      if (wordOf(json, word, VIEW).is("message.output_text.logprobs")) conversation.logprobs = Choice.Yes;
    }
  }

  private checkPresence(conversation: Conversation): void {
    const json = this.json;
    if (conversation.model == ABSENT) this.complaint.missing("model", json, "the name of a model");
    else if (!this.seen.has(Field.Input) && !this.isContinued) this.complaint.missing("input", json, "a string or an array of items");
    else if (this.seen.has(Field.Input) && !this.input.hasItems && !this.isContinued)
      this.complaint.say("input", "is empty, expected at least one item");
  }

  private number(field: string): Span {
    const number = this.json.number();
    if (number == ABSENT) this.complaint.wrongType(field, this.json, "a number");
    return number;
  }

  private pass(type: JsonType, field: string, expected: string): void {
    if (this.json.peek() == type) this.json.skip();
    else this.complaint.wrongType(field, this.json, expected);
  }
}
